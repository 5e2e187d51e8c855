/**
 * Logs of one outdated entry each, a site each, last read and written a while ago: what a purge is for.
 *
 * There are no such messages. Makes its files at once, without waiting; a walk over the record must empty them.
 */
import { chownSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { logfileOf } from "../lab/mail_queue.ts";
import type { QueuePlace } from "../lab/queue_place.ts";
import { REBUILT } from "../src/record/rebuilt_marker.ts";
import { queueIds } from "./message_files.ts";
import { WrongResult } from "./wrong_result.ts";

export class OutdatedLogs {
  readonly #paths: readonly string[];
  readonly #ids: readonly string[];
  readonly #marker: string;
  readonly #owner: QueuePlace["owner"];

  /** Nothing is made yet. */
  constructor({ queue_folder, owner }: QueuePlace, count: number) {
    const record = join(queue_folder, "flush");
    this.#ids = queueIds(count);
    this.#paths = this.#ids.map((_, number) =>
      join(record, logfileOf(`outdated${number}.bench.example`)),
    );
    this.#marker = join(record, REBUILT);
    this.#owner = owner;
  }

  /** Has every log hold its entry, `ageSeconds` old. */
  fill(ageSeconds: number): void {
    const then = Date.now() / 1000 - ageSeconds;
    for (const [number, path] of this.#paths.entries()) {
      this.#write(path, `${this.#ids[number]}\n`);
      utimesSync(path, then, then);
    }
    this.#write(this.#marker, "");
  }

  /** Throws WrongResult unless every log is there and empty. */
  check(title: string): void {
    const left = this.#paths.filter((path) => statSync(path).size !== 0);
    if (left.length > 0) {
      const [path = ""] = left;
      const found = `"${path}" holds ${JSON.stringify(readFileSync(path, "latin1"))}`;
      throw new WrongResult(`check ${title}: ${left.length} logs are not empty: ${found}`);
    }
  }

  remove(): void {
    for (const path of [...this.#paths, this.#marker]) {
      rmSync(path, { force: true });
    }
  }

  #write(path: string, text: string): void {
    writeFileSync(path, text, { mode: 0o600 });
    chownSync(path, this.#owner.uid, this.#owner.gid);
  }
}
