/**
 * One pass over a log that this process holds: asks what is to become of each entry, and takes out what leaves.
 *
 * Guarantees: an entry leaves only if its message was released or is gone, or if the same entry stays elsewhere
 * in the log. "Gone" rests on two full looks at the queues some time apart, the second just before the cut, and on queues that
 * are there at all; the lock is held all the while, and an add in between is a line of its own. Entries that are added meanwhile stay.
 * Each ID is asked about once, however often the log repeats it (in a log larger than QueueIdSet holds, once per
 * so many). Lines that are no queue ID are warned of, and leave. Works in slices; a pass that is told to stop
 * takes out what is done.
 *
 * Does not lock, open or close, and moves no message: that is what `judge` is for. Throws OsError where the log
 * itself can't be read or written; then no entry that was to stay is lost.
 */
import { parseQueueId, type QueueId } from "../names/names.ts";
import { QueueIdSet } from "../names/queue_id_set.ts";
import { isGone } from "../queue/find_message.ts";
import type { LogLines } from "../record/log_lines.ts";
import type { FlushTools } from "./flush_tools.ts";
import type { LogfileInUse } from "./logfiles_in_use.ts";
import { SECOND_LOOK_MS } from "./second_looks.ts";
import { delay, type Slice } from "./slice.ts";

/** Repeated lines between two looks at the clock: each takes 0.15 µs, and a few times that before it is compiled. */
const REPEATED_LINES_AT_ONCE = 256;

/** So much is shown of a line that is no queue ID. */
const SHOWN_LENGTH_MAX = 30;

/** What has become of an entry's message. All but "released" and "gone" keep their entry. */
export type Outcome =
  | "released"
  /** In active or hold: the queue manager has it, or an operator. */
  | "kept"
  /** Nothing of it is for the site that is flushed. */
  | "skipped"
  /** Trouble with its file, which was warned of. */
  | "failed"
  /** In none of the queues. */
  | "gone";

/** How many entries came to what; a repeated entry and a line that is none count apart. */
export type PassCounts = Record<Outcome | "repeated" | "bad", number>;

/** What a pass is for. */
export interface PassOptions {
  readonly slice: Slice;
  /** Asked between slices; true: take out what is done and end. */
  readonly shouldStop: () => boolean;
  /** Decides about one entry, and does what there is to do; "absent": it is in no queue, look again. */
  readonly judge: (id: QueueId) => Exclude<Outcome, "gone"> | "absent";
  /** Told what came of each entry. */
  readonly onOutcome?: ((id: QueueId, outcome: Outcome) => void) | undefined;
}

/** Counts of a pass that has met nothing. */
export function noCounts(): PassCounts {
  return { released: 0, kept: 0, skipped: 0, failed: 0, gone: 0, repeated: 0, bad: 0 };
}

/** Goes over all lines that the log had when it was taken: by `run`, or by `begin` and `end`; once. */
export class LogfilePass {
  readonly counts = noCounts();
  readonly #tools: FlushTools;
  readonly #inUse: LogfileInUse;
  readonly #options: PassOptions;
  readonly #seen = new QueueIdSet();
  /** Of the lines that are gone over, those whose message is in no queue: strings would grow old in a block of thousands. */
  #absent: number[] = [];
  /** What `begin` has gone over. */
  #begun: LogLines | null = null;
  #isStopped = false;

  constructor(tools: FlushTools, inUse: LogfileInUse, options: PassOptions) {
    this.#tools = tools;
    this.#inUse = inUse;
    this.#options = options;
  }

  /** The whole pass, in slices. */
  async run(): Promise<PassCounts> {
    const { pass } = this.#inUse;
    for (let lines = pass.next(); lines !== null; lines = pass.next()) {
      if (!this.#isStopped) {
        await this.#judgeLines(lines);
      } else if (!pass.hasCut) {
        return this.counts;
      }
      pass.keep();
      await this.#pause();
    }
    pass.finish();
    return this.counts;
  }

