/**
 * Many deferred messages for measuring who shows them: queue files and defer files as Postfix writes them, hashed over
 * one level, each with one recipient, at a thousand sites or less.
 */
import { renameSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { hashedFile, putFile, type QueuePlace } from "../lab/queue_place.ts";
import { buildDeferFile, buildQueueFile } from "../test/support/queue_files.ts";
import { queueIds } from "./message_files.ts";

const CONTENT: readonly string[] = ["Subject: hello", "", ...Array(16).fill("x".repeat(70))];

/** Messages arrived within so long. */
const AGE_SECONDS_MAX = 90_000;

export class DeferredQueue {
  readonly ids: readonly string[];
  readonly #place: QueuePlace;
  readonly #siteCount: number;
  readonly #nowSeconds = Math.floor(Date.now() / 1000);
  /** Retries so far: each round takes other messages. */
  #changedCount = 0;

  /** Nothing is made yet. */
  constructor(place: QueuePlace, count: number, siteCount: number) {
    this.#place = place;
    this.#siteCount = siteCount;
    this.ids = queueIds(count);
  }

  create(): void {
    for (const [number, id] of this.ids.entries()) {
      const path = this.#deferredPath(id);
      this.#write(number, id, path, "Connection refused");
      utimesSync(path, this.#nowSeconds, this.#nowSeconds + 3600);
    }
  }

  remove(): void {
    for (const queue of ["deferred", "defer"]) {
      for (const letter of "0123456789ABCDEF") {
        rmSync(join(this.#place.queue_folder, queue, letter), { recursive: true, force: true });
      }
    }
  }

  /**
   * So many messages are retried, as the queue manager does it, and deferred again. Returns their next try, in seconds
   * since the epoch: no other message's is earlier.
   */
  retry(count: number): number {
    const nextTry = this.#nowSeconds - 1000 - this.#changedCount;
    for (let left = count; left > 0; left--) {
      // All directories have some.
      const number = (this.#changedCount++ * 7919) % this.ids.length;
      const id = this.ids[number] ?? "";
      const active = join(this.#place.queue_folder, "active", id);
      renameSync(this.#deferredPath(id), active);
      this.#write(number, id, active, "Connection timed out");
      utimesSync(active, nextTry, nextTry);
      renameSync(active, this.#deferredPath(id));
    }
    return nextTry;
  }

  /** The queue file goes to `path`, in its place where it is there. */
  #write(number: number, id: string, path: string, what: string): void {
    const site = `site${number % this.#siteCount}.example`;
    const recipient = `user${number}@${site}`;
    const { text, offsets } = buildQueueFile({
      recipients: [{ address: recipient }],
      arrivalSeconds: this.#nowSeconds - (number % AGE_SECONDS_MAX),
      content: CONTENT,
    });
    const reason = `connect to mx.${site}[192.0.2.1]:25: ${what}`;
    const deferral = { recipient, offset: offsets[0] ?? 0, reason };
    putFile(this.#place, path, text, 0o700);
    const deferPath = hashedFile(this.#place, "defer", id);
    putFile(this.#place, deferPath, buildDeferFile([deferral]), 0o600);
  }

  #deferredPath(id: string): string {
    return hashedFile(this.#place, "deferred", id);
  }
}
