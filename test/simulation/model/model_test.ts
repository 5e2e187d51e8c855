import { describe, expect, test } from "bun:test";
import { type Design, RIGHT_DESIGN, WRONG_DESIGNS } from "./design.ts";
import { type Exploration, explore } from "./explore.ts";
import { STARTS } from "./starts.ts";

/** Steps of a history: five show every wrong design, and one more is to spare. */
const LENGTH = 6;

/** A million transitions take seconds, or a minute where others use the machine. */
const TEST_LIMIT_MS = 5 * 60 * 1000;

/** What histories are there for; a name that is never taken would make all of this say less. */
const STEPS = [
  /^ours answers bb$/,
  /^ours answers bb, which it takes as held$/,
  /^ours writes bb, and is killed at ".*b\\u0000/,
  /^ours finds the log gone/,
  /^ours begins to send/,
  /^ours begins to compact/,
  /^ours cuts the part sent, but for bb$/,
  /^ours looks again and compacts to bb cc$/,
  /^ours looks again and compacts to .*, and is killed at/,
  /^our process is killed$/,
  /^the original locks the log/,
  /^the original releases, truncates/,
  /^the original writes a$/,
  /^the original's purge removes the log$/,
  /^the original sends the log and adds cc, within one tick$/,
  /^postsuper removes the log$/,
  /^bb leaves deferred for active$/,
  /^bb goes from incoming to active$/,
  /^a goes from nowhere to active$/,
];

/** One of the shortest histories in which the design goes wrong. */
function shortestFailure(design: Design): Exploration["failure"] {
  for (let length = 1; length <= LENGTH; length++) {
    for (const start of Object.values(STARTS)) {
      const { failure } = explore(start, design, length);
      if (failure !== null) {
        return failure;
      }
    }
  }
  return null;
}

describe(`a model of one log with two writers, all histories of ${LENGTH} steps`, () => {
  const taken = new Set<string>();

  for (const [name, state] of Object.entries(STARTS)) {
    test(
      `keep the invariants from ${name}`,
      () => {
        const found = explore(state, RIGHT_DESIGN, LENGTH);
        expect(found.failure).toBeNull();
        for (const step of found.steps) {
          taken.add(step);
        }
      },
      TEST_LIMIT_MS,
    );
  }

  test("have taken every kind of step", () => {
    const all = [...taken];
    expect(STEPS.filter((kind) => !all.some((step) => kind.test(step)))).toEqual([]);
  });

  for (const [name, decision] of Object.entries(WRONG_DESIGNS)) {
    test(
      `catch ${name}`,
      () => {
        const failure = shortestFailure({ ...RIGHT_DESIGN, ...decision });
        expect(failure?.what).toMatch(/^I[134]: /);
      },
      TEST_LIMIT_MS,
    );
  }
});
