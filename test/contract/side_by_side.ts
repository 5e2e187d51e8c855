/** Runs a case stand-alone with the original and with ours: each has a queue of its own. */
import type { ContractCase } from "./contract_case.ts";
import { type Pair, runPair } from "./judge.ts";
import type { Programs } from "./programs.ts";
import { runStandalone } from "./standalone.ts";

/** What both made of it. */
export async function runSideBySide(
  { original, ours, owner }: Programs,
  row: ContractCase,
): Promise<Pair> {
  return await runPair(
    () => runStandalone(original, row, owner),
    () => runStandalone(ours, row, owner),
  );
}
