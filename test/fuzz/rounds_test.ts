/** That fuzzing finds what is wrong: targets with planted faults. */
import { expect, test } from "bun:test";
import { runRounds } from "./rounds.ts";
import { mustBeSame, type Target } from "./target.ts";

/** Almost valid input is a word; what came of it is its length. */
const WORDS: Target = {
  name: "words",
  draw: (random) => `word${random(1000)}`,
  tokens: ["fault"],
  read: (input) => String(input.length),
};

function target(read: Target["read"]): Target {
  return { ...WORDS, read };
}

test("a fault is found, with the shortest input that shows it", async () => {
  const faulty = target((input) => {
    if (input.includes("fault")) {
      throw new RangeError("planted");
    }
    return "";
  });
  const { failure, rounds } = await runRounds(faulty, 1, 1000, () => {});
  expect(failure?.input).toBe("fault");
  expect(failure?.round).toBe(rounds);
  expect(failure?.why).toContain("RangeError: planted");
});

test("a promise that is not kept is a fault too", async () => {
  const faulty = target((input, random) => {
    mustBeSame("twice", random(2), 0);
    return input;
  });
  const { failure } = await runRounds(faulty, 1, 100, () => {});
  expect(failure?.why).toContain("twice: 1 and 0");
});

test("the same seed has the same rounds, another one has others", async () => {
  const inputsOf = async (seed: number): Promise<string[]> => {
    const inputs: string[] = [];
    const noting = target((input) => {
      inputs.push(input);
      return "";
    });
    await runRounds(noting, seed, 50, () => {});
    return inputs;
  };
  expect(await inputsOf(1)).toEqual(await inputsOf(1));
  expect(await inputsOf(1)).not.toEqual(await inputsOf(2));
});

test("what grows is seen to grow", async () => {
  const kept: Uint8Array[] = [];
  const growing = target((input) => {
    kept.push(new Uint8Array(4 * 1024 * 1024).fill(1));
    return input;
  });
  const { grownBytes } = await runRounds(growing, 1, 50, () => {});
  expect(grownBytes).toBeGreaterThan(128 * 1024 * 1024);
  expect(kept).toHaveLength(50);
});
