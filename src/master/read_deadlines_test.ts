import { expect, test } from "bun:test";
import { MemoryClock } from "../memory/clock.ts";
import { ReadDeadlines } from "./read_deadlines.ts";

function client(name: string, ended: string[]): { timedOut(): void } {
  return { timedOut: () => ended.push(name) };
}

test("each client has the limit from when it was last heard", () => {
  const clock = new MemoryClock();
  const deadlines = new ReadDeadlines(clock, 1000);
  const ended: string[] = [];
  const [a, b, c] = [client("a", ended), client("b", ended), client("c", ended)];
  deadlines.restart(a);
  deadlines.restart(b);
  clock.advance(600);
  deadlines.restart(a);
  deadlines.restart(c);
  deadlines.cancel(c);
  clock.advance(399);
  expect(ended).toEqual([]);
  clock.advance(1);
  expect(ended).toEqual(["b"]);
  clock.advance(600);
  expect(ended).toEqual(["b", "a"]);
  clock.advance(10_000);
  expect(ended).toEqual(["b", "a"]);
});

test("a client that comes after all others have ended is waited for", () => {
  const clock = new MemoryClock();
  const deadlines = new ReadDeadlines(clock, 1000);
  const ended: string[] = [];
  deadlines.restart(client("a", ended));
  clock.advance(1000);
  deadlines.restart(client("b", ended));
  clock.advance(1000);
  expect(ended).toEqual(["a", "b"]);
});
