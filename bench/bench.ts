/**
 * The benchmark: ours against the original, in turns, under one master(8), over one queue directory.
 *
 * bun bench/bench.ts --help says how to run it. Prints how each turn went to standard error and the tables to
 * standard output. Measures wall clock only and judges no time; what was measured is checked (each add in the
 * record, each message moved), and a wrong result ends it. Needs root, Postfix, gcc, dist/flush and dist/fastflush.
 *
 * Exit status: 0 if every result was right, 1 if not or if it could not run, 2 for wrong usage. Whatever
 * ends it, the private Postfix goes with it.
 */
import { measureAdds } from "./adds.ts";
import { Arena } from "./arena.ts";
import { measureExactness } from "./exactness.ts";
import { describeMachine } from "./machine.ts";
import { type Options, parseOptions, USAGE, UsageError } from "./options.ts";
import { onOneProcessor } from "./processors.ts";
import { measureViews } from "./queue_views.ts";
import { measureRebuilds } from "./rebuilds.ts";
import { type RecordMeasurements, recordTables } from "./record_report.ts";
import { comparisonTable, contestantTable, type Measurements } from "./report.ts";
import { measureSends } from "./sends.ts";
import { markdownTable, plainTable, type Table } from "./tables.ts";
import { viewTable } from "./view_report.ts";
import { measureWakeUps } from "./wake_ups.ts";
import { WrongResult } from "./wrong_result.ts";

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function measureRequests(arena: Arena, options: Options): Promise<Measurements> {
  const { sections, add, latency, send } = options;
  return {
    ...(sections.has("add") && { add: await measureAdds(arena, add, tell) }),
    ...(sections.has("latency") && {
      latency: await onOneProcessor(arena.folder, () => measureAdds(arena, latency, tell)),
    }),
    ...(sections.has("send") && { send: await measureSends(arena, send, tell) }),
    clients: add.clients,
    messages: send.messages,
  };
}

/** What the exact record costs. With `control` there is no rebuild: the original has none. */
async function measureRecord(arena: Arena, options: Options): Promise<RecordMeasurements> {
  const { sections, exact, wake, rebuild, control } = options;
  return {
    ...(sections.has("exact") && { exact: await measureExactness(arena, exact, tell) }),
    ...(sections.has("wake") && { wake: await measureWakeUps(arena, wake, tell) }),
    ...(sections.has("rebuild") &&
      !control && { rebuild: await measureRebuilds(arena, rebuild, tell) }),
    messages: exact.messages,
    logs: wake.logs,
  };
}

function requestTables(measured: Measurements): Table[] {
  const { add, latency, send, clients } = measured;
  return [
    ...((add ?? latency ?? send) === undefined ? [] : [comparisonTable(measured)]),
    ...(add === undefined ? [] : [contestantTable(`add, ${clients} clients`, add)]),
    ...(latency === undefined
      ? []
      : [contestantTable("add, one after the other, on one processor", latency)]),
  ];
}

/** Who shows the deferred queue, and how fast. */
async function viewTables(arena: Arena, { sections, queue }: Options): Promise<Table[]> {
  return sections.has("queue")
    ? [viewTable(await measureViews(arena, queue, tell), queue.messages)]
    : [];
}

function checkLog(arena: Arena): void {
  const [complaint] = arena.complaints();
  if (complaint !== undefined) {
    throw new WrongResult(`read the log: ${complaint}`);
  }
}

async function bench(options: Options): Promise<void> {
  const arena = await Arena.open(options.control);
  try {
    const requests = requestTables(await measureRequests(arena, options));
    const tables = [...requests, ...recordTables(await measureRecord(arena, options))];
    tables.push(...(await viewTables(arena, options)));
    checkLog(arena);
    const format = options.markdown ? markdownTable : plainTable;
    const machine = describeMachine(arena.queue_folder, await arena.postfixVersion());
    const control = options.control ? ["a control: the original plays both sides"] : [];
    const facts = [...control, ...machine].map((fact) => (options.markdown ? `- ${fact}` : fact));
    console.log([...tables.map(format), facts.join("\n")].join("\n\n"));
  } finally {
    await arena.close();
  }
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(USAGE);
    return 0;
  }
  try {
    await bench(parseOptions(args));
    return 0;
  } catch (error) {
    tell(`bench: ${error instanceof Error ? error.message : String(error)}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
