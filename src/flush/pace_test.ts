/** The pace of a walk, asked directly: what its own arithmetic must not do. */
import { describe, expect, test } from "bun:test";
import { randomFrom } from "../../test/support/random.ts";
import { MemoryClock } from "../memory/clock.ts";
import { Pace } from "./pace.ts";

const MICROTASKS = 5;

async function turn(clock: MemoryClock): Promise<void> {
  for (let count = 0; count < MICROTASKS; count++) {
    await Promise.resolve();
    clock.runTurn();
  }
}

describe("Pace", () => {
  test("a log waits while others are under way that leave it no room, and for what was released", async () => {
    const clock = new MemoryClock();
    const pace = new Pace(clock);
    expect(await pace.begin(300, () => false)).toBeTrue();
    let hasBegun = false;
    void pace
      .begin(201, () => false)
      .then(() => {
        hasBegun = true;
      });
    const wait = async (ms: number): Promise<boolean> => {
      for (let passed = 0; passed < ms; passed++) {
        await turn(clock);
        clock.advance(1);
      }
      await turn(clock);
      return hasBegun;
    };
    expect(await wait(1000)).toBeFalse();
    pace.end(300, 100);
    // A hundred of five hundred a second.
    expect(await wait(199)).toBeFalse();
    expect(await wait(40)).toBeTrue();
  });

  const seed = 1;
  test(`seed ${seed}: when nothing is under way any more, a log of any size may begin`, async () => {
    const random = randomFrom(seed);
    const clock = new MemoryClock();
    for (let round = 0; round < 50; round++) {
      const pace = new Pace(clock);
      const sizes = Array.from({ length: 40 }, () => (12 + random(130)) / 12);
      for (const entries of sizes) {
        expect(await pace.begin(entries, () => false)).toBeTrue();
      }
      for (const entries of sizes) {
        pace.end(entries, 0);
      }
      let hasBegun = false;
      void pace
        .begin(1e6, () => true)
        .then((isGranted) => {
          hasBegun = isGranted;
        });
      await turn(clock);
      expect([round, hasBegun]).toEqual([round, true]);
    }
  });
});
