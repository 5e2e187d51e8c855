/**
 * What must be true of the record at every moment: the invariants of the model (model/invariants.ts), of files.
 *
 * I1: an answered add that no send consumed is in the log, for as long as there is the message. I2: each line
 * is an entry that somebody was asked to add, or that the queue calls for, or, after trouble with the log, a scrap
 * that names no message. I3, a skip is never wrong, is I1 at the moment of an answer. What the original or an
 * operator destroys is theirs: only ours is charged.
 */

import type { MemoryDisk } from "../../src/memory/disk.ts";
import type { Inode } from "../../src/memory/inodes.ts";
import { bytesToString } from "../../src/names/byte_string.ts";
import type { Mail } from "./mail.ts";
import type { Places } from "./places.ts";
import { LOGS, type LogName, MESSAGES, type Message } from "./step.ts";

/** What is known of one log. */
class LogRecord {
  /** Answered adds that no send consumed since. */
  readonly owed = new Set<Message>();
  readonly asked = new Set<Message>();
  /** Adds that ours answered with "fail", and when: a wake-up is to bring them back. */
  readonly failed = new Map<Message, number>();
  mayHaveScraps = false;
  /** When somebody else last emptied or removed it. */
  destroyedAt = 0;
  /** The texts last found to be right; null: something is owed since. */
  checkedText: string | null = null;
  checkedLinesOf: string | null = null;
  /** What it held when the disk had changed so often. */
  text = "";
  readAtChange = -1;

  owe(message: Message): void {
    this.owed.add(message);
    this.checkedText = null;
  }
}

/** The world as it is looked at. */
interface OracleWorld {
  readonly disk: MemoryDisk;
  readonly places: Places;
  readonly mail: Mail;
}

export class Oracle {
  readonly #world: OracleWorld;
  readonly #records = new Map<LogName, LogRecord>(LOGS.map((log) => [log, new LogRecord()]));
  readonly #steps: ReadonlyMap<LogName, readonly string[]>;
  #isMarkStuck = false;
  /** Counts what happens, to tell before from after. */
  #sequence = 0;
  /** The first thing found to be wrong. */
  #violation: string | null = null;

  constructor(world: OracleWorld) {
    this.#world = world;
    this.#steps = new Map(LOGS.map((log) => [log, world.places.log(log).split("/")]));
  }

  get violation(): string | null {
    return this.#violation;
  }

  /** The present moment, for comparison. */
  now(): number {
    return ++this.#sequence;
  }

  /** Notes what is wrong, if anything is. */
  charge(what: string | null): void {
    this.#violation ??= what;
  }

  asked(log: LogName, message: Message): void {
    this.#of(log).asked.add(message);
  }

  /** Ours answered OK to an add; it last looked at the log at `lookedAt`. */
  answered(log: LogName, message: Message, lookedAt: number): void {
    const record = this.#of(log);
    record.failed.delete(message);
    // Removed behind its last look: nothing that anybody could notice, the original neither.
    if (this.#isThere(message) && record.destroyedAt < lookedAt) {
      record.owe(message);
      this.check();
    }
  }

  /** Ours answered "fail" to an add, at that time. */
  failed(log: LogName, message: Message, atMs: number): void {
    if (!this.#isMarkStuck) {
      this.#of(log).failed.set(message, atMs);
    }
  }

  /** It may be that nobody can read the message, as far as a process can tell: a rebuild brings nothing of it. */
  unreadable(message: Message): void {
    for (const { failed } of this.#records.values()) {
      failed.delete(message);
    }
  }

  /** The mark of a rebuild could not be taken away: no wake-up will bring anything back. */
  markIsStuck(): void {
    this.#isMarkStuck = true;
    for (const { failed } of this.#records.values()) {
      failed.clear();
    }
  }

  /** It has been taken away, or somebody is about to try. */
  markIsFree(): void {
    this.#isMarkStuck = false;
  }

  /** Entries that a wake-up is to bring back: failed adds of messages that have rested in the queue since. */
  failedAdds(log: LogName): Message[] {
    return [...this.#of(log).failed].flatMap(([message, atMs]) =>
      this.#world.mail.movedAtMs(message) < atMs ? [message] : [],
    );
  }

