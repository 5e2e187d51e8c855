/**
 * A process that does to the files what the original does, one system call a turn: spec 2.3 to 2.6.
 *
 * It waits for locks, follows nobody's rules but its own, and loses what the original loses: what it reads
 * it drops, what it appends behind a fragment of its own is gone, what it finds empty it removes unlocked.
 */

import { wallSeconds } from "../../src/effects/clock.ts";
import type { Descriptor } from "../../src/effects/files.ts";
import { unlessAbsent } from "../../src/effects/os_error.ts";
import type { MemoryClock } from "../../src/memory/clock.ts";
import type { MemoryDisk } from "../../src/memory/disk.ts";
import { MemoryFiles } from "../../src/memory/files.ts";
import { stringToBytes } from "../../src/names/byte_string.ts";
import type { Oracle } from "./oracle.ts";
import { type Places, parentOf } from "./places.ts";
import { type LogName, MESSAGES, type Message } from "./step.ts";

/** How long it holds a lock for no reason, in turns. */
const HOLD_TURNS = 6;

/** What it works with. */
export interface OriginalWorld {
  readonly disk: MemoryDisk;
  readonly time: MemoryClock;
  readonly places: Places;
  readonly oracle: Oracle;
  readonly identity: { readonly uid: number; readonly gid: number };
  readonly tell: (what: () => string) => void;
  /** Whether the log's unterminated last line was left by one of ours. */
  readonly isFragmentOurs: (log: LogName) => boolean;
}

type Turns = Generator<void, void, void>;

export class OriginalProcess {
  readonly #world: OriginalWorld;
  #files: MemoryFiles;
  #task: Turns | null = null;

  constructor(world: OriginalWorld) {
    this.#world = world;
    this.#files = new MemoryFiles(world.disk, world.identity);
  }

  get isBusy(): boolean {
    return this.#task !== null;
  }

  /** Takes the next turn of the task in hand. */
  goOn(): void {
    if (this.#task?.next().done === true) {
      this.#task = null;
    }
  }

  /** An add; with `tornAt` it dies when so many bytes are written. One task at a time. */
  add(log: LogName, message: Message, tornAt: number | null): void {
    this.#begin(this.#adding(log, message, tornAt));
  }

  send(log: LogName): void {
    this.#begin(this.#sending(log));
  }

  purge(log: LogName): void {
    this.#begin(this.#purging(log));
  }

  /** Holds a log's lock for some turns, and for no less than so long; `ended` is told for how long it did. */
  hold(log: LogName, ms: number, ended: (heldMs: number) => void): void {
    this.#begin(this.#holding(log, ms, ended));
  }

  #begin(task: Turns): void {
    if (this.#task === null) {
      this.#task = task;
      this.goOn();
    }
  }

  *#adding(log: LogName, message: Message, tornAt: number | null): Turns {
    const path = this.#world.places.log(log);
    this.#world.disk.makeDirectories(parentOf(path));
    const file = this.#files.open(path, { access: "write", append: true, create: true });
    yield;
    yield* this.#lock(file);
    this.#world.oracle.asked(log, message);
    this.#write(file, log, message, tornAt);
    yield;
    this.#files.close(file);
  }

  #write(file: Descriptor, log: LogName, message: Message, tornAt: number | null): void {
    const { oracle } = this.#world;
    const text = oracle.text(log);
    const isEnded = text === "" || text.endsWith("\n");
    const isFragmentOurs = this.#world.isFragmentOurs(log);
    // Where our purge, or its own, removed the log while it waited for the lock, nobody finds the entry: it does
    // not look again, and we can't help it.
    const isReachable = this.#files.status(file).linkCount > 0;
    const line = `${message}\n`;
    this.#files.append(file, stringToBytes(line.slice(0, tornAt ?? line.length)));
    this.#world.tell(
      () => `the original writes ${message} to ${log}${isEnded ? "" : ", behind a fragment"}`,
    );
    if (!isEnded || tornAt !== null) {
      oracle.troubled(log);
    }
    const isWhole = tornAt === null || tornAt >= line.length;
    if (isWhole && isReachable && (isEnded || isFragmentOurs)) {
      oracle.originalAnswered(log, message);
    }
  }

  *#sending(log: LogName): Turns {
    const file = this.#openExisting(log);
    if (file === null) {
      return;
    }
    yield;
    yield* this.#lock(file);
    const { oracle } = this.#world;
    const isLinked = this.#files.status(file).linkCount > 0;
    // A last line without its end is a line to it too.
    for (const line of isLinked ? oracle.text(log).split("\n") : []) {
      const message = MESSAGES.find((each) => each === line);
      if (message !== undefined) {
        yield* this.#release(message);
      }
    }
    this.#files.truncate(file, 0);
    this.#world.tell(() => `the original empties ${log}`);
    if (this.#files.status(file).linkCount > 0) {
      oracle.destroyed(log);
    }
    yield;
    this.#files.setTimes(this.#world.places.log(log), wallSeconds(this.#world.time));
    this.#files.close(file);
  }

  *#release(message: Message): Turns {
    const now = wallSeconds(this.#world.time);
    const { disk, places } = this.#world;
    const [deferred, incoming] = [
      places.message("deferred", message),
      places.message("incoming", message),
    ];
    const isDeferred = this.#files.setTimes(deferred, now);
    yield;
    if (isDeferred) {
      this.#world.tell(() => `the original releases ${message}`);
      disk.makeDirectories(parentOf(incoming));
      unlessAbsent(() => this.#files.rename(deferred, incoming));
    } else {
      this.#files.setTimes(incoming, now);
    }
    yield;
  }

  *#purging(log: LogName): Turns {
    let isEmpty = false;
    unlessAbsent(() => {
      isEmpty = this.#files.statusOf(this.#world.places.log(log)).sizeBytes === 0;
    });
    yield;
    if (isEmpty && unlessAbsent(() => this.#files.remove(this.#world.places.log(log)))) {
      this.#world.tell(() => `the original's purge removes ${log}`);
      this.#world.oracle.destroyed(log);
    }
  }

  *#holding(log: LogName, ms: number, ended: (heldMs: number) => void): Turns {
    const file = this.#openExisting(log);
    if (file === null) {
      return;
    }
    yield* this.#lock(file);
    const startMs = this.#world.time.monotonicMs();
    const heldMs = (): number => this.#world.time.monotonicMs() - startMs;
    for (let turn = 0; turn < HOLD_TURNS || heldMs() < ms; turn++) {
      yield;
    }
    this.#files.close(file);
    ended(heldMs());
  }

  *#lock(file: Descriptor): Turns {
    while (!this.#files.tryLock(file)) {
      yield;
    }
    yield;
  }

  #openExisting(log: LogName): Descriptor | null {
    let file: Descriptor | null = null;
    unlessAbsent(() => {
      file = this.#files.open(this.#world.places.log(log), { access: "both" });
    });
    return file;
  }
}
