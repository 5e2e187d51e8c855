/** What counts as come and gone: histories of messages in groups, a moment each, and the rates behind the last. */
import { describe, expect, test } from "bun:test";
import { Flow } from "./flow.ts";

/** Messages with their groups, as `A1: one two`, and those that are being delivered, as `(A1)`. */
type Moment = string;

const STEP_MS = 10_000;

function flowOf(moments: readonly Moment[], flow = new Flow()): Flow {
  for (const [index, moment] of moments.entries()) {
    const words = moment.split(", ").filter((each) => each !== "");
    const passing = words.flatMap((each) => /^\((.*)\)$/.exec(each)?.slice(1) ?? []);
    const deferred = words.filter((each) => !each.startsWith("("));
    flow.take(
      index * STEP_MS,
      (onMessage) => {
        for (const [id = "", groups = ""] of deferred.map((each) => each.split(": "))) {
          onMessage(id, groups.split(" "));
        }
      },
      () => (id) => passing.includes(id),
    );
  }
  return flow;
}

/** In and out a minute of a group, and of all; null: not known. */
function ratesOf(flow: Flow, group: string): unknown {
  const { inPerMinute, outPerMinute } = flow.ratesOf(group);
  const all = flow.totalRates;
  return [inPerMinute, outPerMinute, all.inPerMinute, all.outPerMinute];
}

describe("in and out a minute", () => {
  const rows: ReadonlyArray<
    readonly [what: string, moments: readonly Moment[], one: readonly (number | null)[]]
  > = [
    ["of one moment nothing is known", ["A: one, B: one"], [null, null, null, null]],
    ["nothing changes", ["A: one", "A: one"], [0, 0, 0, 0]],
    ["one comes in ten seconds", ["A: one", "A: one, B: one"], [6, 0, 6, 0]],
    ["one comes in twenty", ["A: one", "A: one", "A: one, B: one"], [3, 0, 3, 0]],
    ["another group's is another's", ["A: one", "A: one, B: two"], [0, 0, 6, 0]],
    ["missing once is not gone", ["A: one", ""], [0, 0, 0, 0]],
    ["missing twice is gone, once", ["A: one", "", ""], [0, 3, 0, 3]],
    ["gone stays gone", ["A: one", "", "", ""], [0, 2, 0, 2]],
    ["back from a try is neither", ["A: one", "", "A: one", "A: one"], [0, 0, 0, 0]],
    ["being delivered is not gone", ["A: one", "(A)", "(A)", "(A)"], [0, 0, 0, 0]],
    ["delivered after that is gone", ["A: one", "(A)", "(A)", ""], [0, 2, 0, 2]],
    ["back after that is neither", ["A: one", "(A)", "(A)", "A: one"], [0, 0, 0, 0]],
    ["delivered to one of two groups", ["A: one two", "A: two"], [0, 6, 0, 0]],
    ["deferred by another relay", ["A: two", "A: one"], [6, 0, 0, 0]],
    ["a message counts once in all", ["", "A: one two"], [6, 0, 6, 0]],
    ["gone from both its groups", ["A: one two", "", ""], [0, 3, 0, 3]],
    ["the last minute alone", ["", "A: one", ...Array(6).fill("A: one")], [0, 0, 0, 0]],
    ["all of the last minute", ["", ...Array(6).fill("A: one")], [1, 0, 1, 0]],
  ];
  for (const [what, moments, rates] of rows) {
    test(what, () => expect(ratesOf(flowOf(moments), "one")).toEqual([...rates]));
  }

  test("a look that is longer ago than a minute is better than none", () => {
    const flow = new Flow();
    const take = (atMs: number, ids: readonly string[]): void => {
      const tell = (onMessage: (id: string, groups: readonly string[]) => void): void => {
        for (const id of ids) {
          onMessage(id, ["one"]);
        }
      };
      flow.take(atMs, tell, () => () => false);
    };
    take(0, []);
    take(120_000, ["A", "B"]);
    expect(ratesOf(flow, "one")).toEqual([1, 0, 1, 0]);
  });

  test("of more messages than are kept nothing is known, now and later", () => {
    const moments = ["A: one, B: one", "A: one, B: one", "A: one, B: one, C: one", "A: one"];
    expect(ratesOf(flowOf(moments.slice(0, 2), new Flow(2)), "one")).toEqual([0, 0, 0, 0]);
    expect(ratesOf(flowOf(moments, new Flow(2)), "one")).toEqual([null, null, null, null]);
  });

  test("who is being delivered is asked for only where somebody is missing", () => {
    const flow = flowOf(["A: one", "A: one"]);
    const asked = { count: 0 };
    const look = (): (() => boolean) => {
      asked.count++;
      return () => true;
    };
    flow.take(2 * STEP_MS, () => {}, look);
    expect(asked.count).toBe(0);
    flow.take(3 * STEP_MS, () => {}, look);
    expect(asked.count).toBe(1);
  });
});
