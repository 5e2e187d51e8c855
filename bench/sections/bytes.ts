/**
 * How many bytes a record takes: in the log for each message after one deferral and after ten, and written for each
 * add. Logs are only appended to here, so that their size is what was written to them.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { type Arena, readEntries, removeLogs } from "../arena.ts";
import { type Contestant, ORIGINAL_STOCK, OURS_RECOMMENDED } from "../contestants.ts";
import { type Line, oursGoal } from "../lines.ts";
import { measureLoad } from "../load_generator.ts";
import { playRounds } from "../rounds.ts";
import type { Bench, Findings, SizeName } from "../section.ts";
import { WrongResult } from "../wrong_result.ts";

const MESSAGES: Readonly<Record<SizeName, number>> = {
  small: 60,
  medium: 300,
  normal: 1000,
  large: 5000,
};

const CLIENTS = 8;

/** One log, of less than 64 KiB: our service reads it before it writes. */
const SITE = "bytes";
const LOGFILE = "bytes00000_bench_example";

const DEFERRALS = 10;

/** A short queue ID and its newline. */
const ENTRY_BYTES = 12;

/** Bytes in the log, after each deferral of all messages. */
type Sizes = readonly number[];

async function bytesTurn(
  arena: Arena,
  messages: number,
  player: Contestant,
  turn: number,
): Promise<Sizes> {
  const sizes: number[] = [];
  for (let deferral = 0; deferral < DEFERRALS; deferral++) {
    await measureLoad(arena.programs.load, {
      socket: arena.socket(player.service),
      kind: "add",
      clients: CLIENTS,
      requests: messages,
      site: SITE,
      sites: 1,
      firstId: turn * messages,
    });
    sizes.push(statSync(join(arena.record_folder, LOGFILE)).size);
  }
  const entries = readEntries(arena.record_folder, SITE);
  const wanted = arena.isOurs(player) ? messages : messages * DEFERRALS;
  if (entries.length !== wanted || new Set(entries).size !== messages) {
    throw new WrongResult(
      `check the log of ${player.title}: ${wanted} entries of ${messages} messages, but ${entries.length} entries`,
    );
  }
  removeLogs(arena.record_folder, SITE);
  return sizes;
}

/** Runs the section. */
export async function measureBytes(bench: Bench): Promise<Findings> {
  const messages = MESSAGES[bench.size];
  const results = await playRounds(bench, {
    what: `add ${messages} messages ${DEFERRALS} times`,
    players: [ORIGINAL_STOCK, OURS_RECOMMENDED],
    turn: (player, number) => bytesTurn(bench.arena, messages, player, number),
    describe: (sizes) => `${sizes.at(0)}, then ${sizes.at(-1)} bytes`,
  });
  const line = (what: string, of: (sizes: Sizes) => number): Line => ({
    what,
    unit: "bytes",
    original: results.values(ORIGINAL_STOCK, of),
    ours: results.values(OURS_RECOMMENDED, of),
  });
  const first = (sizes: Sizes): number => sizes.at(0) ?? Number.NaN;
  const last = (sizes: Sizes): number => sizes.at(-1) ?? Number.NaN;
  const afterTen = line("in the log a message, after ten retries", (s) => last(s) / messages);
  return {
    lines: [
      line("written an add, of new messages", (sizes) => first(sizes) / messages),
      line("written an add, ten of each message", (s) => last(s) / (messages * DEFERRALS)),
      { ...afterTen, goal: oursGoal(ENTRY_BYTES) },
    ],
  };
}
