/**
 * What must be true at every moment: the invariants of the model (model/invariants.ts), of files.
 *
 * I1: an answered add that no send consumed is in the log, for as long as there is the message. I2: each line
 * is an entry that somebody was asked to add, or, after trouble with the log, a scrap that names no message.
 * I3, a skip is never wrong, is I1 at the moment of an answer. What the original or an operator destroys is
 * theirs: only ours is charged.
 */
import type { MemoryDisk } from "../../src/memory/disk.ts";
import { bytesToString } from "../../src/names/byte_string.ts";
import { LOGS, type LogName, MESSAGES, type Message } from "./step.ts";

/** What is known of one log. */
class LogRecord {
  /** Answered adds that no send consumed since. */
  readonly owed = new Set<Message>();
  readonly asked = new Set<string>();
  mayHaveScraps = false;
  /** When somebody else last emptied or removed it. */
  destroyedAt = 0;
  isRemovedByOurs = false;
  /** The texts last found to be right; null: something is owed since. */
  checkedText: string | null = null;
  checkedLinesOf: string | null = null;

  owe(message: Message): void {
    this.owed.add(message);
    this.checkedText = null;
  }
}

export class Oracle {
  readonly #disk: MemoryDisk;
  readonly #isThere: (message: Message) => boolean;
  readonly #records = new Map<LogName, LogRecord>(LOGS.map((log) => [log, new LogRecord()]));
  /** Counts what happens, to tell before from after. */
  #sequence = 0;
  /** The first thing found to be wrong. */
  #violation: string | null = null;

  constructor(disk: MemoryDisk, isThere: (message: Message) => boolean) {
    this.#disk = disk;
    this.#isThere = isThere;
  }

  get violation(): string | null {
    return this.#violation;
  }

  /** The present moment, for comparison. */
  now(): number {
    return ++this.#sequence;
  }

  charge(what: string): void {
    this.#violation ??= what;
  }

  asked(log: LogName, message: Message): void {
    this.#of(log).asked.add(message);
  }

  /** Ours answered OK to an add; it last looked at the log at `lookedAt`. */
  answered(log: LogName, message: Message, lookedAt: number): void {
    // Removed behind its last look: nothing that anybody could notice, the original neither.
    if (this.#isThere(message) && this.#of(log).destroyedAt < lookedAt) {
      this.#of(log).owe(message);
      this.check();
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
    record.destroyedAt = this.now();
    record.isRemovedByOurs = false;
  }

  removedByOurs(log: LogName): void {
    this.#of(log).isRemovedByOurs = true;
  }

  isRemovedByOurs(log: LogName): boolean {
    return this.#of(log).isRemovedByOurs;
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

  /** Looks at every line of a log that no process of ours is rewriting. */
  checkLines(log: LogName): void {
    const record = this.#of(log);
    const { asked, mayHaveScraps } = record;
    const text = this.text(log);
    if (text === record.checkedLinesOf) {
      return;
    }
    record.checkedLinesOf = text;
    const isEntry = (line: string): boolean => asked.has(line);
    const isScrap = (line: string): boolean => mayHaveScraps && !isMessage(line);
    const torn = this.lines(log).find((line) => !isEntry(line) && !isScrap(line));
    if (torn !== undefined) {
      this.charge(`I2: ${JSON.stringify(torn)} is no entry of ${log}: ${this.#shown(log)}`);
    }
  }

  /** The terminated lines of a log, each cut at a NUL as all readers do. */
  lines(log: LogName): string[] {
    const lines = this.text(log).split("\n").slice(0, -1);
    return lines.map((line) => line.split("\0")[0] ?? "");
  }

  text(log: LogName): string {
    const directory = this.#disk.root.entries.get("flush");
    const file = directory?.kind === "directory" ? directory.entries.get(log) : undefined;
    return file?.kind === "file" ? bytesToString(file.bytes.subarray(0, file.sizeBytes)) : "";
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

/** Where a log lies. */
export function logPath(log: LogName): string {
  return `flush/${log}`;
}

/** The log at a path, if one is. */
export function logAt(path: string): LogName | null {
  return LOGS.find((log) => logPath(log) === path) ?? null;
}

function isMessage(text: string): boolean {
  return MESSAGES.some((message) => message === text);
}
