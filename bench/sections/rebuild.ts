/**
 * Measures the rebuild of a record that is not there, from many deferred messages, against one pass over their
 * queue files: open, read 4 KB, close (pass.c).
 *
 * The rebuild reads two files for each message, writes the record, works at a background's pace, and is followed
 * by the compaction that belongs to every wake-up: its own end is seen by its mark. Afterwards the record must be
 * what the messages say, or the benchmark fails (WrongResult). The original has no such thing.
 */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type FlushRecord, logfileOf, readRecord } from "../../lab/mail_queue.ts";
import { hashedFile, putFile } from "../../lab/queue_place.ts";
import { runOrThrow } from "../../lab/run.ts";
import { waitFor } from "../../lab/wait.ts";
import { REBUILT } from "../../src/record/rebuilt_marker.ts";
import { buildDeferFile, buildQueueFile } from "../../test/support/queue_files.ts";
import type { Arena } from "../arena.ts";
import { type Effort, effortOf, walk } from "../background.ts";
import { OURS_LARGE } from "../contestants.ts";
import { number, range, ratios, spread } from "../figures.ts";
import { queueIds } from "../message_files.ts";
import type { Bench, Findings, SizeName } from "../section.ts";
import type { Table } from "../tables.ts";
import { WrongResult } from "../wrong_result.ts";

/** How much there is to be rebuilt. */
interface RebuildPlan {
  readonly messages: number;
  readonly sites: number;
}

const PLANS: Readonly<Record<SizeName, RebuildPlan>> = {
  small: { messages: 100, sites: 20 },
  medium: { messages: 5000, sites: 500 },
  normal: { messages: 20_000, sites: 1000 },
  large: { messages: 100_000, sites: 1000 },
};

/** One round. */
interface RebuildTurn {
  readonly pass_seconds: number;
  /** Until the record counts as rebuilt. */
  readonly rebuild: Effort;
  /** The whole wake-up. */
  readonly wake_up: Effort;
}

const RECIPIENTS = 2;
const TEXT_LINES: readonly string[] = Array(64).fill("x".repeat(64));
const LIMIT_MS = 20 * 60 * 1000;

/** The messages, and the record that they make. */
class Messages {
  readonly #arena: Arena;
  readonly #ids: readonly string[];
  readonly #sites: number;

  constructor(arena: Arena, { messages, sites }: RebuildPlan) {
    this.#arena = arena;
    this.#ids = queueIds(messages);
    this.#sites = sites;
  }

