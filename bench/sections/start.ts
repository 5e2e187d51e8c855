/**
 * From nothing to the first answer: master(8) has no process of the service, and somebody adds.
 *
 * "Warm": the program's file is in memory, as when a process takes over from another. "Cold": it is not, as after
 * the machine's own start: the kernel is told to drop it (drop.c), which is checked. Libraries of other programs stay.
 */
import { runOrThrow } from "../../lab/run.ts";
import { type Arena, takeEntries } from "../arena.ts";
import { type Contestant, ORIGINAL_STOCK, OURS_RECOMMENDED } from "../contestants.ts";
import { type Line, oursGoal } from "../lines.ts";
import { measureLoad } from "../load_generator.ts";
import { playRounds } from "../rounds.ts";
import type { Bench, Findings } from "../section.ts";
import { checkEntries } from "../targets.ts";
import { WrongResult } from "../wrong_result.ts";

const SITE = "start";

const GOAL_MS = 20;

/** Of a program's file, what may stay in memory after it was dropped. */
const LEFT_SHARE_MAX = 0.05;

const STATES = ["warm", "cold"] as const;

async function dropFromMemory(arena: Arena, file: string): Promise<void> {
  const { stdout } = await runOrThrow([arena.programs.drop, file]);
  const { bytes, left } = JSON.parse(stdout) as { bytes: number; left: number };
  if (left > bytes * LEFT_SHARE_MAX) {
    throw new WrongResult(`drop ${file} from memory: ${left} bytes are still there`);
  }
}

/** One start; milliseconds from connect to the answer. */
async function start(
  arena: Arena,
  player: Contestant,
  state: (typeof STATES)[number],
  number: number,
): Promise<number> {
  await arena.endProcesses(player);
  if (state === "cold") {
    await dropFromMemory(arena, arena.program(player));
  }
  const { max_us } = await measureLoad(arena.programs.load, {
    socket: arena.socket(player.service),
    kind: "add",
    clients: 1,
    requests: 1,
    site: SITE,
    sites: 1,
    firstId: number,
  });
  checkEntries(player.title, takeEntries(arena.record_folder, SITE), 1);
  return max_us / 1000;
}

/** Runs the section. */
export async function measureStarts(bench: Bench): Promise<Findings> {
  const lines: Line[] = [];
  for (const state of STATES) {
    const results = await playRounds(bench, {
      what: `first answer, ${state}`,
      players: [ORIGINAL_STOCK, OURS_RECOMMENDED],
      turn: (player, number) => start(bench.arena, player, state, number),
      describe: (ms) => `${ms.toFixed(2)} ms`,
    });
    const ms = (value: number): number => value;
    lines.push({
      what: `start to first answer under master(8), ${state}`,
      unit: "ms",
      original: results.values(ORIGINAL_STOCK, ms),
      ours: results.values(OURS_RECOMMENDED, ms),
      goal: oursGoal(GOAL_MS),
    });
  }
  return { lines };
}
