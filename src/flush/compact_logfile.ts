/**
 * Compacts one log: takes out what repeats, and the entries of messages that are in no queue any more. Asks for
 * no delivery.
 *
 * Guarantees: what logfile_pass.ts does; and that the log tells afterwards what it told before: its atime, by
 * which a refresh goes, and its mtime, the time of the last add, are what they were.
 *
 * A log that somebody else has locked for long is left for another time. A send that comes meanwhile does not wait
 * for the rest of a large log: the compaction ends early, since the send takes out the same entries. A large log is
 * gone over without rests, since another process may wait for its lock, and the rests come behind.
 *
 * Throws OsError (its operation is the step) where the log can't be opened, read or written.
 */
import type { Clock } from "../effects/clock.ts";
import { errorCode } from "../effects/os_error.ts";
import type { LogfileName } from "../names/names.ts";
import { findMessage } from "../queue/find_message.ts";
import { readSmallLogfile } from "../record/read_entries.ts";
import { logfilePath } from "../record/record_tools.ts";
import { secondsText } from "./flush_line.ts";
import type { FlushTools } from "./flush_tools.ts";
import { LogfilePass, noCounts, type PassCounts } from "./logfile_pass.ts";
import { warnOfLogfile } from "./logfile_trouble.ts";
import type { LogfileInUse, LogfilesInUse } from "./logfiles_in_use.ts";
import type { WalkOptions } from "./record_walk.ts";
import { delay, Slice } from "./slice.ts";
import { entriesIn, type UnderWay } from "./under_way.ts";

/** How long to wait for a lock: whoever holds it longer is sending the log, which compacts it as well. */
const LOCK_WAIT_MS = 2000;

/** Logs of so many entries are large: with rests, each would be locked for longer than a tenth of a second. */
const LARGE_ENTRIES_MIN = 10_000;

/** Rests behind a large log: three quarters of the time, as within smaller ones, but for no more than a minute. */
const RESTS_PER_WORK = 3;
const REST_MS_MAX = 60_000;

/** How often a rest is looked at whether it is to end. */
const REST_LOOK_MS = 50;

/** How to go about it. */
export interface CompactOptions extends WalkOptions {
  /** What is gone over at the same time. */
  readonly underWay: UnderWay;
}

/** Compacts the log of that name, if there is one. */
export async function compactLogfile(
  tools: FlushTools,
  inUse: LogfilesInUse,
  name: LogfileName,
  options: CompactOptions,
): Promise<PassCounts> {
  const stays = inUse.get(name) === undefined ? entriesThatStay(tools, name) : null;
  if (stays !== null) {
    return { ...noCounts(), kept: stays };
  }
  const entries = entriesIn(sizeBytesOf(tools, name));
  await options.underWay.begin(entries);
  try {
    // Those who had to wait for room go on together.
    const pause = options.slice.pauseToBegin();
    if (pause !== null) {
      await pause;
    }
    return entries < LARGE_ENTRIES_MIN
      ? await compactInTurn(tools, inUse, name, options)
      : await compactAtOnce(tools, inUse, name, options);
  } finally {
    options.underWay.end(entries);
  }
}

/**
 * How many entries a log has of which all are to stay; null where that takes more than a look at a small one. Most logs
 * are small and right at most wake-ups: to see so without the lock takes half as many calls, and changes nothing. What is
 * not right is looked at once more under the lock.
 */
function entriesThatStay(tools: FlushTools, name: LogfileName): number | null {
  const ids = readSmallLogfile(tools, name);
  const isRight =
    ids !== null &&
    new Set(ids).size === ids.length &&
    ids.every((id) => findMessage(tools, id) !== null);
  return isRight ? ids.length : null;
}

async function compactAtOnce(
  tools: FlushTools,
  inUse: LogfilesInUse,
  name: LogfileName,
  options: CompactOptions,
): Promise<PassCounts> {
  const startMs = tools.clock.monotonicMs();
  const slice = new Slice(tools.clock);
  const counts = await compactInTurn(tools, inUse, name, { ...options, slice });
  const restMs = (tools.clock.monotonicMs() - startMs) * RESTS_PER_WORK;
  const endMs = tools.clock.monotonicMs() + Math.min(restMs, REST_MS_MAX);
  while (tools.clock.monotonicMs() < endMs && !options.shouldStop()) {
    await delay(tools.clock, REST_LOOK_MS);
  }
  return counts;
}

/** 0 where there is no such log. */
function sizeBytesOf(tools: FlushTools, name: LogfileName): number {
  try {
    return tools.files.statusOf(logfilePath(tools, name)).sizeBytes;
  } catch (caught) {
    if (errorCode(caught) === "ENOENT") {
      return 0;
    }
    throw caught;
  }
}

async function compactInTurn(
  tools: FlushTools,
  inUse: LogfilesInUse,
  name: LogfileName,
  options: CompactOptions,
): Promise<PassCounts> {
  if (inUse.get(name) !== undefined) {
    // This process is sending it, which compacts it as well, and may take long.
    return noCounts();
  }
  const giveUpMs = tools.clock.monotonicMs() + LOCK_WAIT_MS;
  const taken = await inUse.take(
    name,
    () => options.shouldStop() || tools.clock.monotonicMs() > giveUpMs,
  );
  if (taken === null) {
    return noCounts();
  }
  try {
    return await compactTaken(tools, inUse, taken, options);
  } finally {
    inUse.giveBack(taken);
  }
}

async function compactTaken(
  tools: FlushTools,
  inUse: LogfilesInUse,
  taken: LogfileInUse,
  options: CompactOptions,
): Promise<PassCounts> {
  const pass = new LogfilePass(tools, taken, {
    ...options,
    shouldStop: () => options.shouldStop() || inUse.isAwaited(taken.log.name),
    judge: (id) => (findMessage(tools, id) === null ? "absent" : "kept"),
  });
  const counts = await pass.run();
  if (!taken.wasAddedTo) {
    taken.log.restoreTimes();
  }
  return counts;
}

/** Logs why a log could not be compacted; rethrows what is no trouble with the log. */
export function warnOfCompaction(tools: FlushTools, name: LogfileName, caught: unknown): void {
  warnOfLogfile(tools, "compact", name, caught);
}

/** What a compaction of several logs has done so far. */
export class CompactionSum {
  readonly counts = noCounts();
  /** Logs that lost a line. */
  logfileCount = 0;
  readonly #clock: Clock;
  readonly #startMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startMs = clock.monotonicMs();
  }

  /** Lines taken out. */
  get removedCount(): number {
    return removedCount(this.counts);
  }

  /** Adds what was done to one log. */
  add(counts: PassCounts): void {
    this.logfileCount += removedCount(counts) > 0 ? 1 : 0;
    for (const what of ["kept", "gone", "repeated", "bad"] as const) {
      this.counts[what] += counts[what];
    }
  }

  /** One line in the log, if there is anything to tell. */
  tell({ log }: Pick<FlushTools, "log">): void {
    if (this.logfileCount > 0) {
      const { kept, gone, repeated, bad } = this.counts;
      const numbers = `kept=${kept}, gone=${gone}, repeated=${repeated}, bad=${bad}`;
      const duration = secondsText(this.#clock.monotonicMs() - this.#startMs);
      log.info(`compact: logfiles=${this.logfileCount}, ${numbers}, ${duration}`);
    }
  }
}

function removedCount({ gone, repeated, bad }: PassCounts): number {
  return gone + repeated + bad;
}
