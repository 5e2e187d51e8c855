/**
 * The benchmark: ours against the original, in turns, under one master(8), over one queue directory.
 *
 * npm run bench -- --help says how to run it; sections.ts has the table of what it measures. Judges no time, but
 * checks every result (each add in the record, each message moved): a wrong one ends its section, and the others
 * go on. Needs root, Postfix, gcc, dist/flush and dist/fastflush.
 *
 * Whatever ends it, the private Postfix goes with it (lab/guardian.ts).
 */
import { Arena } from "./arena.ts";
import { describeMachine, loadAverage } from "./machine.ts";
import { type Options, parseOptions, UsageError, usage } from "./options.ts";
import { markdownReport, plainOutcome } from "./report.ts";
import { runSections } from "./run_sections.ts";
import type { SizeName } from "./section.ts";
import { SECTIONS } from "./sections.ts";

/** The longest that one section may take, in minutes: several times what any does on a busy machine. */
const SECTION_LIMIT_MINUTES: Readonly<Record<SizeName, number>> = {
  small: 2,
  medium: 10,
  normal: 30,
  large: 180,
};

const MS_PER_MINUTE = 60 * 1000;

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Runs the sections and prints; returns whether all went well. */
async function bench(options: Options): Promise<boolean> {
  const { size, rounds, control } = options;
  const loadBefore = loadAverage();
  let facts: readonly string[] = [];
  const outcomes = await runSections(options.sections, {
    limitMs: SECTION_LIMIT_MINUTES[size] * MS_PER_MINUTE,
    onEnd: (outcome) => console.log(`${plainOutcome(outcome)}\n`),
    openStage: async () => {
      const arena = await Arena.open(control);
      if (facts.length === 0) {
        facts = describeMachine(arena.queue_folder, await arena.postfixVersion());
      }
      return {
        bench: { arena, size, rounds, tell },
        takeComplaints: () => arena.complaints.take(),
        close: () => arena.close(),
      };
    },
  });
  const load = `load average: ${loadBefore} at the start, ${loadAverage()} at the end`;
  const rules = `size: ${size}, ${rounds.counted} rounds that count`;
  const game = control ? ["a control: the original plays both sides"] : [];
  console.log(markdownReport(outcomes, [...game, ...facts, load, rules]));
  return outcomes.every(({ result }) => !("failure" in result));
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(usage(SECTIONS));
    return 0;
  }
  try {
    return (await bench(parseOptions(args, SECTIONS))) ? 0 : 1;
  } catch (error) {
    tell(`bench: ${error instanceof Error ? error.message : String(error)}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
