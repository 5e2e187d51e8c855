/** Patterns of sites: what is one, and what it matches. */
import { describe, expect, test } from "bun:test";
import { encodeUtf8 } from "../names/byte_string.ts";
import { hasWildcard, isSitePattern, siteMatcher } from "./site_pattern.ts";

describe("siteMatcher", () => {
  const rows: ReadonlyArray<
    readonly [pattern: string, matches: readonly string[], others: readonly string[]]
  > = [
    ["one.example", ["one.example"], ["sub.one.example", "done.example", "one.example.org", ""]],
    ["ONE.Example", ["one.example"], []],
    ["@one.example", ["one.example", "a.b.one.example"], ["done.example", "one.example.org"]],
    ["*.one.example", ["a.one.example", "a.b.one.example"], ["one.example", "aone.example"]],
    ["*one*", ["one", "a.one.example", "done.org"], ["o.n.e", ""]],
    ["mx?.example", ["mx1.example", "mx2.example"], ["mx.example", "mx12.example"]],
    ["*", ["one.example", "[192.0.2.1]", ""], []],
    ["*a*b", ["xaxxb", "ab", "aabab"], ["aba", "b"]],
    ["a.*.c.*", ["a.b.c.d", "a.c.c.c.c"], ["a.b.d.c"]],
    // No character of a regular expression means anything.
    ["one.*", ["one.example"], ["onexexample"]],
    ["[192.0.2.1]", ["[192.0.2.1]"], ["1", "192.0.2.1"]],
    ["bücher.example", ["xn--bcher-kva.example"], ["bcher.example"]],
    ["@xn--bcher-kva.example", ["a.xn--bcher-kva.example"], []],
    ["*.bücher.example", ["a.xn--bcher-kva.example"], ["xn--bcher-kva.example"]],
    ["@", [], ["", "one.example"]],
    ["one.example.", ["one.example"], ["one.example."]],
    ["@one.example.", ["one.example", "a.one.example"], []],
    ["*.one.example.", ["a.one.example"], ["one.example"]],
    // A dot is dropped behind a name alone.
    ["*.", [], ["one.example"]],
  ];
  for (const [pattern, matches, others] of rows) {
    test(pattern, () => {
      const matcher = siteMatcher([encodeUtf8(pattern)], false);
      expect(matches.filter((site) => !matcher(site))).toEqual([]);
      expect(others.filter((site) => matcher(site))).toEqual([]);
    });
  }

  test("of several patterns, any", () => {
    const matcher = siteMatcher(["a.example", "*.b.example"], false);
    expect(["a.example", "x.b.example", "c.example"].map(matcher)).toEqual([true, true, false]);
  });

  test("many wildcards and a long name are no trouble", () => {
    const matcher = siteMatcher([`${"*a".repeat(100)}b`], false);
    expect(matcher("a".repeat(100_000))).toBeFalse();
  });
});

test("what is a pattern, and has wildcards", () => {
  const words = [
    "a.example",
    "@a.example",
    "*.a",
    "m?",
    "[192.0.2.1]",
    "[IPv6:2001:db8::1]",
    "b\xc3\xbc",
  ];
  expect(words.filter((word) => !isSitePattern(word))).toEqual([]);
  const others = [
    "",
    "u@a.example",
    "@*.a",
    "a b",
    "a/b",
    "[a",
    "a\x1bb",
    "a,b",
    "{a}",
    "x".repeat(257),
  ];
  expect(others.filter(isSitePattern)).toEqual([]);
  expect(words.filter(hasWildcard)).toEqual(["*.a", "m?"]);
});
