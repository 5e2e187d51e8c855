/**
 * Turns of a wake-up over many logs of one entry, half of them outdated: the original and ours over the same files.
 *
 * The same wake-up is not the same work: the original looks at each log and leaves it, since none has gone unread
 * for long; ours takes the outdated entries out. Adds are measured one after the other in short series, at three
 * times: to a record that is still empty, to the many logs' record at rest, and during a second wake-up. Then
 * every other series goes to the other program, which is quiet and meets the same state of the machine. After
 * each wake-up every log must be as it should, or the benchmark fails (WrongResult).
 */
import { join } from "node:path";
import { logfileOf } from "../lab/mail_queue.ts";
import { hashedDirectory } from "../src/names/hashed_path.ts";
import { type LogfileName, parseLogfileName } from "../src/names/names.ts";
import type { ManyLogs } from "../test/support/many_logs.ts";
import { type Arena, takeEntries } from "./arena.ts";
import { type Effort, effortOf, walk } from "./background.ts";
import { type Contestant, hashingOf } from "./contestants.ts";
import { spread } from "./figures.ts";
import { type LoadReport, measureLoad } from "./load_generator.ts";
import { checkEntries } from "./targets.ts";
import { WrongResult } from "./wrong_result.ts";

/** How much is measured. */
export interface WakeUpPlan {
  readonly logs: number;
  /** Series of adds before the wake-up. */
  readonly series: number;
}

/** Of adds one after the other, over all series: microseconds. */
export interface AddTimes {
  readonly median_us: number;
  readonly p99_us: number;
  readonly max_us: number;
}

/** One turn. */
export interface WakeUpTurn {
  /** Of the wake-up when nobody asks for anything. */
  readonly alone: Effort;
  /** Adds to a record that has no log yet, to that of many logs, to that during a wake-up, and beside it. */
  readonly adds: Readonly<Record<"empty" | "quiet" | "meanwhile" | "beside", AddTimes>>;
}

/** Adds of one series, and what is between two: they are to meet the wake-up, not to crowd it out. */
const SERIES_ADDS = 100;
const SERIES_SITES = 10;
const REST_MS = 50;

/** Begins the names of the sites that are added to: none of the many logs' names does. */
const SITE = "adds-to-";

/** One contestant's turns in one layout. */
export class WakeUpPlayer {
  readonly title: string;
  readonly #arena: Arena;
  readonly #contestant: Contestant;
  readonly #other: Contestant;
  readonly #logs: ManyLogs;
  readonly #plan: WakeUpPlan;
  #empty: AddTimes = { median_us: Number.NaN, p99_us: Number.NaN, max_us: Number.NaN };
  #series = 0;

  constructor(
    arena: Arena,
    [contestant, other]: readonly [Contestant, Contestant],
    logs: ManyLogs,
    plan: WakeUpPlan,
  ) {
    this.#arena = arena;
    this.title = contestant.title;
    this.#contestant = contestant;
    this.#other = other;
    this.#logs = logs;
    this.#plan = plan;
  }

  /** Adds to a record without any other log: to be called before there is one. */
  async addToEmpty(): Promise<void> {
    this.#empty = await this.#addQuietly();
  }

  /** One turn, all logs there. */
  async play(): Promise<WakeUpTurn> {
    this.#logs.refill();
    await this.#arena.settle();
    const quiet = await this.#addQuietly();
    const wake = (): Promise<void> => walk(this.#arena, this.#contestant, "wake-up");
    const alone = await effortOf(this.#arena, this.#contestant, wake);
    this.#check();
    this.#logs.refill();
    await this.#arena.settle();
    const during = await this.#addDuring(wake());
    this.#check();
    return { alone, adds: { empty: this.#empty, quiet, ...during } };
  }

  async #addQuietly(): Promise<AddTimes> {
    const reports: LoadReport[] = [];
    for (let count = 0; count < this.#plan.series; count++) {
      reports.push(await this.#addSeries(this.#contestant));
    }
    const added = this.#takeAdded();
    checkEntries(this.#contestant.title, added, this.#plan.series * SERIES_ADDS);
    return summary(reports);
  }

  /** Adds until `work` has ended. The entries have no messages: whether they are left depends on the work. */
  async #addDuring(
    work: Promise<void>,
  ): Promise<Readonly<Record<"meanwhile" | "beside", AddTimes>>> {
    let has_ended = false;
    const end = work.finally(() => {
      has_ended = true;
    });
    const meanwhile: LoadReport[] = [];
    const beside: LoadReport[] = [];
    do {
      meanwhile.push(await this.#addSeries(this.#contestant));
      beside.push(await this.#addSeries(this.#other));
    } while (!has_ended);
    await end;
    this.#takeAdded();
    return { meanwhile: summary(meanwhile), beside: summary(beside) };
  }

  async #addSeries({ service }: Contestant): Promise<LoadReport> {
    await Bun.sleep(REST_MS);
    return await measureLoad(this.#arena.programs.load, {
      socket: this.#arena.socket(service),
      kind: "add",
      clients: 1,
      requests: SERIES_ADDS,
      site: SITE,
      sites: SERIES_SITES,
      firstId: this.#logs.count + this.#series++ * SERIES_ADDS,
    });
  }

  /** Removes what was added, and returns it. All of it lies in one directory: the names begin alike. */
  #takeAdded(): string[] {
    const name = parseLogfileName(logfileOf(SITE)) as LogfileName;
    const directory = hashedDirectory("flush", name, hashingOf(this.#contestant));
    return takeEntries(join(this.#arena.queue_folder, directory), SITE);
  }

  /** Throws WrongResult unless the wake-up did its work, and no more. */
  #check(): void {
    const { current, outdated } = this.#logs.look();
    const left = this.#arena.isOurs(this.#contestant) ? outdated.empty : outdated.full;
    if (current.full + left !== this.#logs.count) {
      const found = JSON.stringify({ current, outdated });
      throw new WrongResult(`check a wake-up of ${this.#contestant.title}: ${found}`);
    }
  }
}

function summary(reports: readonly LoadReport[]): AddTimes {
  const of = (pick: (report: LoadReport) => number) => spread(reports.map(pick));
  return {
    median_us: of(({ p50_us }) => p50_us).median,
    p99_us: of(({ p99_us }) => p99_us).median,
    max_us: of(({ max_us }) => max_us).max,
  };
}

/** A turn in a few words. */
export function describeTurn({ alone, adds }: WakeUpTurn): string {
  const effort = `${alone.seconds.toFixed(2)} s, ${alone.cpu_seconds.toFixed(2)} s of processor time`;
  const slowest = [adds.empty, adds.quiet, adds.meanwhile, adds.beside].map(({ max_us }) => max_us);
  return `${effort}; slowest adds: ${slowest.join(", ")} µs`;
}
