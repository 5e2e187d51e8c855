/**
 * The work behind the refresh and purge requests and master's wake-up: one walk over the record.
 *
 * Logs that nobody has read for long are sent (without unthrottling), so that entries of sites that
 * never ask don't pile up; empty logs that were not touched for long are removed. Eligibility is not
 * asked, as in the original: logs of sites that are no longer eligible are emptied this way. Mail is released
 * at a pace (see pace.ts), whatever falls due at once. A refresh also compacts the logs that are not due.
 *
 * Ages are counted in whole seconds and must exceed the limit. Removal takes the lock and looks again,
 * so that no add is lost to it (the original's does not, spec section 10 row 21). Trouble with one log
 * is one warning, and the walk goes on.
 */
import { wallSeconds } from "../effects/clock.ts";
import type { FileStatus } from "../effects/files.ts";
import { verbosely } from "../effects/log.ts";
import { errorCode, OsError } from "../effects/os_error.ts";
import type { LogfileName } from "../names/names.ts";
import { LockedLogfile } from "../record/locked_logfile.ts";
import { logfilePath } from "../record/record_tools.ts";
import { CompactionSum, compactLogfile, warnOfCompaction } from "./compact_logfile.ts";
import { flushLine } from "./flush_line.ts";
import type { FlushTools } from "./flush_tools.ts";
import type { PassCounts } from "./logfile_pass.ts";
import type { LogfileInUse, LogfilesInUse } from "./logfiles_in_use.ts";
import { Pace } from "./pace.ts";
import { type WalkOptions, walkRecord } from "./record_walk.ts";
import { SecondLooks } from "./second_looks.ts";
import { LogfileSend, type SendOptions } from "./send_logfile.ts";
import { warnOfSend } from "./send_site.ts";
import { entriesIn, UnderWay } from "./under_way.ts";
import { WakeUps } from "./wake_ups.ts";

const NS_PER_SECOND = 1_000_000_000n;
const SECONDS_PER_HOUR = 3600;
const SECONDS_PER_DAY = 24 * SECONDS_PER_HOUR;

/** Of a log that is sent in two steps, each well under a millisecond's work: some twenty entries. Most logs have no more. */
const SMALL_BYTES_MAX = 256;

/** What kind of walk it is. */
export interface RefreshOptions extends WalkOptions {
  /** A log is sent when it was not read for longer; 0 for a purge. */
  readonly unreadSecondsMax: number;
  /** Whether logs that are not sent are compacted. */
  readonly compacts: boolean;
}

/** Walks over the record once. */
export async function refresh(
  tools: FlushTools,
  inUse: LogfilesInUse,
  options: RefreshOptions,
): Promise<void> {
  const walk = new RefreshWalk(tools, inUse, options);
  try {
    await walkRecord(tools, options, (name) => walk.visit(name));
  } finally {
    await walk.finish();
  }
}

class RefreshWalk {
  readonly #tools: FlushTools;
  readonly #inUse: LogfilesInUse;
  readonly #options: RefreshOptions;
  readonly #wakeUps: WakeUps;
  readonly #pace: Pace;
  readonly #compacted: CompactionSum;
  readonly #underWay = new UnderWay();
  readonly #secondLooks: SecondLooks;
  readonly #sendOptions: SendOptions;

  constructor(tools: FlushTools, inUse: LogfilesInUse, options: RefreshOptions) {
    this.#tools = tools;
    this.#inUse = inUse;
    this.#options = options;
    this.#wakeUps = new WakeUps(tools.clock, tools.queueManager, "I");
    this.#pace = new Pace(tools.clock);
    this.#compacted = new CompactionSum(tools.clock);
    const { slice, shouldStop } = options;
    this.#secondLooks = new SecondLooks(tools.clock, slice);
    this.#sendOptions = { unthrottleFirst: false, choice: null, slice, shouldStop };
  }

  /** The logs that are still under way, the last wake-up, and what the compaction did. */
  async finish(): Promise<void> {
    await this.#secondLooks.settled();
    this.#compacted.tell(this.#tools);
    await this.#wakeUps.finish();
  }

