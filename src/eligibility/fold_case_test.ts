import { describe, expect, test } from "bun:test";
import { encodeUtf8 } from "../names/byte_string.ts";
import { foldCase } from "./fold_case.ts";

describe("foldCase", () => {
  // The results of ICU 72, which the original folds with; \u0130 is a dotted capital I.
  const rows: ReadonlyArray<readonly [text: string, folded: string]> = [
    ["Example.COM", "example.com"],
    ["BÜCHER.example", "bücher.example"],
    ["straße.DE", "strasse.de"],
    ["STRAẞE", "strasse"],
    ["ΣΑΣ.ς", "σασ.σ"],
    ["\u0130x", "i\u0307x"],
    ["\u0131X", "\u0131x"],
    ["ﬁX", "fix"],
    ["\u212a", "k"],
    ["ſ", "s"],
    ["\u13a0\uab70\u13f8", "\u13a0\u13a0\u13f0"],
    ["\u{10400}", "\u{10428}"],
  ];
  for (const [text, folded] of rows) {
    test(`${text} becomes ${folded}`, () => {
      expect(foldCase(encodeUtf8(text), true)).toBe(encodeUtf8(folded));
    });
  }

  test("leaves what is not ASCII alone without smtputf8_enable", () => {
    expect(foldCase(encodeUtf8("BÜCHER"), false)).toBe(encodeUtf8("bÜcher"));
    expect(foldCase("\xc0A", false)).toBe("\xc0a");
  });

  test("folds around bytes that are not UTF-8", () => {
    expect(foldCase("\xffA\xc3\x9c\xc3B", true)).toBe("\xffa\xc3\xbc\xc3b");
    expect(foldCase("\xed\xa0\x80A", true)).toBe("\xed\xa0\x80a");
  });
});
