/**
 * The queue manager and its helpers: messages that arrive, are tried, deferred, held, delivered, deleted.
 *
 * Each move is one rename, as in Postfix; a message that is deferred gets its defer file before, and loses it when it
 * is tried again. A message that was moved rests for a while: two looks for it, some time apart, then can't both miss
 * it, which is all that "gone" promises (DESIGN.md, Contracts). While the queue manager is down, nothing is tried.
 */
import { wallSeconds } from "../../src/effects/clock.ts";
import type { MemoryClock } from "../../src/memory/clock.ts";
import type { MemoryDisk } from "../../src/memory/disk.ts";
import { MemoryFiles } from "../../src/memory/files.ts";
import { buildDeferFile, buildQueueFile } from "../support/queue_files.ts";
import { type Places, parentOf, QUEUES, type Queue } from "./places.ts";
import { type LogName, MESSAGES, type Message, SITES, siteOf } from "./step.ts";

/** Longer than a look for all messages and the wait before the next one. */
const REST_MS = 300;

const NS_PER_MS = 1_000_000n;

/** The queue manager passes over what is later than now by more. */
const RESERVE_MS = 1000;

/** The queue manager is to try a deferred message again so much later. */
const NEXT_TRY_MS = 1_000_000;

const FOREIGN = "other.example";
const [ONE, TWO] = SITES;

/** To which site a message goes, and where that was tried: at the same site unless another is named. */
interface Recipient {
  readonly site: string;
  readonly triedAt?: string;
}

/** Nothing of a message changes but its place: whom it is for. */
const RECIPIENTS: Readonly<Record<Message, readonly Recipient[]>> = {
  A1B2C3D4: [{ site: ONE }],
  B0B1B2B3: [{ site: TWO }],
  C9D8E7F6A5: [{ site: ONE }, { site: TWO }],
  D77E6: [{ site: FOREIGN, triedAt: ONE }],
  E5F4A3B2C1D0E9F8: [{ site: ONE }, { site: FOREIGN }],
  "4jYCDY3XvNzLDg6L": [{ site: TWO }, { site: FOREIGN, triedAt: TWO }],
  F00: [{ site: FOREIGN }],
};

/** Where a message can go from where it is. */
const WAYS: Readonly<Record<Queue | "nowhere", readonly (Queue | "nowhere")[]>> = {
  // Into deferred at once: out of a back-up, or from another machine, and then without its defer file.
  nowhere: ["incoming", "deferred"],
  incoming: ["active", "active", "active", "hold"],
  active: ["deferred", "deferred", "deferred", "nowhere"],
  deferred: ["active", "active", "hold", "nowhere"],
  hold: ["deferred", "nowhere"],
};

/** The files of each message. */
const FILES = new Map(MESSAGES.map((message) => [message, filesOf(message)]));

export class Mail {
  isDown = false;
  readonly #disk: MemoryDisk;
  readonly #files: MemoryFiles;
  readonly #clock: MemoryClock;
  readonly #places: Places;
  readonly #movedAtMs = new Map<Message, number>();
  readonly #living = new Set<Message>();

  constructor(disk: MemoryDisk, clock: MemoryClock, places: Places) {
    this.#disk = disk;
    this.#files = new MemoryFiles(disk);
    this.#clock = clock;
    this.#places = places;
    for (const message of MESSAGES) {
      disk.makeDirectories(parentOf(places.message("deferred", message)));
      disk.makeDirectories(parentOf(places.message("defer", message)));
    }
  }

