/**
 * Where a name lives below a queue: hashed and flat queue directories.
 *
 * Implements `hash_queue_names` and `hash_queue_depth` (postconf(5)) for queue IDs short and long and,
 * by the same rule, for logfile names: a logfile name with a `z` from the eleventh character on is
 * hashed as if it were a long queue ID, as the original does, since both must find the same file.
 * Pure; the names it takes were checked by their types.
 */
import type { LogfileName, QueueId } from "./names.ts";

/** hash_queue_names and hash_queue_depth. */
export interface HashingRules {
  /** Names of the hashed queues, lower case. */
  readonly hashedQueues: ReadonlySet<string>;
  /** Directory levels below a hashed queue, at least 1. */
  readonly depth: number;
}

/** Digits of long queue IDs in order of value: no vowels, so that no words come about. */
const BASE52_DIGITS = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";

/** Seconds (6 digits or more) and microseconds (4) stand before the last `z` of a long queue ID. */
const LONG_ID_SEPARATOR_INDEX_MIN = 10;
const SEPARATOR = 0x7a;
const MICROSECOND_DIGITS = 4;
const HASH_KEY_DIGITS_MIN = 5;

/** The directory of `name` below `queue`, with a slash at its end: "deferred/7/A/". */
export function hashedDirectory(
  queue: string,
  name: QueueId | LogfileName,
  rules: HashingRules,
): string {
  if (!rules.hashedQueues.has(queue)) {
    return `${queue}/`;
  }
  const key = hashKey(name);
  let directory = `${queue}/`;
  for (let level = 0; level < rules.depth; level++) {
    directory += `${key[level] ?? "_"}/`;
  }
  return directory;
}

/** The path of `name` below `queue`: "deferred/7/4jYCDY3XvNzLDg6L". */
export function hashedPath(
  queue: string,
  name: QueueId | LogfileName,
  rules: HashingRules,
): string {
  return hashedDirectory(queue, name, rules) + name;
}

/** Whether two names are in the same directory of a queue: told at less cost than which one that is. */
export function areHashedAlike(
  queue: string,
  one: QueueId | LogfileName,
  other: QueueId | LogfileName,
  { hashedQueues, depth }: HashingRules,
): boolean {
  if (!hashedQueues.has(queue)) {
    return true;
  }
  const key = hashKey(one);
  const otherKey = hashKey(other);
  for (let at = 0; at < depth; at++) {
    if ((key[at] ?? "_") !== (otherKey[at] ?? "_")) {
      return false;
    }
  }
  return true;
}

/** The characters that choose the directories: microseconds in hex, as short queue IDs begin. */
function hashKey(name: string): string {
  if (!isLong(name)) {
    return name;
  }
  const separator = name.lastIndexOf("z");
  const microseconds = base52(name.slice(separator - MICROSECOND_DIGITS, separator));
  return microseconds.toString(16).toUpperCase().padStart(HASH_KEY_DIGITS_MIN, "0");
}

/** Whether a name has the separator of a long queue ID where that has it, or behind. */
function isLong(name: string): boolean {
  for (let at = LONG_ID_SEPARATOR_INDEX_MIN; at < name.length; at++) {
    if (name.charCodeAt(at) === SEPARATOR) {
      return true;
    }
  }
  return false;
}

/** Value of a base 52 number, 0 if it holds anything that is no digit. */
function base52(text: string): number {
  let value = 0;
  for (const character of text) {
    const digit = BASE52_DIGITS.indexOf(character);
    if (digit === -1) {
      return 0;
    }
    value = value * 52 + digit;
  }
  return value;
}
