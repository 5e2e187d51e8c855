/** What proxymap(8) answers, in pieces of any size. The texts are those that 3.7.11 sent. */
import { describe, expect, test } from "bun:test";
import { AttributeReader, encodeLookup, encodeOpen, triesParents } from "./proxymap_protocol.ts";

const GREETING = "protocol\0proxymap_protocol\0\0";
const FOUND = "status\x000\0value\0all\0\0";
const NOT_FOUND = "status\x001\0value\0\0\0";

function lists(pieces: readonly string[]): (Record<string, string> | null)[] {
  const reader = new AttributeReader();
  return pieces.flatMap((piece) => {
    const list = reader.push(piece);
    return list === "more" ? [] : [list === null ? null : Object.fromEntries(list)];
  });
}

describe("attribute lists", () => {
  const wanted = [
    { protocol: "proxymap_protocol" },
    { status: "0", value: "all" },
    { status: "1", value: "" },
  ];

  test("are read one by one", () => {
    expect(lists([GREETING, FOUND, NOT_FOUND])).toEqual(wanted);
  });

  test("are read byte by byte", () => {
    expect(lists([...(GREETING + FOUND + NOT_FOUND)])).toEqual(wanted);
  });

  test("have a length beyond which they are none", () => {
    const piece = "x".repeat(1024 * 1024);
    expect(lists([piece])).toEqual([]);
    expect(lists([piece, piece])).toEqual([null]);
  });
});

test("requests are those of a Postfix daemon", () => {
  expect(encodeOpen("static:all", false)).toBe(
    "request\0open\0table\0static:all\0flags\x00524352\0\0",
  );
  expect(encodeLookup("static:all", "a.b", null)).toBe(
    "request\0lookup\0table\0static:all\0flags\x00524352\0key\0a.b\0\0",
  );
});

test("requests to Postfix 3.11 are those of its daemons", () => {
  expect(encodeOpen("texthash:/x", true)).toBe(
    "request\0open\0table\0texthash:/x\0instance_flags\x00524352\0\0",
  );
  expect(encodeLookup("texthash:/x", "a.b", "1572944")).toBe(
    "request\0lookup\0table\0texthash:/x\0instance_flags\x00524352\0flags\x001572944\0key\0a.b\0\0",
  );
});

test("tables of fixed strings are looked up in with parents, those of patterns are not", () => {
  const flags = { "80": true, "92": true, "96": false, "1572944": true, "1572960": false };
  for (const [number, has] of Object.entries(flags)) {
    expect([number, triesParents(new Map([["flags", number]]))]).toEqual([number, has]);
  }
});