  create(): void {
    for (const [number, id] of this.#ids.entries()) {
      const recipients = this.#sitesOf(number).map((site) => `user@${site}`);
      const { text, offsets } = buildQueueFile({
        recipients: recipients.map((address) => ({ address })),
        content: ["Subject: hello", "", ...TEXT_LINES],
      });
      const deferrals = recipients.map((recipient, index) => {
        return { recipient, offset: offsets[index] ?? 0 };
      });
      putFile(this.#arena, hashedFile(this.#arena, "deferred", id), text, 0o700);
      const deferPath = hashedFile(this.#arena, "defer", id);
      putFile(this.#arena, deferPath, buildDeferFile(deferrals), 0o600);
    }
  }

  remove(): void {
    for (const id of this.#ids) {
      rmSync(hashedFile(this.#arena, "deferred", id));
      rmSync(hashedFile(this.#arena, "defer", id));
    }
  }

  /** Throws WrongResult unless `record` has each message once under each of its sites, and nothing else. */
  check(record: FlushRecord): void {
    const wanted = new Map<string, string[]>();
    for (const [number, id] of this.#ids.entries()) {
      for (const site of this.#sitesOf(number)) {
        const ids = wanted.get(logfileOf(site)) ?? [];
        wanted.set(logfileOf(site), ids);
        ids.push(id);
      }
    }
    const wrong = [...new Set([...wanted.keys(), ...record.keys()])].filter(
      (name) => record.get(name)?.toSorted().join() !== wanted.get(name)?.toSorted().join(),
    );
    if (wrong.length > 0) {
      throw new WrongResult(`check a rebuilt record: ${wrong.length} logs are wrong: ${wrong[0]}`);
    }
  }

  #sitesOf(number: number): string[] {
    return Array.from({ length: RECIPIENTS }, (_, index) => {
      return `s${(number + index) % this.#sites}.bench.example`;
    });
  }
}

async function onePass(arena: Arena, messages: number): Promise<number> {
  const { stdout } = await runOrThrow([arena.programs.pass, join(arena.queue_folder, "deferred")]);
  const { files, seconds } = JSON.parse(stdout) as { files: number; seconds: number };
  if (files !== messages) {
    throw new WrongResult(`pass over ${messages} messages: ${files} were there`);
  }
  return seconds;
}

function removeRecord(folder: string): void {
  for (const name of readdirSync(folder)) {
    rmSync(join(folder, name), { recursive: true });
  }
}

async function rebuildTurn(arena: Arena, plan: RebuildPlan): Promise<RebuildTurn> {
  removeRecord(arena.record_folder);
  await arena.settle();
  const pass_seconds = await onePass(arena, plan.messages);
  const marker = join(arena.record_folder, REBUILT);
  const end = walk(arena, OURS_LARGE, "wake-up");
  const isRebuilt = (): boolean => existsSync(marker);
  const [wake_up, rebuild] = await Promise.all([
    effortOf(arena, OURS_LARGE, () => end),
    effortOf(arena, OURS_LARGE, () =>
      waitFor("the record to be rebuilt", isRebuilt, { deadline_ms: LIMIT_MS }),
    ),
  ]);
  return { pass_seconds, rebuild, wake_up };
}

function tableOf(turns: readonly RebuildTurn[], messages: number): Table {
  const pass = turns.map(({ pass_seconds }) => pass_seconds);
  const row = (what: string, efforts: readonly Effort[]): string[] => {
    const [seconds, cpu] = [efforts.map((e) => e.seconds), efforts.map((e) => e.cpu_seconds)];
    return [
      what,
      range(seconds),
      range(ratios(seconds, pass)),
      number(spread(cpu).median),
      range(ratios(cpu, pass)),
    ];
  };
  const [rebuilds, wakeUps] = [
    turns.map((turn) => turn.rebuild),
    turns.map((turn) => turn.wake_up),
  ];
  return {
    title: `a record from ${messages.toLocaleString("en")} messages, against one pass over their queue files (open, read 4 KB, close)`,
    head: ["what", "seconds", "/ pass", "processor seconds", "/ pass"],
    rows: [
      ["one pass", range(pass), "", "", ""],
      row("rebuild", rebuilds),
      row("the whole wake-up", wakeUps),
    ],
  };
}

/** Runs the section. There are no lines: the original has nothing of the kind. */
export async function measureRebuilds({ arena, size, rounds, tell }: Bench): Promise<Findings> {
  if (arena.control) {
    return { lines: [] };
  }
  const plan = PLANS[size];
  const messages = new Messages(arena, plan);
  messages.create();
  const turns: RebuildTurn[] = [];
  for (let round = 1; round <= rounds.counted; round++) {
    const turn = await rebuildTurn(arena, plan);
    messages.check(readRecord(arena.record_folder));
    turns.push(turn);
    const { pass_seconds, rebuild, wake_up } = turn;
    const times = [pass_seconds, rebuild.seconds, rebuild.cpu_seconds, wake_up.seconds];
    const words = times.map((seconds) => seconds.toFixed(2)).join(", ");
    tell(
      `rebuild, round ${round} of ${rounds.counted}: pass, rebuild, its processor time, all: ${words} s`,
    );
  }
  messages.remove();
  removeRecord(arena.record_folder);
  return { lines: [], tables: [tableOf(turns, plan.messages)] };
}
