/**
 * The service's event loop: epoll(7), timers and turns in one place, on Bun's thread.
 *
 * Why not Bun's own: for each client Bun.listen makes two needless setsockopt(2) and one needless epoll_ctl(2), and
 * runs some layers of its own, which a process that serves only its first hundred clients runs uncompiled. Measured
 * with 64 clients: see docs/PERFORMANCE.md, "Adds, and which max_use".
 *
 * One *round*: wait until a descriptor is ready or a timer is due (not at all where a turn is waiting), tell the
 * watchers, run the turns that were asked for before, run the timers that are due, let promises go on. Rounds follow each
 * other for some milliseconds within one setImmediate of Bun's loop, so that what is thrown is an uncaught exception; a
 * turn of Bun's loop for each would be one more system call, and as much work as the round itself. Meanwhile, and while
 * a round waits, Bun's loop stands still: what Bun itself watches (sockets, timers, child processes, signals) is looked at
 * once a second at the least (each millisecond while the runtime's threads work for somebody), and a rejection that
 * nobody handles is told of as late. So a program uses this loop or Bun's, not both.
 *
 * Runs for as long as something is watched, timed or asked for. Fails with OsError where the kernel refuses a descriptor.
 */
import { drainMicrotasks } from "bun:jsc";
import type { Clock, Timer } from "../effects/clock.ts";
import { check, errno, errnoName, libc, throwErrno } from "./libc.ts";
import { TimerQueue } from "./timer_queue.ts";

/** What a descriptor can be ready for (epoll_ctl(2)). Errors and hang-ups are always told. */
export const READY = { read: 0x001, write: 0x004, error: 0x008, hangUp: 0x010 } as const;

/** Hears that its descriptor is ready, and for what: READY flags. */
export type ReadyListener = (flags: number) => void;

/** A descriptor that is being watched. */
export interface Watch {
  /** From now on tells only of these flags (READY). */
  change(flags: number): void;
  /** Must come before the descriptor is closed; nothing is told any more. */
  stop(): void;
  /** The same, for a descriptor that is closed with this call. */
  close(): void;
}

const EPOLL_CLOEXEC = 0x80000;
const EPOLL_CTL = { add: 1, remove: 2, change: 3 } as const;

/** Ready descriptors taken in one call; the rest comes with the next one. */
const EVENTS_MAX = 256;

/** struct epoll_event in 32-bit words: packed on x86_64, aligned elsewhere. Flags, then 64 bits of our own. */
const WORDS = process.arch === "x64" ? 3 : 4;
const DATA_WORD = WORDS - 2;

/** How long Bun's loop may stand still: its garbage collector works by timers. */
const WAIT_MS_MAX = 1000;

/** Rounds follow each other for so long before Bun's loop has its turn: it is late then, but costs next to nothing. */
const ROUNDS_MS_MAX = 10;

/** The same, and how long it may stand still, while it is to tell of what the runtime's threads do. */
const BACKGROUND_MS_MAX = 1;

const NANOSECONDS_PER_MS = 1e6;

/** `waitMsMax`: 0 where Bun's own sockets and timers must go on beside it, as in tests. */
export class EventLoop implements Clock {
  readonly #epoll = check(libc.epoll_create1(EPOLL_CLOEXEC), errno[0], "epoll_create1");
  readonly #events = new Int32Array(EVENTS_MAX * WORDS);
  readonly #event = new Int32Array(WORDS);
  /** By descriptor. */
  readonly #watches: (WatchedDescriptor | undefined)[] = [];
  readonly #timers = new TimerQueue();
  readonly #waitMsMax: number;
  #watchCount = 0;
  #backgroundCount = 0;
  /** Tells a descriptor from an earlier one of the same number, of which news may still be in `#events`. */
  #generation = 0;
  #turns: (() => void)[] = [];
  #isRunning = false;

  constructor(waitMsMax = WAIT_MS_MAX) {
    this.#waitMsMax = waitMsMax;
  }

  wallMs(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return Bun.nanoseconds() / NANOSECONDS_PER_MS;
  }

  after(delayMs: number, run: () => void): Timer {
    this.#run();
    return this.#timers.add(this.monotonicMs() + Math.max(0, delayMs), run);
  }

  nextTurn(run: () => void): void {
    this.#run();
    this.#turns.push(run);
  }

