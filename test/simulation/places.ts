/**
 * Where things lie in the queue directory of a history: hashed as its settings say.
 */
import { type HashingRules, hashedPath } from "../../src/names/hashed_path.ts";
import { parseQueueId } from "../../src/names/names.ts";
import { REBUILDING, REBUILT } from "../../src/record/rebuilt_marker.ts";
import { logfilePath } from "../../src/record/record_tools.ts";
import { LOGS, type LogName, MESSAGES, type Message } from "./step.ts";

export const QUEUES = ["deferred", "incoming", "active", "hold"] as const;
export type Queue = (typeof QUEUES)[number];

/** Where a message's files are: its queue file, and its defer file. */
type Folder = Queue | "defer";

/** As Postfix has it unless told otherwise. */
const PLAIN: HashingRules = { hashedQueues: new Set(["deferred", "defer"]), depth: 1 };

/** All of them, so that directories are made on the way. */
const HASHED: HashingRules = { hashedQueues: new Set([...QUEUES, "defer", "flush"]), depth: 2 };

const MESSAGE_BY_NAME: ReadonlyMap<string, Message> = new Map(MESSAGES.map((id) => [id, id]));

export class Places {
  readonly hashing: HashingRules;
  readonly #logs: ReadonlyMap<LogName, string>;
  readonly #logByPath: ReadonlyMap<string, LogName>;
  /** The mark of a rebuild, and that of one in hand. */
  readonly mark: string;
  readonly markInHand: string;
  readonly #messages: Readonly<Record<Folder, ReadonlyMap<Message, string>>>;

  /** Those of all histories with such directories. */
  static of(isHashed: boolean): Places {
    return isHashed ? HASHED_PLACES : PLAIN_PLACES;
  }

  constructor(hashing: HashingRules) {
    this.hashing = hashing;
    this.mark = logfilePath({ hashing }, REBUILT);
    this.markInHand = logfilePath({ hashing }, REBUILDING);
    const pathsIn = <Name extends string>(folder: string, names: readonly Name[]) =>
      new Map(names.map((name) => [name, pathOf(folder, name, hashing)]));
    this.#logs = pathsIn("flush", LOGS);
    this.#logByPath = new Map([...this.#logs].map(([log, path]) => [path, log]));
    this.#messages = {
      deferred: pathsIn("deferred", MESSAGES),
      incoming: pathsIn("incoming", MESSAGES),
      active: pathsIn("active", MESSAGES),
      hold: pathsIn("hold", MESSAGES),
      defer: pathsIn("defer", MESSAGES),
    };
  }

  /** Where a log lies. */
  log(log: LogName): string {
    return this.#logs.get(log) ?? log;
  }

  /** Where a message lies in a queue. */
  message(folder: Folder, message: Message): string {
    return this.#messages[folder].get(message) ?? message;
  }

  /** The log at a path, if one is. */
  logAt(path: string): LogName | null {
    return this.#logByPath.get(path) ?? null;
  }

  /** Whether that is the mark of a rebuild, or of one in hand. */
  isMark(path: string): boolean {
    return path === this.mark || path === this.markInHand;
  }

  /** The message whose queue file, or defer file, has that path, if one's has. */
  messageAt(path: string): Message | null {
    return path.startsWith("flush")
      ? null
      : (MESSAGE_BY_NAME.get(path.slice(path.lastIndexOf("/") + 1)) ?? null);
  }
}

const PLAIN_PLACES = new Places(PLAIN);
const HASHED_PLACES = new Places(HASHED);

function pathOf(folder: string, name: string, hashing: HashingRules): string {
  const id = parseQueueId(name);
  if (id === null) {
    throw new RangeError(`${name} is no queue ID`);
  }
  return hashedPath(folder, id, hashing);
}

/** The directory that a path lies in. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
