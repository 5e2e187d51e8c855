/** Sparklines, and the histories that they are drawn from. */
import { describe, expect, test } from "bun:test";
import { HISTORY_MOMENTS, History } from "./history.ts";
import { sparkline } from "./sparkline.ts";

describe("a sparkline", () => {
  const rows: ReadonlyArray<
    readonly [
      what: string,
      counts: readonly number[],
      width: number,
      isAscii: boolean,
      line: string,
    ]
  > = [
    ["from the least to the most", [1, 2, 3, 4, 5, 6, 7, 8], 8, false, "▁▂▃▄▅▆▇█"],
    ["the same in ASCII", [1, 2, 3, 4, 5, 6, 7, 8], 8, true, ".:-=+*#@"],
    ["nothing is blank", [0, 1, 2, 0], 4, false, " ▄█ "],
    ["the last ones, where there is no room for all", [8, 4, 2], 2, false, "█▁"],
    ["between those that are shown", [1000, 1, 3, 2], 3, false, "▁█▄"],
    ["at the right, where there are few", [5], 4, false, "   ▄"],
    ["steady, but for less than a tenth", [100, 109, 100], 3, false, "▄▄▄"],
    ["a tenth is a change", [90, 100, 90], 3, false, "▁█▁"],
    ["nothing at all", [0, 0], 3, false, "   "],
    ["nothing known", [], 3, false, "   "],
    ["no room", [1, 2], 0, false, ""],
  ];
  for (const [what, counts, width, isAscii, line] of rows) {
    test(what, () => expect(sparkline(counts, width, isAscii)).toBe(line));
  }
});

describe("a history", () => {
  test("has the last moments of each group", () => {
    const history = new History();
    for (let count = 1; count <= HISTORY_MOMENTS + 2; count++) {
      history.take([["one", count]]);
    }
    expect(history.of("one")).toHaveLength(HISTORY_MOMENTS);
    expect(history.of("one").at(0)).toBe(3);
    expect(history.of("one").at(-1)).toBe(HISTORY_MOMENTS + 2);
  });

  test("goes on where a group has none, and is forgotten after a while", () => {
    const history = new History();
    history.take([["one", 5]]);
    history.take([]);
    history.take([["one", 2]]);
    expect(history.of("one")).toEqual([5, 0, 2]);
    for (let moment = 0; moment < HISTORY_MOMENTS; moment++) {
      history.take([]);
    }
    expect(history.of("one")).toEqual([]);
    expect(history.of("never met")).toEqual([]);
  });
});
