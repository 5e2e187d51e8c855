import { expect, test } from "bun:test";
import { playRounds } from "./rounds.ts";

test("playRounds lets players alternate, and leaves the warm-up out", async () => {
  const [a, b] = [{ title: "A" }, { title: "B" }];
  const turns: string[] = [];
  const told: string[] = [];
  const results = await playRounds(
    { rounds: { counted: 2, warmUp: 1 }, tell: (line) => told.push(line) },
    {
      what: "play",
      players: [a, b],
      turn: async ({ title }, number) => {
        turns.push(title);
        return number;
      },
      describe: (number) => `turn ${number}`,
    },
  );
  expect(turns.join("")).toBe("ABABAB");
  expect([results.of(a), results.of(b)]).toEqual([
    [2, 4],
    [3, 5],
  ]);
  expect(results.values(b, (number) => number * 10)).toEqual([30, 50]);
  expect(told[0]).toBe("play, round 0 of 2, A: turn 0");
  expect(told).toHaveLength(6);
});