  /**
   * The first half of a pass over a small log, without a pause: up to the second look. False: there is nobody to look for
   * again, and `end` may follow at once. (What a log holds behind its first block stays.)
   */
  begin(): boolean {
    const lines = this.#inUse.pass.next();
    if (lines !== null) {
      do {
        this.counts.repeated += lines.takeOutKnown(this.#seen, Number.POSITIVE_INFINITY);
      } while (this.#judgeNext(lines));
    }
    this.#begun = lines;
    return this.#absent.length > 0;
  }

  /**
   * The second half, SECOND_LOOK_MS later: the second look, and the cut, which others don't wait for; until that has ended
   * nobody can add through the open log. Null: nothing is to be cut off.
   */
  end(): Promise<void> | null {
    const { pass } = this.#inUse;
    if (this.#begun !== null) {
      for (const line of this.#absent) {
        this.#lookAgainFor(this.#begun, line);
      }
      pass.keep();
    }
    return this.#inUse.finishInBackground();
  }

  async #judgeLines(lines: LogLines): Promise<void> {
    this.#absent = [];
    for (;;) {
      const repeatedCount = lines.takeOutKnown(this.#seen, REPEATED_LINES_AT_ONCE);
      this.counts.repeated += repeatedCount;
      // Before the work: those who share the slice go on together, after a wait for something else.
      const pause = this.#pause();
      if (pause !== null && (await pause)) {
        break;
      }
      if (repeatedCount < REPEATED_LINES_AT_ONCE && !this.#judgeNext(lines)) {
        break;
      }
    }
    await this.#lookAgain(lines);
  }

  /** False: there is no further line. */
  #judgeNext(lines: LogLines): boolean {
    const line = lines.next();
    if (line === -1) {
      return false;
    }
    const id = this.#parse(lines.text(line));
    if (id === null) {
      this.counts.bad++;
      lines.takeOut(line);
    } else if (this.#isRepeated(id)) {
      // As it stands, the line holds more than that.
      this.counts.repeated++;
      lines.takeOut(line);
    } else {
      const found = this.#options.judge(id);
      if (found === "absent") {
        this.#absent.push(line);
      } else {
        this.#settle(id, lines, line, found);
      }
    }
    return true;
  }

  #parse(text: string): QueueId | null {
    const id = parseQueueId(text);
    if (id === null) {
      const shown = text.slice(0, SHOWN_LENGTH_MAX);
      const { name } = this.#inUse.log;
      this.#tools.log.warning(`bad queue id "${shown}..." in fast flush logfile ${name}`);
    }
    return id;
  }

  #isRepeated(id: QueueId): boolean {
    const added = this.#seen.add(id);
    if (added === "full") {
      this.#seen.clear();
      this.#seen.add(id);
    }
    return added === "held";
  }

  #settle(id: QueueId, lines: LogLines, line: number, outcome: Outcome): void {
    this.counts[outcome]++;
    this.#options.onOutcome?.(id, outcome);
    // What was added since the pass began stands behind it already.
    if (outcome === "released" || outcome === "gone" || this.#inUse.holds(id)) {
      lines.takeOut(line);
    }
    if (outcome !== "released" && outcome !== "gone") {
      this.#inUse.keeps(id);
    }
  }

  /** Second look for messages that were in no queue, by their lines: the entries of those that turn up stay. */
  async #lookAgain(lines: LogLines): Promise<void> {
    if (this.#absent.length === 0) {
      return;
    }
    await delay(this.#tools.clock, SECOND_LOOK_MS);
    for (const line of this.#absent) {
      // Before the look: those of many logs may fall due together.
      const pause = this.#pause();
      if (pause !== null) {
        await pause;
      }
      this.#lookAgainFor(lines, line);
    }
  }

  #lookAgainFor(lines: LogLines, line: number): void {
    const id = parseQueueId(lines.text(line));
    if (id !== null) {
      this.#settle(id, lines, line, isGone(this.#tools, id) ? "gone" : "kept");
    }
  }

  /** Null: go on. Otherwise the slice is used up; what comes of it says whether to stop. */
  #pause(): Promise<boolean> | null {
    const pause = this.#options.slice.pause();
    return pause === null ? null : this.#isStoppedAfter(pause);
  }

  async #isStoppedAfter(pause: Promise<void>): Promise<boolean> {
    await pause;
    this.#isStopped ||= this.#options.shouldStop();
    return this.#isStopped;
  }
}
