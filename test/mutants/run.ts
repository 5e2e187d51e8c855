/**
 * `npm run mutants`: plants the faults of the table one at a time, and has the tests find each.
 *
 *   bun test/mutants/run.ts [PART OF A MUTANT'S NAME]
 *
 * The files that are to turn red must be green first, without any fault. Each mutant is then one line:
 * `NAME: caught by FILE: TEST`, or `NAME: SURVIVED`; the last line is `N caught, N survived`. The exit status is
 * 0 only if all were caught. A mutant that can't be planted or built is not caught. A signal ends the run when what
 * is being tried is done. The work tree is not touched.
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { judge } from "../../setup/verdict.ts";
import { judgement, type Verdict } from "./judgement.ts";
import type { Mutant } from "./mutant.ts";
import { MUTANTS } from "./mutants.ts";
import { Workshop } from "./workshop.ts";

/** The tests mostly wait: as many copies at once as there are processors, and no more than two. */
const COPIES_MAX = 2;

/** Whoever interrupts the run need not clean up behind it. */
let isInterrupted = false;

/** Why the files are not green without a fault; empty where they are. */
async function failuresWithout(workshop: Workshop, mutants: readonly Mutant[]): Promise<string[]> {
  const files = new Set(mutants.flatMap(({ red }) => red.map(({ file }) => file)));
  const failures: string[] = [];
  for (const file of [...files].sort()) {
    if (isInterrupted) {
      return ["interrupted"];
    }
    failures.push(...judge([await workshop.run(file)], 0).failures);
  }
  return failures;
}

/** Plants one; returns whether it was caught. */
async function isCaught(workshop: Workshop, mutant: Mutant): Promise<boolean> {
  const verdict = await workshop
    .withMutant(mutant, () => tryTests(workshop, mutant))
    .catch((caught: unknown): Verdict => ({ caughtBy: null, seen: String(caught) }));
  const outcome =
    verdict.caughtBy === null ? `SURVIVED (${verdict.seen})` : `caught by ${verdict.caughtBy}`;
  console.log(`${mutant.name}: ${outcome}`);
  return verdict.caughtBy !== null;
}

/** Runs the files that are to turn red, up to the first that does. */
async function tryTests(workshop: Workshop, { red }: Mutant): Promise<Verdict> {
  const seen: string[] = [];
  for (const expected of red) {
    const verdict = judgement(expected, await workshop.run(expected.file));
    if (verdict.caughtBy !== null) {
      return verdict;
    }
    seen.push(verdict.seen);
  }
  return { caughtBy: null, seen: seen.join("; ") };
}

/** Plants all, one at a time in each copy; returns how many were caught. */
async function countCaught(workshops: readonly Workshop[], mutants: readonly Mutant[]) {
  const waiting = [...mutants];
  let caught = 0;
  const work = async (workshop: Workshop): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      if (isInterrupted) {
        return;
      }
      caught += (await isCaught(workshop, mutant)) ? 1 : 0;
    }
  };
  await Promise.all(workshops.map(work));
  return caught;
}

async function main(partOfName: string): Promise<number> {
  const root = join(import.meta.dir, "..", "..");
  const mutants = MUTANTS.filter(({ name }) => name.includes(partOfName));
  const workshops: Workshop[] = [];
  try {
    for (let index = 0; index < Math.min(COPIES_MAX, availableParallelism()); index++) {
      workshops.push(await Workshop.open(root));
    }
    const [first] = workshops;
    const failures = first === undefined ? [] : await failuresWithout(first, mutants);
    if (failures.length > 0) {
      console.log(`Not green without a fault, so that red says nothing:\n${failures.join("\n")}`);
      return 1;
    }
    const caught = await countCaught(workshops, mutants);
    if (isInterrupted) {
      console.log("interrupted");
      return 1;
    }
    console.log(`${caught} caught, ${mutants.length - caught} survived`);
    return caught === mutants.length ? 0 : 1;
  } finally {
    await Promise.all(workshops.map((workshop) => workshop.close()));
  }
}

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    isInterrupted = true;
  });
}
process.exitCode = await main(process.argv[2] ?? "");
