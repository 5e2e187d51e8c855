/**
 * The compact and rebuild requests: the work of a wake-up, asked for, with reports of progress.
 *
 * They run as background jobs do, one at a time over all processes and resting most of the time, and go on when the
 * client hangs up. A process that is replaced ends them, and says so: they are to be asked for again.
 */
import type { LogfileName } from "../names/names.ts";
import { STATUS } from "../wire/request.ts";
import type { Adds } from "./add.ts";
import {
  CompactionSum,
  type CompactOptions,
  compactLogfile,
  warnOfCompaction,
} from "./compact_logfile.ts";
import type { FlushTools } from "./flush_tools.ts";
import type { LogfilesInUse } from "./logfiles_in_use.ts";
import { rebuild } from "./rebuild.ts";
import { type WalkOptions, walkLogs, walkRecord } from "./record_walk.ts";
import { Progress } from "./report_progress.ts";
import type { ReportEnd, ReportWriter } from "./report_writer.ts";
import { UnderWay } from "./under_way.ts";

/** Compacts all logs, or those named. */
export async function reportCompact(
  tools: FlushTools,
  inUse: LogfilesInUse,
  names: readonly LogfileName[] | null,
  report: ReportWriter,
  options: WalkOptions,
): Promise<ReportEnd> {
  const compaction = new Compaction(tools, inUse, report, options);
  await compaction.run(names);
  return compaction.end();
}

/** Completes the record from the queue, and compacts it. */
export async function reportRebuild(
  tools: FlushTools,
  adds: Adds,
  inUse: LogfilesInUse,
  report: ReportWriter,
  options: WalkOptions,
): Promise<ReportEnd> {
  const progress = new Progress(tools, report);
  const { isComplete, counts } = await rebuild(tools, adds, {
    ...options,
    onProgress: ({ messages, written }) =>
      progress.tell([
        ["done", messages],
        ["added", written],
      ]),
  });
  const compaction = new Compaction(tools, inUse, report, options);
  await compaction.run(null);
  const { status, totals } = compaction.end();
  const { messages, unreadable, written } = counts;
  return {
    status: isComplete ? status : STATUS.fail,
    totals: [...Object.entries({ messages, unreadable, added: written }), ...totals],
  };
}

class Compaction {
  readonly #tools: FlushTools;
  readonly #inUse: LogfilesInUse;
  readonly #options: CompactOptions;
  readonly #progress: Progress;
  readonly #sum: CompactionSum;
  #doneCount = 0;
  #hasFailed = false;

  constructor(tools: FlushTools, inUse: LogfilesInUse, report: ReportWriter, options: WalkOptions) {
    this.#tools = tools;
    this.#inUse = inUse;
    this.#options = { ...options, underWay: new UnderWay() };
    this.#progress = new Progress(tools, report);
    this.#sum = new CompactionSum(tools.clock);
  }

  async run(names: readonly LogfileName[] | null): Promise<void> {
    const each = (name: LogfileName): Promise<void> => this.#compact(name);
    if (names === null) {
      await walkRecord(this.#tools, this.#options, each);
    } else {
      await walkLogs(names, this.#options, each);
    }
    this.#sum.tell(this.#tools);
  }

  end(): ReportEnd {
    const { gone, repeated, bad, kept } = this.#sum.counts;
    const isDone = !this.#hasFailed && !this.#options.shouldStop();
    const numbers = { logs: this.#sum.logfileCount, removed: gone + repeated + bad };
    return {
      status: isDone ? STATUS.ok : STATUS.fail,
      totals: Object.entries({ ...numbers, gone, repeated, bad, kept }),
    };
  }

  async #compact(name: LogfileName): Promise<void> {
    try {
      this.#sum.add(await compactLogfile(this.#tools, this.#inUse, name, this.#options));
    } catch (caught) {
      warnOfCompaction(this.#tools, name, caught);
      this.#hasFailed = true;
    }
    this.#doneCount++;
    this.#progress.tell([
      ["done", this.#doneCount],
      ["removed", this.#sum.removedCount],
      ["logs", this.#sum.logfileCount],
    ]);
  }
}
