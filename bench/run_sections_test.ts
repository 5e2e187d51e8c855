import { describe, expect, test } from "bun:test";
import { runSections } from "./run_sections.ts";
import type { Bench, Findings, Section } from "./section.ts";

const NOTHING: Findings = { lines: [] };

/** A section that does `measure`. */
function section(name: string, measure: () => Promise<Findings>): Section {
  return { name, what: name, minutes: 0, measure };
}

/** Runs sections on stages of which only the log is real; says what was opened, ended and closed. */
async function play(sections: readonly Section[], complaints: readonly string[][] = []) {
  const story: string[] = [];
  let stages = 0;
  const log = [...complaints];
  const outcomes = await runSections(sections, {
    limitMs: 50,
    onEnd: (outcome) => story.push(outcome.section.name),
    openStage: async () => {
      const number = ++stages;
      story.push(`open ${number}`);
      return {
        // No section of these tests looks at it.
        bench: {} as Bench,
        takeComplaints: () => log.shift() ?? [],
        close: async () => {
          story.push(`close ${number}`);
        },
      };
    },
  });
  return { story: story.join(", "), results: outcomes.map(({ result }) => result) };
}

const good = section("good", async () => NOTHING);
const bad = section("bad", async () => {
  throw new Error("count entries: one is missing");
});
const endless = section("endless", () => new Promise(() => {}));

describe("runSections", () => {
  test("runs sections that go well on one stage", async () => {
    const { story, results } = await play([good, good]);
    expect(story).toBe("open 1, good, good, close 1");
    expect(results).toEqual([NOTHING, NOTHING]);
  });

  test("goes on with a new stage after a section that failed", async () => {
    const { story, results } = await play([bad, good]);
    expect(story).toBe("open 1, close 1, bad, open 2, good, close 2");
    expect(results).toEqual([{ failure: "count entries: one is missing" }, NOTHING]);
  });

  test("opens no stage for nobody", async () => {
    const { story } = await play([good, bad]);
    expect(story).toBe("open 1, good, close 1, bad");
  });

  test("does not wait for a section that does not end", async () => {
    const { results } = await play([endless, good]);
    expect(results).toEqual([{ failure: "measure: not done within 0.05 s" }, NOTHING]);
  });

  test("holds against a section what was logged meanwhile", async () => {
    const { results } = await play([good, good], [["postfix/flush: warning: what?"], []]);
    expect(results).toEqual([{ failure: "read the log: postfix/flush: warning: what?" }, NOTHING]);
  });
});
