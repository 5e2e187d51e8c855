/**
 * `npm run mutants`: plants the faults of the table one at a time, and has the tests find each.
 *
 *   bun test/mutants/run.ts [PART OF A MUTANT'S NAME, OR OF ITS FILE'S]
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

/** The tests wait half of the time: one more at once than there are processors, and not so many that they starve. */
const COPIES = Math.min(3, availableParallelism() + 1);

/** Whoever interrupts the run need not clean up behind it. */
let isInterrupted = false;

/** Does `work` with each item, one at a time in each copy, until all are done or a signal comes. */
async function withEach<Item>(
  workshops: readonly Workshop[],
  items: Iterable<Item>,
  work: (workshop: Workshop, item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const workAll = async (workshop: Workshop): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      if (isInterrupted) {
        return;
      }
      await work(workshop, item);
    }
  };
  await Promise.all(workshops.map(workAll));
}

/** Why the files are not green without a fault; empty where they are. */
async function failuresWithout(workshops: readonly Workshop[], mutants: readonly Mutant[]) {
  const files = new Set(mutants.flatMap(({ red }) => red.map(({ file }) => file)));
  const failures: string[] = [];
  await withEach(workshops, files, async (workshop, file) => {
    failures.push(...judge([await workshop.run(file)], 0).failures);
  });
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

/** Says which are caught; returns the exit status. */
async function tryAll(workshops: readonly Workshop[], mutants: readonly Mutant[]): Promise<number> {
  const failures = await failuresWithout(workshops, mutants);
  if (failures.length > 0) {
    console.log(`Not green without a fault, so that red says nothing:\n${failures.join("\n")}`);
    return 1;
  }
  let caught = 0;
  await withEach(workshops, mutants, async (workshop, mutant) => {
    const isOne = await isCaught(workshop, mutant);
    // Not in one expression with the wait: the others count meanwhile.
    caught += isOne ? 1 : 0;
  });
  if (isInterrupted) {
    console.log("interrupted");
    return 1;
  }
  console.log(`${caught} caught, ${mutants.length - caught} survived`);
  return caught === mutants.length ? 0 : 1;
}

async function main(part: string): Promise<number> {
  const root = join(import.meta.dir, "..", "..");
  const workshops: Workshop[] = [];
  try {
    for (let index = 0; index < COPIES; index++) {
      workshops.push(await Workshop.open(root));
    }
    return await tryAll(
      workshops,
      MUTANTS.filter(({ name, file }) => name.includes(part) || file.includes(part)),
    );
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
