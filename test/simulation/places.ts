/**
 * Where things lie in the queue directory of a history: hashed as its settings say.
 */
import { type HashingRules, hashedPath } from "../../src/names/hashed_path.ts";
import { parseQueueId } from "../../src/names/names.ts";
import { LOGS, type LogName, MESSAGES, type Message } from "./step.ts";

export const QUEUES = ["deferred", "incoming", "active", "hold"] as const;
export type Queue = (typeof QUEUES)[number];

/** As Postfix has it unless told otherwise. */
const PLAIN: HashingRules = { hashedQueues: new Set(["deferred", "defer"]), depth: 1 };

/** All of them, so that directories are made on the way. */
const HASHED: HashingRules = { hashedQueues: new Set([...QUEUES, "defer", "flush"]), depth: 2 };

export class Places {
  readonly hashing: HashingRules;
  readonly #logs: ReadonlyMap<LogName, string>;

  constructor(isHashed: boolean) {
    this.hashing = isHashed ? HASHED : PLAIN;
    this.#logs = new Map(LOGS.map((log) => [log, this.#path("flush", log)]));
  }

  /** Where a log lies. */
  log(log: LogName): string {
    return this.#logs.get(log) ?? log;
  }

  /** Where a message lies in a queue. */
  message(queue: Queue | "defer", message: Message): string {
    return this.#path(queue, message);
  }

  /** The log at a path, if one is. */
  logAt(path: string): LogName | null {
    return LOGS.find((log) => this.#logs.get(log) === path) ?? null;
  }

  /** The message whose queue file, or defer file, has that path, if one's has. */
  messageAt(path: string): Message | null {
    return path.startsWith("flush")
      ? null
      : (MESSAGES.find((id) => path.endsWith(`/${id}`)) ?? null);
  }

  #path(directory: string, name: string): string {
    const id = parseQueueId(name);
    if (id === null) {
      throw new RangeError(`${name} is no queue ID`);
    }
    return hashedPath(directory, id, this.hashing);
  }
}

/** The directory that a path lies in. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
