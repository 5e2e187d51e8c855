/**
 * The queue manager and its helpers: messages that arrive, are tried, deferred, held, delivered, deleted.
 *
 * Each move is one rename, as in Postfix. A message that was moved rests for a while: two looks for it, some
 * time apart, then can't both miss it, which is all that "gone" promises (DESIGN.md, Contracts).
 */
import type { MemoryDisk } from "../../src/memory/disk.ts";
import { MemoryFiles } from "../../src/memory/files.ts";
import { type HashingRules, hashedPath } from "../../src/names/hashed_path.ts";
import { parseQueueId } from "../../src/names/names.ts";
import { MESSAGES, type Message } from "./step.ts";

/** As Postfix has it unless told otherwise. */
export const HASHING: HashingRules = { hashedQueues: new Set(["deferred", "defer"]), depth: 1 };

const QUEUES = ["deferred", "incoming", "active", "hold"] as const;
export type Queue = (typeof QUEUES)[number];

/** Longer than a look for all messages and the wait before the next one. */
const REST_MS = 300;

/** Where a message can go from where it is. */
const WAYS: Readonly<Record<Queue | "nowhere", readonly (Queue | "nowhere")[]>> = {
  nowhere: ["incoming"],
  incoming: ["active", "active", "active", "hold"],
  active: ["deferred", "deferred", "deferred", "nowhere"],
  deferred: ["active", "active", "hold", "nowhere"],
  hold: ["deferred", "nowhere"],
};

export class Mail {
  readonly #disk: MemoryDisk;
  readonly #files: MemoryFiles;
  readonly #nowMs: () => number;
  readonly #movedAtMs = new Map<Message, number>();

  constructor(disk: MemoryDisk, nowMs: () => number) {
    this.#disk = disk;
    this.#files = new MemoryFiles(disk);
    this.#nowMs = nowMs;
    for (const path of MESSAGES.flatMap((message) =>
      QUEUES.map((queue) => pathOf(queue, message)),
    )) {
      disk.makeDirectories(path.slice(0, path.lastIndexOf("/")));
    }
  }

  where(message: Message): Queue | "nowhere" {
    return QUEUES.find((queue) => this.#disk.has(pathOf(queue, message))) ?? "nowhere";
  }

  /** Moves a message, where it is time; says where to, or null where it rests. */
  move(message: Message, choice: number): Queue | "nowhere" | null {
    const movedAtMs = this.#movedAtMs.get(message) ?? Number.NEGATIVE_INFINITY;
    if (this.#nowMs() - movedAtMs < REST_MS) {
      return null;
    }
    this.#movedAtMs.set(message, this.#nowMs());
    const from = this.where(message);
    const ways = WAYS[from];
    const to = ways[choice % ways.length] ?? "nowhere";
    if (to !== "nowhere") {
      this.#bring(message, from, to);
    } else if (from !== "nowhere") {
      this.#files.remove(pathOf(from, message));
    }
    return to;
  }

  #bring(message: Message, from: Queue | "nowhere", to: Queue): void {
    const path = pathOf(to, message);
    if (from === "nowhere") {
      this.#disk.writeFile(path, "message", { mode: 0o700 });
    } else {
      this.#files.rename(pathOf(from, message), path);
    }
  }
}

/** Where a message lies in a queue. */
export function pathOf(queue: Queue, message: Message): string {
  const id = parseQueueId(message);
  if (id === null) {
    throw new RangeError(`${message} is no queue ID`);
  }
  return hashedPath(queue, id, HASHING);
}