  where(message: Message): Queue | "nowhere" {
    return QUEUES.find((queue) => this.#isIn(queue, message)) ?? "nowhere";
  }

  /** Whether a rebuild records the message for that log's site: by where it was tried, if that is known. */
  isRecordedFor(message: Message, log: LogName): boolean {
    const isTried = this.isTried(message);
    return RECIPIENTS[message].some(
      ({ site, triedAt }) => ((isTried ? triedAt : null) ?? site) === siteOf(log),
    );
  }

  /** Whether there is its defer file. */
  isTried(message: Message): boolean {
    return this.#disk.has(this.#places.message("defer", message));
  }

  /** Whether a rebuild could ever do so. */
  mayBeRecordedFor(message: Message, log: LogName): boolean {
    return RECIPIENTS[message].some(
      ({ site, triedAt }) => site === siteOf(log) || triedAt === siteOf(log),
    );
  }

  /** Whether it is certain that nothing of the message is for that log's site. */
  isForeign(message: Message, log: LogName): boolean {
    return this.isTried(message) && !this.mayBeRecordedFor(message, log);
  }

  /** When the message was last moved by somebody else than a flush. */
  movedAtMs(message: Message): number {
    return this.#movedAtMs.get(message) ?? Number.NEGATIVE_INFINITY;
  }

  /** Moves a message, where it is time; says where to, or null where it rests. */
  move(message: Message, choice: number): Queue | "nowhere" | null {
    const from = this.where(message);
    const ways = WAYS[from];
    const to = ways[choice % ways.length] ?? "nowhere";
    const isWaiting = this.#clock.monotonicMs() - this.movedAtMs(message) < REST_MS;
    if (isWaiting || (this.isDown && to === "active")) {
      return null;
    }
    this.#movedAtMs.set(message, this.#clock.monotonicMs());
    if (to !== "nowhere") {
      this.#bring(message, from, to);
    } else if (from !== "nowhere") {
      this.#files.remove(this.#places.message(from, message));
      this.#removeDeferFile(message);
      this.#living.delete(message);
    }
    return to;
  }

  /** What is wrong with the mail; null: each message is in one queue, whole, and can be read there. */
  fault(): string | null {
    for (const message of MESSAGES) {
      const places = QUEUES.filter((queue) => this.#isIn(queue, message));
      const wanted = this.#living.has(message) ? 1 : 0;
      const [queue] = places;
      if (places.length !== wanted || queue === undefined) {
        if (wanted + places.length > 0) {
          return `I5: ${message} is in ${places.length} queues instead of ${wanted}`;
        }
        continue;
      }
      const path = this.#places.message(queue, message);
      const { mode, linkCount, kind } = this.#files.statusOf(path);
      const isReadable = kind === "file" && (mode & ~0o040) === 0o700 && linkCount === 1;
      if (!isReadable || this.#disk.readFile(path) !== FILES.get(message)?.message) {
        return `I5: the queue manager can't read ${path}, mode 0${mode.toString(8)}`;
      }
    }
    return null;
  }

  /** Whether the queue manager would take the message up at that time, as far as its time stamp goes. */
  isDue(message: Message, wallMs: number): boolean {
    const queue = this.where(message);
    if (queue === "nowhere") {
      return true;
    }
    const { mtimeNs } = this.#files.statusOf(this.#places.message(queue, message));
    return mtimeNs / NS_PER_MS <= BigInt(wallMs + RESERVE_MS);
  }

  #isIn(queue: Queue, message: Message): boolean {
    return this.#disk.has(this.#places.message(queue, message));
  }

  #bring(message: Message, from: Queue | "nowhere", to: Queue): void {
    const path = this.#places.message(to, message);
    this.#disk.makeDirectories(parentOf(path));
    if (to === "deferred" && from === "active") {
      const file = FILES.get(message)?.defer ?? "";
      this.#disk.writeFile(this.#places.message("defer", message), file);
    } else if (to === "active") {
      this.#removeDeferFile(message);
    }
    if (from === "nowhere") {
      this.#living.add(message);
      this.#disk.writeFile(path, FILES.get(message)?.message ?? "", { mode: 0o700 });
      return;
    }
    const old = this.#places.message(from, message);
    if (to === "deferred") {
      this.#files.setTimes(old, wallSeconds(this.#clock) + NEXT_TRY_MS / 1000);
    }
    this.#files.rename(old, path);
  }

  #removeDeferFile(message: Message): void {
    const path = this.#places.message("defer", message);
    if (this.#disk.has(path)) {
      this.#files.remove(path);
    }
  }
}

function filesOf(message: Message): { readonly message: string; readonly defer: string } {
  const recipients = RECIPIENTS[message];
  const { text, offsets } = buildQueueFile({
    recipients: recipients.map(({ site }) => ({ address: `user@${site}` })),
  });
  const deferrals = recipients.map(({ site, triedAt }, index) => ({
    recipient: `user@${triedAt ?? site}`,
    offset: offsets[index] ?? 0,
  }));
  return { message: text, defer: buildDeferFile(deferrals) };
}
