/**
 * Measures adds a second: each contestant in turns under the same load, and the bare servers as limits.
 *
 * Every turn has sites and queue IDs of its own, so that no turn finds what another left; after it the
 * record must hold exactly the turn's queue IDs, each once, or the benchmark fails (WrongResult).
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Arena, takeEntries } from "./arena.ts";
import { startBareServer } from "./bare_server.ts";
import { CONTESTANTS } from "./contestants.ts";
import { type LoadReport, measureLoad } from "./load_generator.ts";
import { WrongResult } from "./wrong_result.ts";

/** How much is measured, of adds. */
export interface AddPlan {
  /** Begins the names of the turns' sites: no two plans of one benchmark have the same. */
  readonly name: string;
  readonly clients: number;
  /** In one turn. */
  readonly requests: number;
  /** Sites that take turns within a turn. */
  readonly sites: number;
  readonly rounds: number;
  /** Rounds before those, which do not count. */
  readonly warm_up_rounds: number;
}

/** By title, a report for each round. */
export type Reports = ReadonlyMap<string, readonly LoadReport[]>;

export const BARE_WITH_RECORD = "bare C server that appends under flock";
const BARE_WITHOUT_RECORD = "bare C server that only answers";

/** Something that can be loaded with adds. */
export interface Target {
  readonly title: string;
  readonly socket: string;
  /** Where its entries arrive; unset where it keeps none. */
  readonly record_folder?: string;
}

/** Throws WrongResult unless `entries` are `expected` different queue IDs. */
export function checkEntries(title: string, entries: readonly string[], expected: number): void {
  const different = new Set(entries).size;
  if (entries.length !== expected || different !== expected) {
    const found = `${entries.length} entries, ${different} of them different`;
    throw new WrongResult(`check the record of ${title}: ${expected} adds, but ${found}`);
  }
}

/** One turn of one target; `number` tells turns apart. */
export async function addTurn(
  load: string,
  target: Target,
  plan: AddPlan,
  number: number,
): Promise<LoadReport> {
  const site = `${plan.name}${String(number).padStart(4, "0")}s`;
  const report = await measureLoad(load, {
    socket: target.socket,
    kind: "add",
    clients: plan.clients,
    requests: plan.requests,
    site,
    sites: plan.sites,
    firstId: number * plan.requests,
  });
  if (target.record_folder !== undefined) {
    checkEntries(target.title, takeEntries(target.record_folder, site), plan.requests);
  }
  return report;
}

/** Rounds of turns over all targets; says how each went through `tell`. */
async function playRounds(
  load: string,
  targets: readonly Target[],
  plan: AddPlan,
  tell: (line: string) => void,
): Promise<Reports> {
  const reports = new Map<string, LoadReport[]>(targets.map(({ title }) => [title, []]));
  let number = 0;
  for (let round = 1 - plan.warm_up_rounds; round <= plan.rounds; round++) {
    for (const target of targets) {
      const report = await addTurn(load, target, plan, number++);
      const figures = `${report.per_second}/s, median ${report.p50_us} µs`;
      tell(`${plan.name}, round ${round} of ${plan.rounds}, ${target.title}: ${figures}`);
      if (round > 0) {
        reports.get(target.title)?.push(report);
      }
    }
  }
  return reports;
}

/** Runs the whole measurement. */
export async function measureAdds(
  arena: Arena,
  plan: AddPlan,
  tell: (line: string) => void,
): Promise<Reports> {
  const { load, bare } = arena.programs;
  const bare_folder = join(arena.folder, "bare");
  mkdirSync(bare_folder, { recursive: true });
  const recorder = await startBareServer(bare, join(arena.folder, "recorder"), bare_folder);
  const answerer = await startBareServer(bare, join(arena.folder, "answerer"), undefined);
  const targets: Target[] = [
    ...CONTESTANTS.map(({ title, service }) => ({
      title,
      socket: arena.socket(service),
      record_folder: arena.record_folder,
    })),
    { title: BARE_WITH_RECORD, socket: recorder.socket, record_folder: bare_folder },
    { title: BARE_WITHOUT_RECORD, socket: answerer.socket },
  ];
  try {
    return await playRounds(load, targets, plan, tell);
  } finally {
    await Promise.all([recorder.stop(), answerer.stop()]);
  }
}
