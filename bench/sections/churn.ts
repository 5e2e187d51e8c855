/**
 * Memory over a day of churn: each hour adds to many sites, then a send of each of them, after which its log must be
 * empty. The messages are gone already, as after a delivery. A process that keeps something of each would grow.
 *
 * Growth is the memory at the day's end over that of its morning, when everything has been done a few times.
 */
import { readEntries, removeLogs } from "../arena.ts";
import { type Contestant, ORIGINAL_LARGE, OURS_LARGE } from "../contestants.ts";
import { number, spread } from "../figures.ts";
import { oursGoal } from "../lines.ts";
import { measureLoad } from "../load_generator.ts";
import { memoryUse } from "../memory.ts";
import type { Bench, Findings, SizeName } from "../section.ts";
import { WrongResult } from "../wrong_result.ts";

const HOURS = 24;
const SITES: Readonly<Record<SizeName, number>> = { small: 1, medium: 5, normal: 20, large: 20 };
const CLIENTS = 8;

/** In an hour. */
const ADDS: Readonly<Record<SizeName, number>> = {
  small: 100,
  medium: 1000,
  normal: 10_000,
  large: 100_000,
};

/** Hours whose medians are compared. */
const MORNING: readonly [number, number] = [3, 7];
const EVENING: readonly [number, number] = [HOURS - 4, HOURS];

/** No growth: what is more than this is none of the garbage that waits to be collected. */
const GOAL_GROWTH = 1.1;

async function hour(bench: Bench, player: Contestant, site: string, firstId: number) {
  const { arena, size } = bench;
  const socket = arena.socket(player.service);
  await measureLoad(arena.programs.load, {
    socket,
    kind: "add",
    clients: CLIENTS,
    requests: ADDS[size],
    site,
    sites: SITES[size],
    firstId,
  });
  for (let index = 0; index < SITES[size]; index++) {
    await measureLoad(arena.programs.load, {
      socket,
      kind: "send_site",
      clients: 1,
      requests: 1,
      site: `${site}${String(index).padStart(5, "0")}.bench.example`,
      sites: 1,
      firstId: 0,
    });
  }
  const left = readEntries(arena.record_folder, site).length;
  if (left > 0) {
    throw new WrongResult(`check the logs after the sends of ${player.title}: ${left} entries`);
  }
}

/** Rss of a process after each hour, in megabytes: the original has several, and now and then one more. */
async function day(bench: Bench, player: Contestant): Promise<number[]> {
  const site = `churn-of-${player.side}`;
  await bench.arena.endProcesses(player);
  const rssMb: number[] = [];
  for (let index = 0; index < HOURS; index++) {
    await hour(bench, player, site, index * ADDS[bench.size]);
    const use = memoryUse(bench.arena, player);
    rssMb.push(use.rssMb / use.processes);
  }
  bench.tell(`churn, ${player.title}: ${rssMb.map(number).join(" ")} MB`);
  removeLogs(bench.arena.record_folder, site);
  return rssMb;
}

/** Runs the section. */
export async function measureChurn(bench: Bench): Promise<Findings> {
  const median = (rssMb: readonly number[], [from, to]: readonly [number, number]): number =>
    spread(rssMb.slice(from, to)).median;
  const [original, ours] = [await day(bench, ORIGINAL_LARGE), await day(bench, OURS_LARGE)];
  const growth = (rssMb: readonly number[]): number =>
    median(rssMb, EVENING) / median(rssMb, MORNING);
  const what = `a day's churn (${(HOURS * ADDS[bench.size]).toLocaleString("en")} adds, ${HOURS * SITES[bench.size]} sends)`;
  return {
    lines: [
      {
        what: `Rss of a process after ${what}`,
        unit: "MB",
        original: [median(original, EVENING)],
        ours: [median(ours, EVENING)],
      },
      {
        what: `Rss in its last hours, of that in its first`,
        unit: "×",
        original: [growth(original)],
        ours: [growth(ours)],
        goal: oursGoal(GOAL_GROWTH),
      },
    ],
  };
}