  /** I9: a process of ours marks the record as complete. No failed add of a message that can be read may be missing. */
  rebuilt(): void {
    const { mail } = this.#world;
    for (const log of LOGS) {
      const lines = new Set(this.lines(log));
      const isMissing = (message: Message): boolean =>
        ["deferred", "hold"].includes(mail.where(message)) &&
        mail.isRecordedFor(message, log) &&
        !lines.has(message);
      const missing = this.failedAdds(log).find(isMissing);
      if (missing !== undefined) {
        this.charge(`I9: marked as rebuilt without ${missing} in ${log}: ${this.#shown(log)}`);
      }
    }
  }

  /** The original has written an entry, and nothing that it did itself keeps it from being found. */
  originalAnswered(log: LogName, message: Message): void {
    if (this.#isThere(message)) {
      this.#of(log).owe(message);
    }
  }

  /** A send of ours has released the message for these logs. */
  released(logs: readonly LogName[], message: Message): void {
    for (const log of logs) {
      this.#of(log).owed.delete(message);
    }
  }

  /** The message is in no queue any more. */
  gone(message: Message): void {
    this.released(LOGS, message);
  }

  /** The original has emptied the log, or it or an operator removed it. */
  destroyed(log: LogName): void {
    const record = this.#of(log);
    record.owed.clear();
    record.failed.clear();
    record.destroyedAt = this.now();
  }

  /** When that was last so. */
  destroyedAt(log: LogName): number {
    return this.#of(log).destroyedAt;
  }

  /** A call on the log failed, or a process died that was at it. */
  troubled(log: LogName): void {
    this.#of(log).mayHaveScraps = true;
  }

  /** Looks whether every entry owed is there. */
  check(): void {
    for (const log of LOGS) {
      const record = this.#of(log);
      const { owed } = record;
      const text = this.text(log);
      if (owed.size === 0 || text === record.checkedText) {
        continue;
      }
      record.checkedText = text;
      const lines = new Set(this.lines(log));
      const lost = [...owed].find((message) => !lines.has(message));
      if (lost !== undefined) {
        this.charge(`I1: ${lost} was answered and is not in ${log}: ${this.#shown(log)}`);
      }
    }
  }

  /** Looks at every line of a log, where no process of ours is rewriting it. */
  checkLines(log: LogName, isBeingRewritten: () => boolean): void {
    const record = this.#of(log);
    const { mayHaveScraps } = record;
    const text = this.text(log);
    if (text === record.checkedLinesOf || isBeingRewritten()) {
      return;
    }
    record.checkedLinesOf = text;
    const isEntry = (line: string): boolean => isMessage(line) && this.mayHold(log, line);
    const isScrap = (line: string): boolean => mayHaveScraps && !isMessage(line);
    const torn = this.lines(log).find((line) => !isEntry(line) && !isScrap(line));
    if (torn !== undefined) {
      this.charge(`I2: ${JSON.stringify(torn)} is no entry of ${log}: ${this.#shown(log)}`);
    }
  }

  /** Whether the log may name the message: somebody was asked to add it, or the queue calls for it. */
  mayHold(log: LogName, message: Message): boolean {
    return this.#of(log).asked.has(message) || this.#world.mail.mayBeRecordedFor(message, log);
  }

  /** The terminated lines of a log, each cut at a NUL as all readers do. */
  lines(log: LogName): string[] {
    const lines = this.text(log).split("\n").slice(0, -1);
    return lines.map((line) => line.split("\0")[0] ?? "");
  }

  text(log: LogName): string {
    const record = this.#of(log);
    const { changeCount } = this.#world.disk.table;
    if (record.readAtChange !== changeCount) {
      record.readAtChange = changeCount;
      record.text = this.#read(log);
    }
    return record.text;
  }

  #read(log: LogName): string {
    let inode: Inode | undefined = this.#world.disk.root;
    for (const name of this.#steps.get(log) ?? []) {
      inode = inode?.kind === "directory" ? inode.entries.get(name) : undefined;
    }
    return inode?.kind === "file" ? bytesToString(inode.bytes.subarray(0, inode.sizeBytes)) : "";
  }

  #isThere(message: Message): boolean {
    return this.#world.mail.where(message) !== "nowhere";
  }

  #shown(log: LogName): string {
    return JSON.stringify(this.text(log));
  }

  #of(log: LogName): LogRecord {
    const record = this.#records.get(log);
    if (record === undefined) {
      throw new RangeError(`there is no log ${log}`);
    }
    return record;
  }
}

function isMessage(text: string): text is Message {
  return MESSAGES.some((message) => message === text);
}
