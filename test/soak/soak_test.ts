/**
 * A soak of some seconds, which shows that it works and not that lines are flat; that the judge finds a line that
 * grows; and that the plot has what a reader needs.
 */
import { expect, test } from "bun:test";
import { type Growth, judge, type Line, median } from "./growth.ts";
import { type Deed, TIMES_AN_HOUR } from "./hour.ts";
import { type Panel, plot } from "./plot.ts";
import { linesOf, runSoak } from "./run_soak.ts";

const DURATION_MS = 5000;

const SPEED = 6;

const SEED = 1;

test(
  `a soak of ${DURATION_MS / 1000} s: everything is asked for and answered, one process serves (seed ${SEED})`,
  async () => {
    const soak = await runSoak({
      duration_ms: DURATION_MS,
      speed: SPEED,
      messages: 200,
      seed: SEED,
    });
    expect(soak.failed).toEqual([]);
    expect(soak.complaints).toEqual([]);
    const deeds = Object.keys(TIMES_AN_HOUR) as Deed[];
    expect(deeds.filter((deed) => !soak.done.has(deed))).toEqual([]);
    expect(new Set(soak.samples.flatMap(({ processes }) => processes)).size).toBe(1);
    for (const { pss_mib, descriptors } of soak.samples) {
      expect(pss_mib).toBeGreaterThan(1);
      expect(descriptors).toBeGreaterThan(3);
    }
    const names = linesOf(soak.samples).map(({ name }) => name);
    expect(names).toEqual(["memory (Pss)", "descriptors", "median add, in the original's"]);
  },
  60 * 1000,
);

const ROWS: readonly { name: string; values: readonly number[]; is_flat: boolean }[] = [
  { name: "flat", values: Array(100).fill(40), is_flat: true },
  { name: "flat, with peaks", values: peaks(40, 90), is_flat: true },
  {
    name: "a warm-up, then flat",
    values: [...Array(10).fill(5), ...Array(90).fill(40)],
    is_flat: true,
  },
  { name: "falling", values: Array.from({ length: 100 }, (_, n) => 100 - n), is_flat: true },
  {
    name: "growing slowly",
    values: Array.from({ length: 100 }, (_, n) => 40 + n / 10),
    is_flat: false,
  },
  {
    name: "a step in the end",
    values: [...Array(60).fill(40), ...Array(40).fill(50)],
    is_flat: false,
  },
];

function peaks(usual: number, seldom: number): number[] {
  return Array.from({ length: 100 }, (_, n) => (n % 7 === 0 ? seldom : usual));
}

test.each(ROWS)("a line that is $name", ({ name, values, is_flat }) => {
  const line: Line = { name, unit: "MiB", values, limit: { factor: 1.05, plus: 2 } };
  expect(judge(line).is_flat).toBe(is_flat);
});

test("a judgement has the medians of both thirds, without the warm-up; too few values are an error", () => {
  const values = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const want: Growth = { name: "x", unit: "s", first: 2, last: 8, most: 9, is_flat: false };
  const limit = { factor: 1, plus: 0 };
  expect(judge({ name: "x", unit: "s", values, limit })).toEqual(want);
  expect(() => judge({ name: "x", unit: "s", values: [1, 2], limit })).toThrow(
    "judge x: 2 values are too few",
  );
  expect(median([])).toBeNaN();
});

test("a plot has its titles, units, names, marks, and a gap where nothing was measured", () => {
  const values = [...Array(60).fill(3), Number.NaN, ...Array(60).fill(4)];
  const panel: Panel = {
    title: "Memory <of it>",
    unit: "MiB",
    note: "a note",
    lines: [{ name: "ours", colour: "#123456", values }],
  };
  const picture = plot("The title", "the subtitle", [panel, panel]);
  const words = [...picture.matchAll(/>([^<>\n]+)<\/t/g)].map(([, word]) => word);
  const of_panel = [
    ...["Memory &lt;of it&gt;, MiB", "a note", "— ours"],
    ...["0", "1", "2", "3", "4", "0", "0.5", "1", "1.5", "2", "minutes since the start"],
  ];
  expect(words).toEqual(["The title", "The title", "the subtitle", ...of_panel, ...of_panel]);
  const [, path = ""] = /<path d="([^"]*)" fill="none" stroke="#123456"/.exec(picture) ?? [];
  expect(path.match(/M/g)).toHaveLength(2);
  expect(path.match(/L/g)).toHaveLength(118);
});
