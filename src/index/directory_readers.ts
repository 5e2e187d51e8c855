/**
 * Who reads directories: this thread, or several threads at once. They are given tasks and tell what they find.
 *
 * The messages between threads are this file's own; what comes from a thread is what `serveReading` has sent.
 */
import type { Clock } from "../effects/clock.ts";
import type { Files } from "../effects/files.ts";
import type { PackedBatch } from "../effects/index_store.ts";
import { OsError } from "../effects/os_error.ts";
import type { QuickLooks } from "../effects/quick_looks.ts";
import type { Thread, ThreadPort, Threads } from "../effects/threads.ts";
import type { HashingRules } from "../names/hashed_path.ts";
import { CanonicalDomains } from "../record/canonical_domain.ts";
import type { DirectoryTools } from "./message_batches.ts";
import {
  type DirectoryFindings,
  DirectoryReading,
  type DirectoryTask,
  type Listener,
  readDirectory,
  readLeft,
} from "./read_directory.ts";

/** More do not help: the kernel has locks of its own. */
const THREADS_MAX = 4;

/**
 * So many messages of a known directory that have changed, this thread reads, whoever has found them. Each thread has to
 * compile what it runs, and a few messages do not pay for that a second time: 11 ms of 410 (docs/PERFORMANCE.md).
 */
const LEFT_MAX = 250;

/** What messages mean: what a thread can be told of. */
export interface ReadingRules {
  readonly hashing: HashingRules;
  readonly idna2003: boolean;
}

/** What reading needs of the machine. */
export interface ReadingWorld {
  readonly files: Files;
  readonly looks: QuickLooks;
  readonly clock: Clock;
}

/** A directory that is to be read, and what is known of it. */
type KnownDirectory = Omit<DirectoryTask, "leftMax">;

export interface DirectoryReaders {
  /** How many tasks can be under way, or wait for whoever is free next. */
  readonly count: number;
  /** Reads a directory, and has the known batches' states for itself; `count` bounds how many at once. Rejects with OsError. */
  read(task: KnownDirectory, listener: Listener): Promise<DirectoryFindings>;
  end(): void;
}

/** Reads in this thread. */
export function readersHere(world: ReadingWorld, rules: ReadingRules): DirectoryReaders {
  const tools = toolsOf(world, rules);
  return {
    count: 1,
    read: async (directory, listener) =>
      readDirectory(tools, { ...directory, leftMax: 0 }, listener),
    end: () => {},
  };
}

/**
 * Reads in as many threads as there are processors, this one included. The others start at once, and need some
 * milliseconds for that; this one begins meanwhile, and hears them between one step and the next.
 */
export function readersInThreads(
  threads: Threads,
  world: ReadingWorld,
  rules: ReadingRules,
): DirectoryReaders {
  return new ThreadReaders(threads, world, rules);
}

/** What a thread is asked. */
interface Question {
  readonly rules: ReadingRules;
  readonly task: DirectoryTask;
}

/** What it says, the last one being "done" or "failed". */
type Answer =
  | { readonly kind: "batch"; readonly batch: PackedBatch }
  | { readonly kind: "looked"; readonly count: number }
  | { readonly kind: "done"; readonly findings: DirectoryFindings }
  | { readonly kind: "failed"; readonly code: string; readonly operation: string };

/** A task under way. */
interface Job {
  readonly listener: Listener;
  readonly done: (findings: DirectoryFindings) => void;
  readonly failed: (error: Error) => void;
}

/** Who reads. */
interface Reader {
  /** Null: this thread. */
  readonly thread: Thread | null;
  /** What it was asked and has not answered yet, in this order. */
  readonly jobs: Job[];
  /** What it died of, be it before it was asked anything. */
  death: Error | null;
  /** Directories that are for it: one that it reads, and one for afterwards. */
  taskCount: number;
}

class ThreadReaders implements DirectoryReaders {
  /** Two for each thread, one for this one, and one that waits for whoever is free first. */
  readonly count: number;
  readonly #readerCount: number;
  readonly #threads: Threads;
  readonly #rules: ReadingRules;
  readonly #tools: DirectoryTools;
  #isEnded = false;
  /** This thread is the last: the others get something to do first. */
  readonly #readers: Reader[] = [{ thread: null, jobs: [], death: null, taskCount: 0 }];
  /** Those who have something to be read, and nobody for it yet. */
  readonly #waiting: ((reader: Reader) => void)[] = [];

  constructor(threads: Threads, world: ReadingWorld, rules: ReadingRules) {
    this.#readerCount = Math.min(threads.processorCount, THREADS_MAX);
    this.count = 2 * this.#readerCount;
    this.#threads = threads;
    this.#rules = rules;
    this.#tools = toolsOf(world, rules);
    while (this.#readers.length < this.#readerCount) {
      this.#readers.unshift(this.#start());
    }
  }

