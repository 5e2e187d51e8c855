/**
 * Random cases under a real master(8), with the original and with ours: the same, but for the known differences.
 *
 * Fewer than stand-alone, since each has a service and processes of its own. Cases in which the original dies
 * are left out: master(8) waits a minute before it starts a service again that died.
 * Others, or some again: FUZZ_SEED=N bun test test/contract/random_master_test.ts
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { GREETING } from "../../lab/greeting.ts";
import { AtOnce } from "./at_once.ts";
import type { ContractCase } from "./contract_case.ts";
import { drawCase } from "./draw.ts";
import { CASES_AT_ONCE, findPrograms, type Programs } from "./programs.ts";
import { type Comparison, compareBoth, isSame, RANDOM_FOLDER } from "./random_comparison.ts";
import { runStandalone } from "./standalone.ts";
import { UnderMaster } from "./under_master.ts";

const SEED = Number(process.env["FUZZ_SEED"] ?? Date.now() % 1_000_000_000);

/** So many are run, out of somewhat more that are drawn. */
const DRAWS = 100;

/** Whether the original answers or hangs up, and lives on. */
async function isSurvived(row: ContractCase, { original, owner }: Programs): Promise<boolean> {
  const { exit, reply } = await runStandalone(original, row, owner, RANDOM_FOLDER);
  return exit === 0 && reply.startsWith(GREETING);
}

async function drawRows(programs: Programs): Promise<ContractCase[]> {
  const atOnce = new AtOnce(CASES_AT_ONCE);
  const drawn = Array.from({ length: 2 * DRAWS }, (_, index) => drawCase(SEED + index));
  const survived = await Promise.all(
    drawn.map((row) => atOnce.run(() => isSurvived(row, programs))),
  );
  return drawn.filter((_, index) => survived[index]).slice(0, DRAWS);
}

describe(`random cases under master, from seed ${SEED} on`, () => {
  const running: UnderMaster[] = [];
  let rows: readonly ContractCase[] = [];
  let programs: Programs;

  beforeAll(async () => {
    programs = await findPrograms();
    rows = await drawRows(programs);
    for (const command of ["flush", "fastflush/flush"] as const) {
      running.push(await UnderMaster.start(command, rows));
    }
  });

  afterAll(async () => {
    await Promise.all(running.map((each) => each.remove()));
  });

  test("are the same", async () => {
    const [original, ours] = running;
    if (original === undefined || ours === undefined) {
      throw new Error("not started");
    }
    const differing: (Comparison & { readonly row: ContractCase })[] = [];
    for (const row of rows) {
      const comparison = await compareBoth(row, {
        original: (each) => original.run(each, 0),
        ours: (each) => ours.run(each, 0),
        owner: programs.owner,
      });
      if (!isSame(comparison)) {
        differing.push({ row, ...comparison });
      }
    }
    expect(differing).toEqual([]);
    expect(rows.length).toBe(DRAWS);
  });

  test("no process died of them", async () => {
    for (const each of running) {
      expect(await each.unexpectedEnds()).toEqual([]);
    }
  });
});
