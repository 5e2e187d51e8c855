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

test("what was made stays as it is when the next is made: another write may come between the two parts of one", () => {
  const first = entryLines(queueIds("ABCDEF", "GHIJKL"), false);
  entryLines(queueIds("Z"), false);
  expect(bytesToString(first)).toBe("ABCDEF\nGHIJKL\n");
});