  async read(directory: KnownDirectory, listener: Listener): Promise<DirectoryFindings> {
    const reader = await this.#nextReader();
    const { thread } = reader;
    if (thread === null) {
      try {
        return await this.#readHere({ ...directory, leftMax: 0 }, listener);
      } finally {
        this.#release(reader);
      }
    }
    const leftMax = directory.known.length === 0 ? 0 : LEFT_MAX;
    const task = { ...directory, leftMax };
    if (reader.death !== null) {
      throw reader.death;
    }
    const findings = await this.#ask(thread, reader.jobs, task, listener);
    this.#requireWanted();
    return readLeft(this.#tools, directory.path, findings, listener);
  }

  #nextReader(): Promise<Reader> {
    return new Promise((free) => {
      this.#waiting.push(free);
      this.#assign();
    });
  }

  /** It has read what it was to read. */
  #release(reader: Reader): void {
    reader.taskCount--;
    this.#assign();
  }

  /**
   * Gives those something who have nothing; and a thread its next directory while it still reads. Where it got that only
   * when this thread came to hear of it, it stood still for up to 4 ms after each directory. That holds for the last one as
   * well: this thread has all that was found to see to, and takes twice as long for a directory. Where that was left for
   * whoever was done first, a thread had nothing to do for some 20 ms at the end, and now for 7 (of 250).
   */
  #assign(): void {
    for (const taskMax of [1, 2]) {
      for (const reader of this.#readers) {
        const isFree = reader.taskCount < (reader.thread === null ? 1 : taskMax);
        const next = isFree ? this.#waiting.shift() : undefined;
        if (next !== undefined) {
          reader.taskCount++;
          next(reader);
        }
      }
    }
  }

  #ask(
    thread: Thread,
    jobs: Job[],
    task: DirectoryTask,
    listener: Listener,
  ): Promise<DirectoryFindings> {
    return new Promise((done, failed) => {
      jobs.push({ listener, done, failed });
      const question: Question = { rules: this.#rules, task };
      thread.send(
        question,
        task.known.map(({ state }) => state.buffer),
      );
    });
  }

  end(): void {
    this.#isEnded = true;
    for (const { thread } of this.#readers) {
      thread?.end();
    }
  }

  async #readHere(task: DirectoryTask, listener: Listener): Promise<DirectoryFindings> {
    // The others get something to do first.
    await this.#turn();
    const reading = new DirectoryReading(this.#tools, task, listener);
    try {
      for (;;) {
        const findings = reading.step();
        if (findings !== null) {
          return findings;
        }
        await this.#turn();
      }
    } finally {
      reading.close();
    }
  }

  /** Hears the others. */
  async #turn(): Promise<void> {
    await this.#threads.turn();
    this.#requireWanted();
  }

  /** Throws where there is nobody left who waits for what is read here. */
  #requireWanted(): void {
    if (this.#isEnded) {
      throw new Error("the reading has been given up");
    }
  }

  #start(): Reader {
    const jobs: Job[] = [];
    const thread = this.#threads.start(
      (value) => this.#take(reader, value as Answer),
      (error) => {
        reader.death = error;
        for (const { failed } of jobs) {
          failed(error);
        }
      },
    );
    const reader: Reader = { thread, jobs, death: null, taskCount: 0 };
    return reader;
  }

  #take(reader: Reader, answer: Answer): void {
    const [job] = reader.jobs;
    if (job === undefined) {
      return;
    }
    switch (answer.kind) {
      case "batch":
        job.listener.onBatch(answer.batch);
        break;
      case "looked":
        job.listener.onLooked(answer.count);
        break;
      default:
        reader.jobs.shift();
        // First of all: it goes on while this one sees to what it has found.
        this.#release(reader);
        if (answer.kind === "done") {
          job.done(answer.findings);
        } else {
          job.failed(new OsError(answer.code, answer.operation));
        }
    }
  }
}

/** Answers the main thread, in one of the others. */
export function serveReading(value: unknown, port: ThreadPort, world: ReadingWorld): void {
  const { rules, task } = value as Question;
  const answer = (what: Answer, handedOver: readonly ArrayBufferLike[] = []): void =>
    port.send(what, handedOver);
  try {
    const findings = readDirectory(toolsOf(world, rules), task, {
      onBatch: (batch) =>
        answer(
          { kind: "batch", batch },
          Object.values(batch).map(({ buffer }) => buffer),
        ),
      onLooked: (count) => answer({ kind: "looked", count }),
    });
    answer({ kind: "done", findings });
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    answer({ kind: "failed", code: caught.code, operation: caught.operation });
  }
}

/** What a reader works with. */
export function toolsOf(world: ReadingWorld, { hashing, idna2003 }: ReadingRules): DirectoryTools {
  return { ...world, hashing, domains: new CanonicalDomains(idna2003) };
}
