/**
 * `npm run simulate`: runs histories from seeds, and shows how often each fault was met.
 *
 *   npm run simulate -- [--seed N] [--seeds N] [--steps N] [--brief]
 *
 * From the seed on, 1 unless given, so many histories (100), each of so many steps (300). The first that violates an
 * invariant ends the run with status 1: it is shown as the shortest history found that violates the same, call by
 * call, unless the run is to be brief. A signal ends the run behind the history in hand. The same seed and steps give
 * the same history for as long as the simulation's own source is the same.
 */
import { parseArgs } from "node:util";
import { explain, runSeed } from "./seed.ts";
import { Tally } from "./tally.ts";

const MS_PER_SECOND = 1000;

let isInterrupted = false;

/** The value of an option: a whole number that is not negative. */
function numberOf(name: string, text: string): number {
  const number = Number(text);
  if (!/^[0-9]{1,15}$/.test(text)) {
    throw new RangeError(`read option --${name}: not a whole number: ${text}`);
  }
  return number;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      seeds: { type: "string", default: "100" },
      steps: { type: "string", default: "300" },
      brief: { type: "boolean", default: false },
    },
  });
  const [seed, seeds, steps] = [
    numberOf("seed", values.seed),
    numberOf("seeds", values.seeds),
    numberOf("steps", values.steps),
  ];
  const tally = new Tally();
  const startMs = performance.now();
  let each = seed;
  for (; each < seed + seeds && !isInterrupted; each++) {
    const outcome = await runSeed(each, steps);
    tally.add(outcome.tally);
    if (outcome.violation !== null) {
      console.log(`seed ${each}: ${outcome.violation}`);
      if (values.brief) {
        return 1;
      }
      const { violation, settings, stepCount, trace } = await explain(each, steps);
      console.log([JSON.stringify(settings), ...trace, violation].join("\n"));
      console.log(`seed ${each} fails, with ${stepCount} of ${steps} steps too (above)`);
      return 1;
    }
  }
  const seconds = ((performance.now() - startMs) / MS_PER_SECOND).toFixed(1);
  console.log(tally.table());
  const what = `${each - seed} histories of ${steps} steps from seed ${seed} on`;
  console.log(`${what}, ${seconds} s: all is well`);
  return 0;
}

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    isInterrupted = true;
  });
}
try {
  process.exitCode = await main();
} catch (caught) {
  console.error(`simulate: ${caught instanceof Error ? caught.message : String(caught)}`);
  process.exitCode = 2;
}
