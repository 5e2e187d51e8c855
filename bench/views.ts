/**
 * How long it takes to be told of a long deferred queue: by qshape(1), postqueue(1) and ours, in turns; and what the
 * system calls that ours needs take a bare C program (look.c).
 *
 * Ours has three turns in each round: with nothing kept, after one message of a hundred was retried, and with nothing
 * changed. All are whole commands, from their start to their end. The kernel has the files in memory: each round begins
 * with a pass that does not count. What they say must be right, or the benchmark fails (WrongResult).
 */
import { openSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Arena } from "./arena.ts";
import { DeferredQueue } from "./deferred_queue.ts";
import type { Bench } from "./section.ts";
import { WrongResult } from "./wrong_result.ts";

const BYTES_PER_KB = 1024;
const BYTES_PER_MB = 1e6;

/** How much is measured, of views. */
interface ViewPlan {
  readonly messages: number;
  readonly sites: number;
}

/** What one command took. */
interface ViewTurn {
  readonly seconds: number;
  readonly cpu_seconds: number;
  /** Its memory at the highest, in megabytes; null: not known. */
  readonly peak_mb: number | null;
}

/** By title, a turn for each round. */
export type ViewTimes = ReadonlyMap<string, readonly ViewTurn[]>;

/** A turn of the bare program (look.c). */
interface BareTurn {
  /** Null: it does not count. */
  readonly title: string | null;
  readonly mode: "look" | "read" | "changed";
  readonly threads: number;
  /** So many messages it must have read. */
  readonly readCount: number;
  /** For "changed". */
  readonly sinceMs?: number;
}

/** What it prints. */
interface BareCounts {
  readonly files: number;
  readonly read: number;
}

export const VIEW = {
  qshape: "qshape deferred",
  postqueue: "postqueue -j",
  cold: "fastflush list, nothing kept",
  changed: "fastflush list, 1 % retried",
  unchanged: "fastflush list, nothing changed",
  readBare: "bare C, reads all messages, 1 thread",
  readBareThreads: "bare C, reads all messages, a thread a processor",
  changedBare: "bare C, looks at all files and reads the 1 % retried, 1 thread",
  changedBareThreads: "bare C, looks at all files and reads the 1 % retried, a thread a processor",
  lookBare: "bare C, looks at all files, 1 thread",
  lookBareThreads: "bare C, looks at all files, a thread a processor",
} as const;

const PROGRAM = join(import.meta.dir, "..", "dist", "fastflush");
const CHANGED_SHARE = 0.01;
/** As many threads as ours has. */
const THREADS_MAX = 4;
const THREADS = Math.min(availableParallelism(), THREADS_MAX);
const LIMIT_MS = 20 * 60 * 1000;

/** Racy stamps: what has changed just now is read again the next time. */
const SETTLE_MS = 100;

const ENVIRONMENT = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C" };

class Views {
  readonly times = new Map<string, ViewTurn[]>();
  readonly #arena: Arena;
  readonly #plan: ViewPlan;
  readonly #queue: DeferredQueue;
  readonly #cache: string;

  constructor(arena: Arena, plan: ViewPlan, queue: DeferredQueue) {
    this.#arena = arena;
    this.#plan = plan;
    this.#queue = queue;
    this.#cache = join(arena.folder, "cache");
  }

