/**
 * Queue files that hold no mail, in the queue directory of an instance without a queue manager: what a flush
 * service does to a message is seen by where its file is.
 *
 * Each message is in deferred or in incoming. Nobody but the flush services and the caller moves it.
 */
import { chownSync, existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { MailOwner } from "../../lab/machine.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { type HashingRules, hashedPath } from "../../src/names/hashed_path.ts";
import { parseQueueId, type QueueId } from "../../src/names/names.ts";

/** Readable, writable and executable by the owner: received completely. */
const READY_MODE = 0o700;

/** All messages of one instance. */
export class PlainMessages {
  readonly #folder: string;
  readonly #owner: MailOwner;
  readonly #hashing: HashingRules;

  constructor({ queue_folder, owner }: PostfixInstance, hashing: HashingRules) {
    this.#folder = queue_folder;
    this.#owner = owner;
    this.#hashing = hashing;
  }

  /** A new message, deferred. */
  create(name: string): QueueId {
    const id = parseQueueId(name);
    if (id === null) {
      throw new Error(`make a message: "${name}" is no queue ID`);
    }
    const path = this.#path("deferred", id);
    this.#makeDirectory(dirname(path));
    writeFileSync(path, "", { mode: READY_MODE, flag: "wx" });
    chownSync(path, this.#owner.uid, this.#owner.gid);
    return id;
  }

  /** Defers a message again that was released; false where it was not. */
  deferAgain(id: QueueId): boolean {
    const released = this.#path("incoming", id);
    if (!existsSync(released)) {
      return false;
    }
    renameSync(released, this.#path("deferred", id));
    return true;
  }

  /** The queues that have the message. */
  queuesOf(id: QueueId): string[] {
    return ["deferred", "incoming"].filter((queue) => existsSync(this.#path(queue, id)));
  }

  #path(queue: string, id: QueueId): string {
    return join(this.#folder, hashedPath(queue, id, this.#hashing));
  }

  #makeDirectory(directory: string): void {
    if (!existsSync(directory)) {
      this.#makeDirectory(dirname(directory));
      mkdirSync(directory, { mode: 0o700 });
      chownSync(directory, this.#owner.uid, this.#owner.gid);
    }
  }
}
