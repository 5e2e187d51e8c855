/**
 * For tests and the benchmark: a record of many logs with one entry each, as it comes about where strangers choose
 * the names, and the messages of every other one.
 *
 * Logs of even number are current: their message is deferred, as an empty file, which a walk over the record
 * never reads. Those of odd number are outdated: there is no such message. The names are spread over the
 * directories of a hashed record. Makes its files at once, without waiting; nobody else may change the record
 * meanwhile.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { putFile, type QueuePlace } from "../../lab/queue_place.ts";
import { type HashingRules, hashedPath } from "../../src/names/hashed_path.ts";
import {
  type LogfileName,
  parseLogfileName,
  parseQueueId,
  type QueueId,
} from "../../src/names/names.ts";
import { REBUILT } from "../../src/record/rebuilt_marker.ts";

/** Odd: numbers that follow each other come to lie far apart, and no two come to the same. */
const SCATTERING_FACTOR = 2_654_435_761;
const SCATTERED_DIGITS = 7;

/** How many logs are in which state. */
export interface LogCounts {
  /** They hold their entry, once. */
  full: number;
  empty: number;
  /** Missing, or with something else in them. */
  other: number;
}

/** The logs, numbered from 0. */
export class ManyLogs {
  readonly count: number;
  readonly #place: QueuePlace;
  readonly #hashing: HashingRules;

  /** Nothing is made yet. */
  constructor(place: QueuePlace, hashing: HashingRules, count: number) {
    this.#place = place;
    this.#hashing = hashing;
    this.count = count;
  }

  site(number: number): string {
    return `${scattered(number)}.example`;
  }

  id(number: number): QueueId {
    const id = parseQueueId(`${hex((number * 7919) % 1_000_000, 5)}${hex(number, 6)}`);
    if (id === null) {
      throw new Error(`make a queue ID: number ${number} is too large`);
    }
    return id;
  }

  isCurrent(number: number): boolean {
    return number % 2 === 0;
  }

  /** Makes all messages and logs, and marks the record as rebuilt. */
  create(): void {
    for (const number of this.#numbers()) {
      if (this.isCurrent(number)) {
        putFile(this.#place, this.#path("deferred", this.id(number)), "", 0o700);
      }
    }
    this.refill();
    putFile(this.#place, this.#path("flush", REBUILT), "", 0o600);
  }

  /** Has every log hold its entry again, if it doesn't. Its message stays where it is. */
  refill(): void {
    for (const number of this.#numbers()) {
      if (this.text(number) !== this.#entry(number)) {
        putFile(this.#place, this.logfile(number), this.#entry(number), 0o600);
      }
    }
  }

  /** What a log holds, or null where it is missing. */
  text(number: number): string | null {
    const path = this.logfile(number);
    return existsSync(path) ? readFileSync(path, "latin1") : null;
  }

  /** The states of the logs, the current ones apart from the outdated ones. */
  look(): Readonly<Record<"current" | "outdated", Readonly<LogCounts>>> {
    const current: LogCounts = { full: 0, empty: 0, other: 0 };
    const outdated: LogCounts = { full: 0, empty: 0, other: 0 };
    for (const number of this.#numbers()) {
      const text = this.text(number);
      const state = text === "" ? "empty" : text === this.#entry(number) ? "full" : "other";
      (this.isCurrent(number) ? current : outdated)[state]++;
    }
    return { current, outdated };
  }

  /** Whether the message of a log is in that queue. */
  isIn(queue: "deferred" | "incoming", number: number): boolean {
    return existsSync(this.#path(queue, this.id(number)));
  }

  /** Removes messages and logs; the directories stay. */
  remove(): void {
    for (const number of this.#numbers()) {
      rmSync(this.logfile(number), { force: true });
      if (this.isCurrent(number)) {
        rmSync(this.#path("deferred", this.id(number)), { force: true });
      }
    }
    rmSync(this.#path("flush", REBUILT), { force: true });
  }

  /** The path of a log. */
  logfile(number: number): string {
    return this.#path("flush", parsed(this.site(number).replace(".", "_")));
  }

  #numbers(): Iterable<number> {
    return Array(this.count).keys();
  }

  #entry(number: number): string {
    return `${this.id(number)}\n`;
  }

  #path(queue: string, name: QueueId | LogfileName): string {
    return join(this.#place.queue_folder, hashedPath(queue, name, this.#hashing));
  }
}

function parsed(name: string): LogfileName {
  const logfile = parseLogfileName(name);
  if (logfile === null) {
    throw new Error(`name a logfile: "${name}" is no name of one`);
  }
  return logfile;
}

/** Digits and letters, the last of which are the first: those are spread evenly. */
function scattered(number: number): string {
  const text = (Math.imul(number + 1, SCATTERING_FACTOR) >>> 0).toString(36);
  return [...text.padStart(SCATTERED_DIGITS, "0")].toReversed().join("");
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}
