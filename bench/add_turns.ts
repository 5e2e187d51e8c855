/**
 * Turns of adds: each target in turns under the same load.
 *
 * The logs are there before a turn that counts, and empty. No turn finds queue IDs that another sent; after it the
 * record must hold exactly the turn's, each once, or it fails (WrongResult).
 */
import { emptyLogs, readEntries, removeLogs } from "./arena.ts";
import { type LoadReport, measureLoad } from "./load_generator.ts";
import { processorTimeOf } from "./processor_time.ts";
import { playRounds, type Results } from "./rounds.ts";
import type { Bench } from "./section.ts";
import { checkEntries, type Target } from "./targets.ts";

/** One turn. */
export interface AddTurn extends LoadReport {
  /** Of everything but the load generator, master(8) and the start of processes too. */
  readonly service_cpu_seconds: number;
}

/** How much is added in a turn. */
export interface AddPlan {
  /** Begins the names of the sites: no two plans have the same. */
  readonly name: string;
  readonly clients: number;
  readonly requests: number;
  /** Sites that take turns. */
  readonly sites: number;
}

/** One turn of one target; `number` tells turns apart. */
export async function addTurn(
  load: string,
  { title, socket, recordFolder }: Target,
  { name, clients, requests, sites }: AddPlan,
  number: number,
): Promise<LoadReport> {
  const firstId = number * requests;
  const report = await measureLoad(load, {
    socket,
    kind: "add",
    clients,
    requests,
    site: name,
    sites,
    firstId,
  });
  if (recordFolder !== undefined) {
    checkEntries(title, readEntries(recordFolder, name), requests);
    emptyLogs(recordFolder, name);
  }
  return report;
}

/** Rounds of turns over all targets. */
export async function playAdds(
  bench: Bench,
  targets: readonly Target[],
  plan: AddPlan,
): Promise<Results<AddTurn>> {
  const { arena } = bench;
  const results = await playRounds(bench, {
    what: `add, ${describePlan(plan)}`,
    players: targets,
    turn: async (target, number) => {
      const { result, cpu_seconds } = await processorTimeOf(arena.folder, () =>
        addTurn(arena.programs.load, target, plan, number),
      );
      return { ...result, service_cpu_seconds: cpu_seconds };
    },
    describe: ({ per_second, p50_us }) => `${per_second}/s, median ${p50_us} µs`,
  });
  for (const { recordFolder } of targets) {
    if (recordFolder !== undefined) {
      removeLogs(recordFolder, plan.name);
    }
  }
  return results;
}

/** In words: "64 clients, 10,000 sites". */
export function describePlan({ clients, sites }: Pick<AddPlan, "clients" | "sites">): string {
  const count = (number: number, noun: string): string =>
    `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
  return `${count(clients, "client")}, ${count(sites, "site")}`;
}