  /** Does with a log what is due. Null: that is done, or will be without anybody's waiting for it. */
  visit(name: LogfileName): Promise<void> | null {
    const path = logfilePath(this.#tools, name);
    const status = lookAt(this.#tools, path);
    if (status === null) {
      return null;
    }
    if (status.sizeBytes === 0) {
      removeIfOld(this.#tools, name, path, status);
      return null;
    }
    if (this.#isDue(name, status)) {
      return this.#send(name, status.sizeBytes);
    }
    return this.#options.compacts ? this.#compact(name) : null;
  }

  #isDue(name: LogfileName, status: FileStatus): boolean {
    const { unreadSecondsMax } = this.#options;
    const isDue = wallSeconds(this.#tools.clock) - seconds(status.atimeNs) > unreadSecondsMax;
    verbosely(this.#tools.log)?.info(
      isDue
        ? `flush_refresh_service: flush logfile ${name}`
        : `flush_refresh_service: skip logfile ${name}, unread for <${Math.trunc(unreadSecondsMax / SECONDS_PER_HOUR)} hours(s) `,
    );
    return isDue;
  }

  /** Null: the walk needn't wait for this log. */
  #send(name: LogfileName, sizeBytes: number): Promise<void> | null {
    const entries = entriesIn(sizeBytes);
    if (sizeBytes > SMALL_BYTES_MAX || !this.#pace.tryBegin(entries)) {
      return this.#sendAtItsPace(name, entries);
    }
    const startMs = this.#tools.clock.monotonicMs();
    try {
      const taken = this.#inUse.tryTake(name);
      if (taken === "busy") {
        this.#pace.end(entries, 0);
        return this.#sendAtItsPace(name, entries);
      }
      if (taken === "absent") {
        this.#note(name, entries, startMs, null);
        return null;
      }
      const send = this.#sendOf(taken);
      const goOn = (): Promise<void> => this.#endSmall(name, entries, startMs, send);
      return send.begin() ? this.#secondLooks.add(goOn) : this.#secondLooks.pass(goOn);
    } catch (caught) {
      this.#warn(name, entries, caught);
    }
    return null;
  }

  async #endSmall(
    name: LogfileName,
    entries: number,
    startMs: number,
    send: LogfileSend,
  ): Promise<void> {
    try {
      this.#note(name, entries, startMs, await send.end());
    } catch (caught) {
      this.#warn(name, entries, caught);
    }
  }

  async #sendAtItsPace(name: LogfileName, entries: number): Promise<void> {
    if (!(await this.#pace.begin(entries, this.#options.shouldStop))) {
      return;
    }
    const startMs = this.#tools.clock.monotonicMs();
    try {
      // Those who had to wait for the pace go on together.
      const pause = this.#options.slice.pauseToBegin();
      if (pause !== null) {
        await pause;
      }
      const taken = await this.#inUse.take(name, this.#options.shouldStop);
      const counts = taken === null ? null : await this.#sendOf(taken).run();
      this.#note(name, entries, startMs, counts);
    } catch (caught) {
      this.#warn(name, entries, caught);
    }
  }

  #sendOf(taken: LogfileInUse): LogfileSend {
    return new LogfileSend(this.#tools, this.#inUse, taken, this.#wakeUps, this.#sendOptions);
  }

  /** A log was sent, or is not there (null). */
  #note(name: LogfileName, entries: number, startMs: number, counts: PassCounts | null): void {
    this.#pace.end(entries, counts?.released ?? 0);
    if (counts === null) {
      return;
    }
    if (counts.released + counts.failed > 0) {
      this.#tell(name, counts, startMs);
    } else {
      // Nothing but a compaction: thousands of such lines would say nothing.
      this.#compacted.add(counts);
    }
  }

  #warn(name: LogfileName, entries: number, caught: unknown): void {
    this.#pace.end(entries, 0);
    warnOfSend(this.#tools, name, caught);
  }

  #tell(name: LogfileName, counts: PassCounts, startMs: number): void {
    const durationMs = this.#tools.clock.monotonicMs() - startMs;
    const who = this.#options.compacts ? "by=refresh" : "by=purge";
    this.#tools.log.info(flushLine({ what: `logfile=${name}`, who, counts, durationMs }));
  }

  async #compact(name: LogfileName): Promise<void> {
    try {
      const options = { ...this.#options, underWay: this.#underWay };
      const counts = await compactLogfile(this.#tools, this.#inUse, name, options);
      this.#compacted.add(counts);
    } catch (caught) {
      warnOfCompaction(this.#tools, name, caught);
    }
  }
}

/** The status of a logfile; null where there is none (or none at the place its name says). */
function lookAt(tools: FlushTools, path: string): FileStatus | null {
  try {
    const status = tools.files.statusOf(path);
    if (status.kind === "file") {
      return status;
    }
    tools.log.warning(`flush_refresh_service: ${path}: not a regular file`);
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    if (caught.code !== "ENOENT") {
      tools.log.warning(`flush_refresh_service: stat ${path}: ${caught.text}`);
    }
  }
  return null;
}

function removeIfOld(tools: FlushTools, name: LogfileName, path: string, status: FileStatus): void {
  const isOld = (modifiedSeconds: number): boolean =>
    modifiedSeconds + tools.purgeSeconds < wallSeconds(tools.clock);
  if (!isOld(seconds(status.mtimeNs))) {
    verbosely(tools.log)?.info(`flush_refresh_service: skip logfile ${name} - empty log`);
    return;
  }
  try {
    const log = LockedLogfile.tryOpen(tools, name, { create: false });
    if (log === "absent" || log === "busy") {
      return;
    }
    try {
      if (log.sizeBytes === 0 && isOld(log.modifiedSeconds)) {
        const days = Math.trunc(tools.purgeSeconds / SECONDS_PER_DAY);
        verbosely(tools.log)?.info(
          `flush_refresh_service: unlink ${path}, empty and unchanged for ${days} days`,
        );
        log.remove();
      }
    } finally {
      log.close();
    }
  } catch (caught) {
    if (errorCode(caught) === "") {
      throw caught;
    }
    tools.log.warning(`remove logfile ${path}: ${(caught as OsError).text}`);
  }
}

function seconds(ns: bigint): number {
  return Number(ns / NS_PER_SECOND);
}
