/**
 * Faults in the operator's command, and in the rooms that it alone uses: mutants that no comparison with the original can
 * show, as Postfix has no such command.
 */
import type { Expected, Mutant } from "./mutant.ts";

/** A mutant, but for the reason why the differential suite can't see it. */
export type OperatorFault = Omit<Mutant, "unseen">;

/** They as mutants. */
export function operatorMutants(faults: readonly OperatorFault[]): readonly Mutant[] {
  return faults.map((fault) => ({ ...fault, unseen: "the original has no such command" }));
}

/** Tests of one file, by (a part of) their titles. */
export function redIn(file: string): (test: string) => readonly [Expected] {
  return (test) => [{ file, test }];
}
