/**
 * Queue files that mostly hold no mail, in the queue directory of an instance without a queue manager: what a flush
 * service does to a message is seen by where its file is.
 *
 * Each message is in deferred or in incoming, and named after its inode, so that postsuper(1) lets it be.
 * Nobody but the flush services and the caller moves it.
 */
import {
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { MailOwner } from "../../lab/machine.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { type HashingRules, hashedPath } from "../../src/names/hashed_path.ts";
import { parseQueueId, type QueueId } from "../../src/names/names.ts";
import { oneIn, type Random } from "../support/random.ts";

/** Readable, writable and executable by the owner: received completely. */
const READY_MODE = 0o700;

const DEFER_FILE_MODE = 0o600;

/** Digits of long queue IDs (POSTFIX-FLUSH-SPEC 3.1); the inode is written without the last one. */
const DIGITS = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";

const MICROSECONDS = 1_000_000;

/** What is in the two files of a message. */
export interface MessageContent {
  readonly queue_file: string;
  readonly defer_file: string;
}

/** All messages of one instance. */
export class PlainMessages {
  readonly #folder: string;
  readonly #unnamed: string;
  readonly #owner: MailOwner;
  readonly #hashing: HashingRules;

  constructor({ folder, queue_folder, owner }: PostfixInstance, hashing: HashingRules) {
    this.#folder = queue_folder;
    this.#unnamed = join(folder, "unnamed");
    this.#owner = owner;
    this.#hashing = hashing;
  }

  /** A new message, deferred; every other one has a long queue ID. Empty, unless its content is given. */
  create(random: Random, content: MessageContent | null = null): QueueId {
    this.#write(this.#unnamed, content?.queue_file ?? "", READY_MODE);
    const { ino } = statSync(this.#unnamed);
    const name = oneIn(random, 2) ? longName(ino, random) : shortName(ino, random);
    const id = parseQueueId(name);
    if (id === null) {
      throw new Error(`make a message: "${name}" is no queue ID`);
    }
    const path = this.#path("deferred", id);
    this.#makeDirectory(dirname(path));
    renameSync(this.#unnamed, path);
    if (content !== null) {
      const defer_file = this.#path("defer", id);
      this.#makeDirectory(dirname(defer_file));
      this.#write(defer_file, content.defer_file, DEFER_FILE_MODE);
    }
    return id;
  }

  /** Gives a deferred message a second name, outside the queue: nobody releases it alone then. */
  linkTwice(id: QueueId): void {
    linkSync(this.#path("deferred", id), this.#unnamed);
  }

  /** Takes the second name away again, and the message. */
  removeTwice(id: QueueId): void {
    rmSync(this.#unnamed);
    rmSync(this.#path("deferred", id));
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

  #write(path: string, text: string, mode: number): void {
    writeFileSync(path, Buffer.from(text, "latin1"), { mode, flag: "wx" });
    chownSync(path, this.#owner.uid, this.#owner.gid);
  }

  #makeDirectory(directory: string): void {
    if (!existsSync(directory)) {
      this.#makeDirectory(dirname(directory));
      mkdirSync(directory, { mode: 0o700 });
      chownSync(directory, this.#owner.uid, this.#owner.gid);
    }
  }
}

function shortName(inode: number, random: Random): string {
  const microseconds = random(MICROSECONDS).toString(16).padStart(5, "0");
  return `${microseconds}${inode.toString(16)}`.toUpperCase();
}

function longName(inode: number, random: Random): string {
  const seconds = digits(Math.floor(Date.now() / 1000), DIGITS.length, 6);
  const microseconds = digits(random(MICROSECONDS), DIGITS.length, 4);
  return `${seconds}${microseconds}z${digits(inode, DIGITS.length - 1, 0)}`;
}

function digits(number: number, base: number, width: number): string {
  let text = "";
  for (let rest = number; rest > 0; rest = Math.floor(rest / base)) {
    text = `${DIGITS[rest % base]}${text}`;
  }
  return text.padStart(width, "0");
}
