/** Patterns of sites: what fits and what doesn't. */
import { describe, expect, test } from "bun:test";
import { compileGlob } from "./site_glob.ts";

describe("a pattern", () => {
  const rows: ReadonlyArray<readonly [pattern: string, yes: string[], no: string[]]> = [
    ["example.com", ["example.com", "EXAMPLE.com"], ["example.comx", "xexample.com", ""]],
    ["*", ["", "a", "a.b"], []],
    ["*.example.com", ["a.example.com", "b.a.example.com", ".example.com"], ["example.com"]],
    ["*Yahoo*", ["yahoo.com", "mail.yahoo.co.uk"], ["yaho.com"]],
    ["a*b*c", ["abc", "axxbxxbc", "abcbc"], ["ab", "acb", "abcd"]],
    ["m?.x", ["mx.x", "m..x"], ["m.x", "mxx.x"]],
    ["mx[1-3].x", ["mx1.x", "mx3.x"], ["mx4.x", "mx.x", "mx-.x"]],
    ["mx[!1-3].x", ["mx4.x", "mx-.x"], ["mx1.x"]],
    ["[]a].x", ["].x", "a.x"], ["b.x"]],
    ["[a-].x", ["a.x", "-.x"], ["b.x"]],
    ["\\*.x", ["*.x"], ["a.x"]],
    ["a\\\\", ["a\\"], ["a"]],
  ];
  for (const [pattern, yes, no] of rows) {
    test(pattern, () => {
      const fits = compileGlob(pattern);
      expect(fits).not.toBeNull();
      expect(yes.filter((name) => fits?.(name) !== true)).toEqual([]);
      expect(no.filter((name) => fits?.(name) === true)).toEqual([]);
    });
  }

  for (const pattern of ["", "a[", "[]", "[!]", "a[b"]) {
    test(`that is none: "${pattern}"`, () => expect(compileGlob(pattern)).toBeNull());
  }

  test("is matched in time with a name of a stranger's", () => {
    const fits = compileGlob(`${"*a".repeat(30)}*b`);
    expect(fits?.("a".repeat(20_000))).toBeFalse();
  });
});
