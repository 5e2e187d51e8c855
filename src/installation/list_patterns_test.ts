/** Patterns of a list: tables, files, and what is negated. */
import { describe, expect, test } from "bun:test";
import { allPatterns, patternsOf, tableFiles, unknownTypes } from "./list_patterns.ts";

const LIST =
  "a.example, !hash:/etc/a inline:{ b.example = x, c.example = y } !/etc/b texthash:/etc/c regexp:/etc/d cidr:/etc/e [::1]";

test("tables and files of a list", () => {
  const patterns = patternsOf(LIST);
  expect(unknownTypes(patterns, new Set(["inline", "texthash", "regexp"]))).toEqual([
    "cidr",
    "hash",
  ]);
  expect(patterns.flatMap(({ list }) => list ?? [])).toEqual(["/etc/b"]);
  expect(tableFiles(patterns)).toEqual(["/etc/c", "/etc/d"]);
});

test("what is negated twice is not", () => {
  expect(patternsOf("a !b !!c !!!d").map(({ isNegated }) => isNegated)).toEqual([
    ...[false, true, false, true],
  ]);
});

describe("files that a list names", () => {
  const files: Readonly<Record<string, string>> = {
    "/a": "one.example # hash:/no\n#cidr:/no\n  # cidr:/no\n/b, two#.example\n",
    "/b": "/a pcre:/x",
  };
  const asked: string[] = [];
  const patterns = allPatterns("zero.example, !/a /a /none", (path) => {
    asked.push(path);
    return files[path] ?? "";
  });

  test("are asked for once", () => {
    expect(asked.toSorted()).toEqual(["/a", "/b", "/none"]);
  });

  test("count but for their comments", () => {
    expect(patterns.map(({ token }) => token).toSorted()).toEqual([
      ...["!/a", "/a", "/a", "/b", "/none", "one.example", "pcre:/x", "two#.example"],
      "zero.example",
    ]);
  });
});