  async round(): Promise<void> {
    const { messages } = this.#plan;
    await this.#bare({ title: null, mode: "read", threads: 1, readCount: messages });
    for (const [title, mode, threads, readCount] of [
      [VIEW.readBare, "read", 1, messages],
      [VIEW.readBareThreads, "read", THREADS, messages],
      [VIEW.lookBare, "look", 1, 0],
      [VIEW.lookBareThreads, "look", THREADS, 0],
    ] as const) {
      await this.#bare({ title, mode, threads, readCount });
    }
    rmSync(this.#cache, { recursive: true, force: true });
    await this.#list(VIEW.cold, null);
    const readCount = Math.ceil(messages * CHANGED_SHARE);
    const sinceMs = Date.now();
    await Bun.sleep(SETTLE_MS);
    const nextTry = this.#queue.retry(readCount);
    await Bun.sleep(SETTLE_MS);
    for (const [title, threads] of [
      [VIEW.changedBare, 1],
      [VIEW.changedBareThreads, THREADS],
    ] as const) {
      await this.#bare({ title, mode: "changed", threads, readCount, sinceMs });
    }
    await this.#list(VIEW.changed, nextTry);
    await Bun.sleep(SETTLE_MS);
    await this.#list(VIEW.unchanged, nextTry);
    const shaped = await this.#turn(VIEW.qshape, ["qshape", "deferred"]);
    const total = /^ *TOTAL +(\d+)/m.exec(shaped)?.[1];
    this.#check(VIEW.qshape, Number(total), messages);
    const told = await this.#turn(VIEW.postqueue, ["postqueue", "-j"]);
    this.#check(VIEW.postqueue, told.trimEnd().split("\n").length, messages);
  }

  async #bare({ title, mode, threads, readCount, sinceMs }: BareTurn): Promise<void> {
    const { look } = this.#arena.programs;
    const since = sinceMs === undefined ? [] : [String(sinceMs)];
    const words = [look, mode, String(threads), this.#arena.queue_folder, ...since];
    const { files, read } = JSON.parse(await this.#turn(title, words)) as BareCounts;
    this.#check(title ?? mode, files, this.#plan.messages);
    this.#check(`what was read, ${title ?? mode}`, read, readCount);
  }

  async #list(title: string, nextTry: number | null): Promise<void> {
    const where = ["-c", this.#arena.config_folder, "--cache-dir", this.#cache];
    const text = await this.#turn(title, [PROGRAM, ...where, "list", "--json"]);
    const end = JSON.parse(text.trimEnd().split("\n").at(-1) ?? "") as Record<string, unknown>;
    this.#check(title, Number(end["messages"]), this.#plan.messages);
    const destinations = Math.min(this.#plan.sites, this.#plan.messages);
    this.#check(title, Number(end["destinations"]), destinations);
    if (nextTry !== null) {
      this.#check(`the next try, ${title}`, Number(end["next_try"]), nextTry);
    }
  }

  /** Runs a command; returns what it prints. It does not count without a title. */
  async #turn(title: string | null, words: readonly string[]): Promise<string> {
    const out = join(this.#arena.folder, "out");
    const env = { ...ENVIRONMENT, MAIL_CONFIG: this.#arena.config_folder };
    const start_ms = performance.now();
    const child = Bun.spawn([...words], {
      cwd: "/",
      env,
      stdin: "ignore",
      stdout: openSync(out, "w"),
      stderr: "inherit",
      timeout: LIMIT_MS,
    });
    const status = await child.exited;
    const seconds = (performance.now() - start_ms) / 1000;
    if (status !== 0) {
      throw new WrongResult(`run ${words.join(" ")}: exit status ${status}`);
    }
    const usage = child.resourceUsage();
    const cpu_seconds = Number(usage?.cpuTime.total ?? 0) / 1e6;
    const peak_mb = peakOf(usage?.maxRSS ?? 0);
    if (title !== null) {
      const turns = this.times.get(title) ?? [];
      this.times.set(title, turns);
      turns.push({ seconds, cpu_seconds, peak_mb });
    }
    return readFileSync(out, "utf8");
  }

  #check(title: string, found: number, expected: number): void {
    if (found !== expected) {
      throw new WrongResult(`check ${title}: ${found}, not ${expected}`);
    }
  }
}

/**
 * The highest memory of a child process, of its `maxRSS` in bytes. Linux counts a process from before its exec(2), when it shares
 * the memory of whoever starts it: what is no more than this process has had says nothing of the child, and is null.
 */
function peakOf(maxRssBytes: number): number | null {
  const own_bytes = process.resourceUsage().maxRSS * BYTES_PER_KB;
  return maxRssBytes > own_bytes ? maxRssBytes / BYTES_PER_MB : null;
}

/** Plays all rounds; none is for warming up, since each begins with a pass of its own that doesn't count. */
export async function playViews(
  { arena, rounds, tell }: Bench,
  plan: ViewPlan,
): Promise<ViewTimes> {
  const queue = new DeferredQueue(arena, plan.messages, plan.sites);
  queue.create();
  const views = new Views(arena, plan, queue);
  for (let round = 1; round <= rounds.counted; round++) {
    await views.round();
    const words = [...views.times].map(([title, turns]) => {
      return `${title} ${turns.at(-1)?.seconds.toFixed(3)} s`;
    });
    tell(`views, round ${round}: ${words.join(", ")}`);
  }
  queue.remove();
  return views.times;
}
