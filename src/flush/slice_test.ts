/** Slices that many share: who goes on, when, and that nobody is forgotten. */
import { describe, expect, test } from "bun:test";
import { MemoryClock } from "../memory/clock.ts";
import { Slice } from "./slice.ts";

/** Promises between two turns of the loop, in which all who can go on do. */
const MICROTASKS = 200;

async function settle(): Promise<void> {
  for (let count = 0; count < MICROTASKS; count++) {
    await null;
  }
}

/** A clock that a step moves on, and the steps of each turn, by who did them. */
class Stage {
  readonly clock = new MemoryClock();
  readonly turns: number[][] = [[]];

  step(who: number): void {
    this.turns.at(-1)?.push(who);
    this.clock.work(0.2);
  }

  /** Lets turns pass until one has nothing done, with `passMs` between two. */
  async run(passMs = 0): Promise<void> {
    for (let idle = 0; idle < 10; idle++) {
      await settle();
      if (this.turns.at(-1)?.length !== 0) {
        idle = 0;
        this.turns.push([]);
      }
      this.clock.runTurn();
      this.clock.advance(passMs);
    }
    this.turns.splice(-1);
  }
}

describe("Slice", () => {
  test("those who find it used up go on one after the other, as many as there is time for", async () => {
    const stage = new Stage();
    const slice = new Slice(stage.clock);
    for (let who = 0; who < 10; who++) {
      void (async () => {
        for (let step = 0; step < 2; step++) {
          const pause = slice.pause();
          if (pause !== null) {
            await pause;
          }
          stage.step(who);
        }
      })();
    }
    await stage.run();
    // Half a millisecond: three steps, as the third begins within it.
    expect(Math.max(...stage.turns.map(({ length }) => length))).toBeLessThanOrEqual(3);
    expect(stage.turns.length).toBeLessThan(12);
    // The first and half the second one go on before anybody has to wait.
    expect(stage.turns.flat().slice(3)).toEqual([
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9],
      ...[2, 3, 4, 5, 6, 7, 8, 9],
    ]);
  });

  test("who has begun goes on before the next begins", async () => {
    const stage = new Stage();
    const slice = new Slice(stage.clock);
    expect(slice.pause()).toBeNull();
    stage.clock.work(1);
    // More steps than a slice has.
    const steps = 7;
    for (let who = 0; who < 4; who++) {
      void (async () => {
        await slice.pauseToBegin();
        stage.step(who);
        for (let step = 1; step < steps; step++) {
          const pause = slice.pause();
          if (pause !== null) {
            await pause;
          }
          stage.step(who);
        }
      })();
    }
    await stage.run();
    expect(stage.turns.flat()).toEqual([0, 1, 2, 3].flatMap((who) => Array(steps).fill(who)));
  });

  test("who begins anew stands behind those who wait to begin", async () => {
    const stage = new Stage();
    const slice = new Slice(stage.clock);
    expect(slice.pauseToBegin()).toBeNull();
    stage.clock.work(1);
    for (let who = 0; who < 2; who++) {
      void (async () => {
        for (let time = 0; time < 2; time++) {
          await slice.pauseToBegin();
          stage.step(who);
        }
      })();
    }
    await stage.run();
    expect(stage.turns.flat()).toEqual([0, 1, 0, 1]);
  });

  for (const [what, restMs] of [
    ["without rests", 0],
    ["with rests", 6],
  ] as const) {
    test(`those in line go on where the one before doesn't come back, ${what}`, async () => {
      const stage = new Stage();
      const slice = new Slice(stage.clock, restMs);
      expect(slice.pause()).toBeNull();
      stage.clock.work(100);
      let doneCount = 0;
      for (let who = 0; who < 30; who++) {
        void slice.pause()?.then(() => {
          stage.step(who);
          doneCount++;
        });
      }
      await stage.run(1);
      expect(doneCount).toBe(30);
      expect(stage.turns.flat()).toEqual(Array.from({ length: 30 }, (_, who) => who));
    });
  }

  test("nobody goes on during a rest", async () => {
    const stage = new Stage();
    const slice = new Slice(stage.clock, 6);
    // The first in a slice may go on however late it is.
    await slice.pause();
    stage.clock.advance(10);
    let isDone = false;
    const go = async (): Promise<void> => {
      await slice.pause();
      isDone = true;
    };
    void go();
    void go();
    for (let passedMs = 0; passedMs < 5; passedMs++) {
      await settle();
      stage.clock.advance(1);
    }
    await settle();
    expect(isDone).toBeFalse();
    stage.clock.advance(1);
    await settle();
    expect(isDone).toBeTrue();
  });
});
