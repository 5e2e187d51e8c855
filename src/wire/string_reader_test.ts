import { describe, expect, test } from "bun:test";
import { stringToBytes } from "../names/byte_string.ts";
import { StringReader } from "./string_reader.ts";

function takeAll(reader: StringReader): string[] {
  const strings: string[] = [];
  for (let text = reader.next(); text !== null; text = reader.next()) {
    strings.push(text);
  }
  return strings;
}

describe("StringReader", () => {
  test("takes strings as they end, and holds what is unfinished", () => {
    const reader = new StringReader(100);
    reader.push(stringToBytes("one\0\0tw"));
    expect(takeAll(reader)).toEqual(["one", ""]);
    expect(reader.rest()).toBe("tw");
    reader.hold();
    reader.push(stringToBytes("o\0three"));
    expect(takeAll(reader)).toEqual(["two"]);
    expect(reader.rest()).toBe("three");
  });

  test("a guess changes nothing, whether it is right or not", () => {
    for (const guess of ["", "site", "sit", "sites", "sire", "\0"]) {
      const reader = new StringReader(100);
      reader.push(stringToBytes("site\0\0sit"));
      expect([reader.next(guess), reader.next(guess), reader.next("sit")]).toEqual([
        "site",
        "",
        null,
      ]);
      reader.hold();
      reader.push(stringToBytes("e\0sites\0"));
      expect([reader.next(guess), reader.next(guess)]).toEqual(["site", "sites"]);
    }
  });

  test("reads a slice of a larger buffer as the slice alone", () => {
    const buffer = new Uint8Array([65, 0, 66, 0, 67, 0]).buffer;
    const reader = new StringReader(100);
    reader.push(new Uint8Array(buffer, 2, 3));
    expect(takeAll(reader)).toEqual(["B"]);
    expect(reader.rest()).toBe("C");
  });

  test("never writes into a chunk that it was given", () => {
    const chunk = stringToBytes("abcdefgh");
    const reader = new StringReader(100);
    reader.push(chunk.subarray(0, 4));
    reader.push(stringToBytes("1234\0"));
    expect(takeAll(reader)).toEqual(["abcd1234"]);
    expect(chunk).toEqual(stringToBytes("abcdefgh"));
  });

  test("takes in no more than it may, over all strings", () => {
    const reader = new StringReader(6);
    reader.push(stringToBytes("ab\0"));
    expect(takeAll(reader)).toEqual(["ab"]);
    expect(reader.full).toBe(false);
    reader.push(stringToBytes("cdefgh\0"));
    expect(reader.full).toBe(true);
    expect(takeAll(reader)).toEqual([]);
    expect(reader.rest()).toBe("cde");
    reader.hold();
    reader.push(stringToBytes("\0"));
    expect(takeAll(reader)).toEqual([]);
    expect(reader.rest()).toBe("cde");
  });

  test("holds a long string that comes byte by byte", () => {
    const reader = new StringReader(10_000);
    for (let count = 0; count < 9_000; count++) {
      reader.push(stringToBytes("x"));
      expect(reader.next()).toBeNull();
      reader.hold();
    }
    reader.push(stringToBytes("\0"));
    expect(reader.next()).toBe("x".repeat(9_000));
    reader.clear();
    expect(reader.rest()).toBe("");
  });
});
