import { describe, expect, test } from "bun:test";
import { MemoryClock } from "./clock.ts";

describe("MemoryClock", () => {
  test("runs timers by due time, then by order of setting, at their time", () => {
    const clock = new MemoryClock(1_000_000);
    const ran: string[] = [];
    const note = (name: string) => () => ran.push(`${name} at ${clock.monotonicMs()}`);
    clock.after(20, note("late"));
    clock.after(5, note("first"));
    clock.after(5, note("second"));
    clock.after(7, note("cancelled")).cancel();
    clock.after(0, () => clock.after(10, note("nested")));
    expect(ran).toEqual([]);
    clock.advance(19);
    expect(ran).toEqual(["first at 5", "second at 5", "nested at 10"]);
    clock.advance(1);
    expect(ran).toEqual(["first at 5", "second at 5", "nested at 10", "late at 20"]);
    expect([clock.monotonicMs(), clock.wallMs()]).toEqual([20, 1_000_020]);
  });

  test("turns run one after the other, before time moves on", () => {
    const clock = new MemoryClock();
    const ran: string[] = [];
    clock.nextTurn(() => {
      ran.push("first");
      clock.nextTurn(() => ran.push("of the next turn"));
    });
    clock.nextTurn(() => ran.push("second"));
    clock.runTurn();
    expect(ran).toEqual(["first", "second"]);
    clock.after(1, () => clock.nextTurn(() => ran.push("after the timer")));
    clock.after(2, () => ran.push("later timer"));
    clock.advance(2);
    expect(ran.slice(2)).toEqual(["of the next turn", "after the timer", "later timer"]);
  });

  test("a turn that never ends is said so", () => {
    const clock = new MemoryClock();
    const again = (): void => clock.nextTurn(again);
    again();
    expect(() => clock.runTurns()).toThrow("without time moving on");
  });

  test("the wall can jump; durations cannot", () => {
    const clock = new MemoryClock(5000);
    clock.jumpWall(-3000);
    clock.advance(1.5);
    expect([clock.wallMs(), clock.monotonicMs()]).toEqual([2001, 1.5]);
  });

  test("reading the time can take time", () => {
    const clock = new MemoryClock();
    clock.costMs = 0.5;
    expect([clock.monotonicMs(), clock.monotonicMs()]).toEqual([0.5, 1]);
  });
});
