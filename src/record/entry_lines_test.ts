import { expect, test } from "bun:test";
import { bytesToString } from "../names/byte_string.ts";
import { parseQueueId, type QueueId } from "../names/names.ts";
import { entryLines } from "./entry_lines.ts";

const queueIds = (...texts: string[]): QueueId[] =>
  texts.flatMap((text) => parseQueueId(text) ?? []);

test("each entry is a line, behind the end of the line before where that is missing", () => {
  expect(bytesToString(entryLines(queueIds("A1", "b_23"), false))).toBe("A1\nb_23\n");
  expect(bytesToString(entryLines(queueIds("A1"), true))).toBe("\nA1\n");
});

test("a short one shows nothing of a longer one before it", () => {
  entryLines(queueIds("ABCDEF", "GHIJKL"), false);
  expect(bytesToString(entryLines(queueIds("Z"), false))).toBe("Z\n");
});

test("more than are put down in one place are whole", () => {
  const many = queueIds(...Array.from({ length: 1000 }, (_, index) => `ENTRY${index}`));
  for (const startsNewLine of [false, true]) {
    const text = `${startsNewLine ? "\n" : ""}${many.join("\n")}\n`;
    expect(bytesToString(entryLines(many, startsNewLine))).toBe(text);
  }
});
