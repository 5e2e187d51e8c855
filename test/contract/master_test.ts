/**
 * Every case that can be run under a real master(8), with the original and with ours.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { AtOnce } from "./at_once.ts";
import type { ContractCase } from "./contract_case.ts";
import { judge, type Pair, runPair } from "./judge.ts";
import { rowsRun, titleOf } from "./rows.ts";
import { UnderMaster } from "./under_master.ts";

/** A lane is an instance of Postfix a program, which takes one case after the other: mostly, it waits. */
const LANES = 3;

const rows = rowsRun("under master");

class Lane {
  readonly #original: UnderMaster;
  readonly #ours: UnderMaster;
  readonly #atOnce = new AtOnce(1);

  private constructor(original: UnderMaster, ours: UnderMaster) {
    this.#original = original;
    this.#ours = ours;
  }

  static async start(): Promise<Lane> {
    const original = await UnderMaster.start("flush", rows);
    return new Lane(original, await UnderMaster.start("fastflush/flush", rows));
  }

  run(row: ContractCase): Promise<Pair> {
    const exit = row.want.exit ?? 0;
    return this.#atOnce.run(() =>
      runPair(
        () => this.#original.run(row, exit),
        () => this.#ours.run(row, row.differs?.ours.exit ?? exit),
      ),
    );
  }

  async unexpectedEnds(): Promise<string[]> {
    return [...(await this.#original.unexpectedEnds()), ...(await this.#ours.unexpectedEnds())];
  }

  async remove(): Promise<void> {
    await Promise.all([this.#original.remove(), this.#ours.remove()]);
  }
}

describe("under master", () => {
  let lanes: Lane[] = [];
  let pairs: (Promise<Pair> | undefined)[] = [];

  beforeAll(async () => {
    lanes = await Promise.all(Array.from({ length: LANES }, () => Lane.start()));
    pairs = rows.map((row, index) => lanes[index % LANES]?.run(row));
  });

  afterAll(async () => {
    await Promise.allSettled(pairs);
    await Promise.all(lanes.map((lane) => lane.remove()));
  });

  for (const [index, row] of rows.entries()) {
    test(titleOf(row), async () => {
      const pair = await pairs[index];
      if (pair === undefined) {
        throw new Error("not run");
      }
      judge(row, pair);
    });
  }

  test("no process ended otherwise than a row says", async () => {
    for (const lane of lanes) {
      expect(await lane.unexpectedEnds()).toEqual([]);
    }
  });
});