  /** Tells `listener` whenever the descriptor is ready for one of the flags. Throws OsError. */
  watch(descriptor: number, flags: number, listener: ReadyListener): Watch {
    const generation = ++this.#generation | 0;
    this.#control(EPOLL_CTL.add, descriptor, flags, generation);
    const watch = new WatchedDescriptor(this, descriptor, generation, listener);
    this.#watches[descriptor] = watch;
    this.#watchCount++;
    this.#run();
    return watch;
  }

  /** The runtime's threads work for somebody, who hears of the end by Bun's loop: until `endBackground`, that has a turn each millisecond. */
  beginBackground(): void {
    this.#backgroundCount++;
  }

  endBackground(): void {
    this.#backgroundCount--;
  }

  /** For WatchedDescriptor. */
  change({ descriptor, generation }: WatchedDescriptor, flags: number): void {
    this.#control(EPOLL_CTL.change, descriptor, flags, generation);
  }

  /** For WatchedDescriptor: to be closed is to be forgotten by epoll(7), for a descriptor that nobody has copied. */
  forget(watch: WatchedDescriptor, isClosed: boolean): void {
    const { descriptor } = watch;
    if (this.#watches[descriptor] !== watch) {
      return;
    }
    this.#watches[descriptor] = undefined;
    this.#watchCount--;
    if (isClosed) {
      libc.close(descriptor);
    } else {
      this.#control(EPOLL_CTL.remove, descriptor, 0, 0);
    }
  }

  #control(operation: number, descriptor: number, flags: number, generation: number): void {
    const event = this.#event;
    event[0] = flags;
    event[DATA_WORD] = descriptor;
    event[DATA_WORD + 1] = generation;
    check(libc.epoll_ctl(this.#epoll, operation, descriptor, event), errno[0], "epoll_ctl");
  }

  #run(): void {
    if (!this.#isRunning) {
      this.#isRunning = true;
      setImmediate(this.#rounds);
    }
  }

  readonly #rounds = (): void => {
    const startMs = this.monotonicMs();
    try {
      do {
        this.#round();
        drainMicrotasks();
        // Where Bun's loop must not be kept waiting, one round at a time.
      } while (
        this.#hasWork() &&
        this.monotonicMs() - startMs < Math.min(ROUNDS_MS_MAX, this.#bunWaitsMsMax)
      );
    } finally {
      // What throws ends its round, not the loop.
      this.#isRunning = false;
      if (this.#hasWork()) {
        this.#run();
      }
    }
  };

  #round(): void {
    const count = libc.epoll_wait(this.#epoll, this.#events, EVENTS_MAX, this.#waitMs());
    if (count < 0 && errnoName(errno[0]) !== "EINTR") {
      throwErrno(errno[0], "epoll_wait");
    }
    this.#tellWatchers(count);
    this.#runTurns();
    this.#timers.runDue(this.monotonicMs());
  }

  #hasWork(): boolean {
    return this.#watchCount > 0 || this.#turns.length > 0 || this.#timers.nextMs() !== null;
  }

  get #bunWaitsMsMax(): number {
    return this.#backgroundCount > 0
      ? Math.min(BACKGROUND_MS_MAX, this.#waitMsMax)
      : this.#waitMsMax;
  }

  #waitMs(): number {
    if (this.#turns.length > 0) {
      return 0;
    }
    const nextMs = this.#timers.nextMs();
    const waitMs = nextMs === null ? this.#waitMsMax : Math.ceil(nextMs - this.monotonicMs());
    return Math.min(Math.max(0, waitMs), this.#bunWaitsMsMax);
  }

  #tellWatchers(count: number): void {
    const events = this.#events;
    for (let at = 0; at < count * WORDS; at += WORDS) {
      const watch = this.#watches[events[at + DATA_WORD] ?? -1];
      if (watch !== undefined && watch.generation === events[at + DATA_WORD + 1]) {
        watch.listener(events[at] ?? 0);
      }
    }
  }

  #runTurns(): void {
    if (this.#turns.length === 0) {
      return;
    }
    const turns = this.#turns;
    this.#turns = [];
    for (const turn of turns) {
      turn();
    }
  }
}

class WatchedDescriptor implements Watch {
  readonly #loop: EventLoop;

  constructor(
    loop: EventLoop,
    readonly descriptor: number,
    readonly generation: number,
    readonly listener: ReadyListener,
  ) {
    this.#loop = loop;
  }

  change(flags: number): void {
    this.#loop.change(this, flags);
  }

  stop(): void {
    this.#loop.forget(this, false);
  }

  close(): void {
    this.#loop.forget(this, true);
  }
}
