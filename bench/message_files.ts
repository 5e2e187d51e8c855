/**
 * Deferred messages for measuring a send: their files, their site's logfile, and whether a send moved them.
 *
 * Unless their content is given, the files are empty, and there are no defer files: who reads them can't tell
 * what they are, and sends them. They lie where Postfix's defaults put them (deferred and defer hashed over one
 * level, incoming and the record flat).
 */
import {
  chownSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { logfileOf } from "../lab/mail_queue.ts";
import { hashedFile, putFile, type QueuePlace } from "../lab/queue_place.ts";
import { WrongResult } from "./wrong_result.ts";

/** What is in the two files of each message. */
export interface MessageContent {
  readonly queue_file: string;
  readonly defer_file: string;
}

const MICROSECOND_DIGITS = 5;

/** Short queue IDs as Postfix makes them: 5 hex digits of microseconds, then an inode number. */
export function queueIds(count: number): string[] {
  const hex = (value: number, digits: number): string =>
    value.toString(16).toUpperCase().padStart(digits, "0");
  return Array.from(
    { length: count },
    (_, n) => hex((n * 7919) % 1_000_000, MICROSECOND_DIGITS) + hex(n, 6),
  );
}

/** The number that such a queue ID was made of. */
export function queueIdNumber(id: string): number {
  return Number.parseInt(id.slice(MICROSECOND_DIGITS), 16);
}

export class MessageFiles {
  readonly ids: readonly string[];
  readonly #place: QueuePlace;
  /** The site's. */
  readonly logfile: string;
  readonly #content: MessageContent | null;

  /** `count` messages of `site`, all with the same content; nothing is made yet. */
  constructor(
    place: QueuePlace,
    readonly site: string,
    count: number,
    content: MessageContent | null = null,
  ) {
    this.#place = place;
    this.#content = content;
    this.logfile = join(place.queue_folder, "flush", logfileOf(site));
    this.ids = queueIds(count);
  }

  deferredPath(id: string): string {
    return hashedFile(this.#place, "deferred", id);
  }

  incomingPath(id: string): string {
    return join(this.#place.queue_folder, "incoming", id);
  }

  /** Makes the messages in deferred, complete as their mode says. */
  create(): void {
    for (const id of this.ids) {
      const { queue_file, defer_file } = this.#content ?? { queue_file: "", defer_file: null };
      putFile(this.#place, this.deferredPath(id), queue_file, 0o700);
      if (defer_file !== null) {
        putFile(this.#place, this.#deferPath(id), defer_file, 0o600);
      }
    }
  }

  /** Removes the messages, wherever they are, and the log. */
  remove(): void {
    const moved = new Set(this.#moved());
    for (const id of this.ids) {
      unlinkSync(moved.has(id) ? this.incomingPath(id) : this.deferredPath(id));
      if (this.#content !== null) {
        unlinkSync(this.#deferPath(id));
      }
    }
    rmSync(this.logfile, { force: true });
  }

  /** Puts every message back into deferred, and `text` into the log: unless given, each queue ID once. */
  restore(text: string | Buffer = `${this.ids.join("\n")}\n`): void {
    const { uid, gid } = this.#place.owner;
    for (const id of this.#moved()) {
      renameSync(this.incomingPath(id), this.deferredPath(id));
    }
    writeFileSync(this.logfile, text, { mode: 0o600 });
    chownSync(this.logfile, uid, gid);
  }

  /** Throws WrongResult unless every message is in incoming, and the log is empty. */
  check(title: string): void {
    this.checkMoved(title);
    const left = statSync(this.logfile).size;
    if (left !== 0) {
      throw new WrongResult(`check ${title}: ${left} bytes are left in the log after the send`);
    }
  }

  /** Throws WrongResult unless every message is in incoming. */
  checkMoved(title: string): void {
    const moved = this.#moved().length;
    if (moved !== this.ids.length) {
      throw new WrongResult(`check ${title}: ${moved} of ${this.ids.length} messages were moved`);
    }
  }

  /** Those that are in incoming. */
  #moved(): string[] {
    const incoming = new Set(readdirSync(join(this.#place.queue_folder, "incoming")));
    return this.ids.filter((id) => incoming.has(id));
  }

  #deferPath(id: string): string {
    return hashedFile(this.#place, "defer", id);
  }
}
