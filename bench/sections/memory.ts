/**
 * Memory against the entries that the record holds, with a large max_use, so that the same processes have made them
 * all: adds of 64 clients, more and more of them, and a look at the processes after each step.
 *
 * One pass for each program, without rounds: the figures hardly differ. Every entry must be in the record at the
 * end, once. The time of the adds of each step shows whether they take longer the more there are.
 */
import { takeEntries } from "../arena.ts";
import { type Contestant, ORIGINAL_LARGE, OURS_LARGE } from "../contestants.ts";
import { number } from "../figures.ts";
import { type Line, oursGoal } from "../lines.ts";
import { measureLoad } from "../load_generator.ts";
import { type MemoryUse, memoryUse } from "../memory.ts";
import type { Bench, Findings, SizeName } from "../section.ts";
import type { Table } from "../tables.ts";
import { checkEntries } from "../targets.ts";

/** Entries in the record, at each look. */
const STEPS: Readonly<Record<SizeName, readonly number[]>> = {
  small: [100, 300],
  medium: [1000, 10_000, 100_000],
  normal: [1000, 10_000, 100_000, 1_000_000],
  large: [1000, 10_000, 100_000, 1_000_000],
};

const SITES: Readonly<Record<SizeName, number>> = {
  small: 10,
  medium: 1000,
  normal: 10_000,
  large: 10_000,
};

const CLIENTS = 64;

/** DESIGN's, for a million entries known. */
const GOAL_ENTRIES = 1_000_000;
const GOAL_MB = 96;

/** What a look found. */
interface Look {
  readonly entries: number;
  /** For each add since the look before, by the clock. */
  readonly addUs: number;
  readonly use: MemoryUse;
}

async function looksAt(bench: Bench, player: Contestant): Promise<Look[]> {
  const { arena, size, tell } = bench;
  const site = `known-by-${player.side}`;
  const looks: Look[] = [];
  await arena.endProcesses(player);
  let known = 0;
  for (const entries of STEPS[size]) {
    const { seconds } = await measureLoad(arena.programs.load, {
      socket: arena.socket(player.service),
      kind: "add",
      clients: CLIENTS,
      requests: entries - known,
      site,
      sites: SITES[size],
      firstId: known,
    });
    const use = memoryUse(arena, player);
    looks.push({ entries, addUs: (seconds * 1e6) / (entries - known), use });
    tell(
      `${player.title}, ${entries} entries known: ${use.processes} processes, ${number(use.rssMb)} MB`,
    );
    known = entries;
  }
  checkEntries(player.title, takeEntries(arena.record_folder, site), known);
  return looks;
}

function linesOf(original: Look, ours: Look): Line[] {
  const { entries } = ours;
  const known = `${entries.toLocaleString("en")} entries known`;
  const memory = {
    what: `all processes together, ${known}, Rss`,
    unit: "MB",
    original: [original.use.rssMb],
    ours: [ours.use.rssMb],
  };
  return [
    entries >= GOAL_ENTRIES ? { ...memory, goal: oursGoal(GOAL_MB) } : memory,
    { what: `the last adds, ${known}`, unit: "µs", original: [original.addUs], ours: [ours.addUs] },
  ];
}

function tableOf(players: ReadonlyArray<readonly [Contestant, readonly Look[]]>): Table {
  return {
    title: "the service's processes (/proc/PID/smaps_rollup), MB",
    head: ["who", "entries known", "processes", "Rss, all", "Pss, all", "Rss at the highest, all"],
    rows: players.flatMap(([{ title }, looks]) =>
      looks.map(({ entries, use }) => [
        title,
        entries.toLocaleString("en"),
        String(use.processes),
        ...[use.rssMb, use.pssMb, use.peakRssMb].map(number),
      ]),
    ),
  };
}

/** Runs the section. */
export async function measureMemory(bench: Bench): Promise<Findings> {
  const original = await looksAt(bench, ORIGINAL_LARGE);
  const ours = await looksAt(bench, OURS_LARGE);
  const pairs = original.flatMap((look, step) => {
    const other = ours[step];
    return other === undefined ? [] : [[look, other] as const];
  });
  return {
    lines: pairs.flatMap(([look, other]) => linesOf(look, other)),
    tables: [
      tableOf([
        [ORIGINAL_LARGE, original],
        [OURS_LARGE, ours],
      ]),
    ],
  };
}
