/**
 * Compares what both programs make of a random case: ours must do what the original does, but for the known
 * differences. How they are run is the caller's.
 */

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { MailOwner } from "../../lab/machine.ts";
import type { ContractCase } from "./contract_case.ts";
import { initialState } from "./initial_state.ts";
import { compared, runPair } from "./judge.ts";
import { comparable, expectOurs, sentAtOnce } from "./known_differences.ts";
import type { Outcome } from "./outcome.ts";
import { layOutQueue, makeQueue, readTree, type Tree, wallSecond } from "./queue_tree.ts";

/** Files of thousands of cases, which need never reach a disk; the rows' cases are on a real one. */
export const RANDOM_FOLDER = existsSync("/dev/shm") ? "/dev/shm" : "/var/tmp";

/** What ours must have done, and what it did. */
export interface Comparison {
  readonly expected: Outcome;
  readonly ours: Outcome;
}

/** Ways to run a case. */
export interface Runners {
  readonly original: (row: ContractCase) => Promise<Outcome>;
  readonly ours: (row: ContractCase) => Promise<Outcome>;
  readonly owner: MailOwner;
}

/** Runs `row` with both. */
export async function compareBoth(row: ContractCase, runners: Runners): Promise<Comparison> {
  const pair = await runPair(
    () => runners.original(sentAtOnce(row)),
    () => runners.ours(row),
  );
  const { public: sockets } = pair.original.tree;
  const expected = expectOurs(row, pair.original, () => ({
    ...initialTree(row, runners.owner),
    // Nobody who is compared changes that directory, which Postfix makes in its own way.
    ...(sockets === undefined ? {} : { public: sockets }),
  }));
  return {
    expected: compared(pair, comparable(row, expected)),
    ours: compared(pair, comparable(row, pair.ours)),
  };
}

/** Whether ours did what it must. */
export function isSame({ expected, ours }: Comparison): boolean {
  return Bun.deepEquals(expected, ours);
}

/** What the state is before anybody works on it. */
function initialTree(row: ContractCase, owner: MailOwner): Tree {
  const folder = mkdtempSync(join(RANDOM_FOLDER, "fastflush-contract-"));
  const queue = join(folder, "queue");
  try {
    const second = wallSecond();
    makeQueue(queue, owner);
    layOutQueue(queue, initialState(row), owner, second);
    return readTree(queue, owner, { first: second, last: second });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
