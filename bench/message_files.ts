/**
 * Deferred messages for measuring a send: their files, their site's logfile, and whether a send moved them.
 *
 * The files are empty, which no flush service notices: it renames them and never reads them. They lie where
 * Postfix's defaults put them (deferred hashed over one level, incoming and the record flat).
 */
import {
  chownSync,
  closeSync,
  fchownSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { logfileOf } from "../lab/mail_queue.ts";
import { WrongResult } from "./wrong_result.ts";

/** Where the messages are, and whose. */
export interface MessagePlace {
  readonly queue_folder: string;
  readonly owner: { readonly uid: number; readonly gid: number };
}

/** Short queue IDs as Postfix makes them: 5 hex digits of microseconds, then an inode number. */
function queueIds(count: number): string[] {
  const hex = (value: number, digits: number): string =>
    value.toString(16).toUpperCase().padStart(digits, "0");
  return Array.from({ length: count }, (_, n) => hex((n * 7919) % 1_000_000, 5) + hex(n, 6));
}

export class MessageFiles {
  readonly ids: readonly string[];
  readonly #place: MessagePlace;
  readonly #logfile: string;

  /** `count` messages of `site`; nothing is made yet. */
  constructor(place: MessagePlace, site: string, count: number) {
    this.#place = place;
    this.#logfile = join(place.queue_folder, "flush", logfileOf(site));
    this.ids = queueIds(count);
  }

  deferredPath(id: string): string {
    return join(this.#place.queue_folder, "deferred", id.charAt(0), id);
  }

  incomingPath(id: string): string {
    return join(this.#place.queue_folder, "incoming", id);
  }

  /** Makes the messages in deferred, complete as their mode says. */
  create(): void {
    const { uid, gid } = this.#place.owner;
    for (const digit of new Set(this.ids.map((id) => id.charAt(0)))) {
      const folder = join(this.#place.queue_folder, "deferred", digit);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      chownSync(folder, uid, gid);
    }
    for (const id of this.ids) {
      const file = openSync(this.deferredPath(id), "wx", 0o700);
      fchownSync(file, uid, gid);
      closeSync(file);
    }
  }

  /** Puts every message back into deferred, and each queue ID once into the log. */
  restore(): void {
    const { uid, gid } = this.#place.owner;
    for (const id of this.#moved()) {
      renameSync(this.incomingPath(id), this.deferredPath(id));
    }
    writeFileSync(this.#logfile, `${this.ids.join("\n")}\n`, { mode: 0o600 });
    chownSync(this.#logfile, uid, gid);
  }

  /** Throws WrongResult unless every message is in incoming, and the log is empty. */
  check(title: string): void {
    const moved = this.#moved().length;
    if (moved !== this.ids.length) {
      throw new WrongResult(`check ${title}: ${moved} of ${this.ids.length} messages were moved`);
    }
    const left = statSync(this.#logfile).size;
    if (left !== 0) {
      throw new WrongResult(`check ${title}: ${left} bytes are left in the log after the send`);
    }
  }

  /** Those that are in incoming. */
  #moved(): string[] {
    const incoming = new Set(readdirSync(join(this.#place.queue_folder, "incoming")));
    return this.ids.filter((id) => incoming.has(id));
  }
}
