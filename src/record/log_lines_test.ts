/** The lines of a block: what is taken out at sight, and what is left of it. */
import { describe, expect, test } from "bun:test";
import { randomFrom } from "../../test/support/random.ts";
import { bytesToString, stringToBytes } from "../names/byte_string.ts";
import { parseQueueId } from "../names/names.ts";
import { QueueIdSet } from "../names/queue_id_set.ts";
import { LogLines } from "./log_lines.ts";

function linesOf(...lines: string[]): LogLines {
  return new LogLines(stringToBytes(lines.map((line) => `${line}\n`).join("")));
}

function setOf(...names: string[]): QueueIdSet {
  const set = new QueueIdSet();
  for (const name of names.flatMap((text) => parseQueueId(text) ?? [])) {
    set.add(name);
  }
  return set;
}

describe("LogLines", () => {
  const rows: ReadonlyArray<
    readonly [what: string, lines: string[], countMax: number, count: number, next: string | null]
  > = [
    ["none", [], 9, 0, null],
    ["one that is not", ["NEW1", "OLD1"], 9, 0, "NEW1"],
    ["some", ["OLD1", "OLD2", "OLD1", "NEW1", "OLD1"], 9, 3, "NEW1"],
    ["all", ["OLD1", "OLD2"], 9, 2, null],
    ["more than were asked for", ["OLD1", "OLD2", "OLD1"], 2, 2, "OLD1"],
    ["an empty line", ["", "OLD1"], 9, 0, ""],
    ["the beginning of one", ["OLD"], 9, 0, "OLD"],
    ["more than one", ["OLD12"], 9, 0, "OLD12"],
    ["one up to a NUL", ["OLD1\0"], 9, 0, "OLD1"],
  ];
  for (const [what, texts, countMax, count, next] of rows) {
    test(`takes out the lines that come next as long as they are known: ${what}`, () => {
      const lines = linesOf(...texts);
      expect(lines.takeOutKnown(setOf("OLD1", "OLD2"), countMax)).toBe(count);
      const line = lines.next();
      expect(line === -1 ? null : lines.text(line)).toBe(next);
      const left = texts.slice(count).map((text) => `${text}\n`);
      expect(bytesToString(lines.gather(0))).toBe(left.join(""));
    });
  }

  test("a line that nobody has gone over stays", () => {
    const lines = linesOf("A1", "D1", "A2", "D2");
    lines.next();
    lines.takeOut(lines.next());
    expect(lines.stayingBytes()).toBe(3);
    expect(bytesToString(lines.gather(3))).toBe("A2\nD2\n");
  });

  const seed = 1;
  test(`seed ${seed}: as lists of strings do, lines of all lengths, many of them empty`, () => {
    const random = randomFrom(seed);
    for (let round = 0; round < 200; round++) {
      const texts = Array.from({ length: random(300) }, (_, index) =>
        "X".repeat(random(3) * random(40)).concat(random(2) === 0 ? "" : `${index}`),
      );
      const lines = linesOf(...texts);
      const isOut = texts.map(() => random(2) === 0);
      for (let line = lines.next(); line !== -1; line = lines.next()) {
        expect(lines.text(line)).toBe(texts[line] ?? "none");
        if (isOut[line] === true) {
          lines.takeOut(line);
        }
      }
      const want = texts.filter((_, line) => isOut[line] !== true).map((text) => `${text}\n`);
      const first = isOut.indexOf(true);
      const inPlace = texts.slice(0, first === -1 ? texts.length : first);
      const inPlaceBytes = inPlace.map((text) => `${text}\n`).join("").length;
      expect(lines.stayingBytes()).toBe(inPlaceBytes);
      expect(bytesToString(lines.gather(inPlaceBytes))).toBe(want.join("").slice(inPlaceBytes));
    }
  });
});
