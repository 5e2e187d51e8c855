import { describe, expect, test } from "bun:test";
import { encodeUtf8 } from "../names/byte_string.ts";
import { ageText, countText, jsonText, printable, printableJson, sizeText } from "./printable.ts";

describe("printable", () => {
  const rows: ReadonlyArray<readonly [bytes: string, shown: string]> = [
    ["user@one.example", "user@one.example"],
    ["a\x1b[31mb\x07\n\t\x7f", "a?[31mb????"],
    [encodeUtf8("grüße@bücher.example"), "grüße@bücher.example"],
    // A terminal takes U+009B for the beginning of a command, and turns text around at U+202E.
    [encodeUtf8("a\u009b31m\u202eb\u2028\u200b"), "a?31m?b??"],
    // No UTF-8: what a byte would mean, nobody knows.
    ["caf\xe9\x9b1m", "caf??1m"],
  ];
  for (const [bytes, shown] of rows) {
    test(JSON.stringify(bytes), () => {
      expect(printable(bytes)).toBe(shown);
    });
  }
});

describe("printableJson", () => {
  const rows: readonly string[] = [
    "plain",
    'a "quoted" \\ text',
    "a\x1b[31mb\x00\x7f\u009b\u2028\u202e\u{e0001}\ud800",
    "grüße 😀",
  ];
  for (const text of rows) {
    test(JSON.stringify(text), () => {
      const json = printableJson({ text });
      expect(json).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]*$/u);
      expect(JSON.parse(json)).toEqual({ text });
    });
  }

  test("leaves readable what is", () => {
    expect(printableJson("grüße 😀")).toBe('"grüße 😀"');
  });
});

test("jsonText keeps UTF-8, and marks what isn't", () => {
  expect(jsonText(encodeUtf8("\ufeffgrüße"))).toBe("\ufeffgrüße");
  expect(jsonText("caf\xe9")).toBe("caf\ufffd");
});

describe("numbers", () => {
  const rows: ReadonlyArray<readonly [shown: string, expected: string]> = [
    [countText(0, "message"), "0 messages"],
    [countText(1, "entry", "entries"), "1 entry"],
    [countText(1234567, "entry", "entries"), "1,234,567 entries"],
    [countText(999, "log"), "999 logs"],
    [sizeText(0), "0 B"],
    [sizeText(1023), "1023 B"],
    [sizeText(1536), "1.5 KiB"],
    [sizeText(5 * 1024 ** 3), "5.0 GiB"],
    [sizeText(5000 * 1024 ** 4), "5000.0 TiB"],
    [ageText(-5), "0 s"],
    [ageText(59.9), "59 s"],
    [ageText(60), "1 min"],
    [ageText(3 * 3600 + 1), "3 h"],
    [ageText(1500 * 86_400), "1,500 d"],
  ];
  for (const [shown, expected] of rows) {
    test(expected, () => {
      expect(shown).toBe(expected);
    });
  }
});
