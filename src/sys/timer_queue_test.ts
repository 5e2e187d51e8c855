import { expect, test } from "bun:test";
import { randomFrom } from "../../test/support/random.ts";
import { TimerQueue } from "./timer_queue.ts";

test("runs what is due, in the order of the times, then of the calls", () => {
  const queue = new TimerQueue();
  const ran: string[] = [];
  for (const [dueMs, name] of [
    [20, "d"],
    [10, "b"],
    [10, "c"],
    [5, "a"],
    [20.5, "e"],
  ] as const) {
    queue.add(dueMs, () => ran.push(name));
  }
  expect(queue.nextMs()).toBe(5);
  queue.runDue(4.9);
  expect(ran).toEqual([]);
  queue.runDue(20);
  expect(ran).toEqual(["a", "b", "c", "d"]);
  expect(queue.nextMs()).toBe(20.5);
  queue.runDue(21);
  expect(ran.at(-1)).toBe("e");
  expect(queue.nextMs()).toBeNull();
});

test("what a timer sets is not run in the same call, even if it is due", () => {
  const queue = new TimerQueue();
  const ran: string[] = [];
  queue.add(1, () => {
    ran.push("first");
    queue.add(0, () => ran.push("second"));
  });
  queue.runDue(5);
  expect(ran).toEqual(["first"]);
  queue.runDue(5);
  expect(ran).toEqual(["first", "second"]);
});

test("what is cancelled is not run, not even by an earlier one of the same call", () => {
  const queue = new TimerQueue();
  const ran: string[] = [];
  const first = queue.add(1, () => {
    ran.push("first");
    second.cancel();
    first.cancel();
  });
  const second = queue.add(2, () => ran.push("second"));
  queue.add(3, () => ran.push("third"));
  queue.runDue(5);
  expect(ran).toEqual(["first", "third"]);
  second.cancel();
  expect(queue.nextMs()).toBeNull();
});

const SEED = 20261126;

test(`agrees with a sorted list, seed ${SEED}`, () => {
  const random = randomFrom(SEED);
  const queue = new TimerQueue();
  let expected: { dueMs: number; number: number }[] = [];
  const ran: number[] = [];
  for (let number = 0, nowMs = 0; number < 2000; number++) {
    const dueMs = nowMs + random(50);
    queue.add(dueMs, () => ran.push(number));
    expected.push({ dueMs, number });
    if (random(3) === 0) {
      nowMs += random(20);
      queue.runDue(nowMs);
      const due = expected.filter((each) => each.dueMs <= nowMs);
      expected = expected.filter((each) => each.dueMs > nowMs);
      due.sort((a, b) => a.dueMs - b.dueMs || a.number - b.number);
      expect(ran.splice(0)).toEqual(due.map((each) => each.number));
    }
  }
});
