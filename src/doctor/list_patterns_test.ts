/** Patterns of a list: tables, files, and what is negated. */
import { expect, test } from "bun:test";
import { withValues } from "../../test/support/sound_set_up.ts";
import {
  indexedFiles,
  innerLists,
  recordsAll,
  tableFiles,
  unsupportedTables,
} from "./list_patterns.ts";

const LIST =
  "a.example, !hash:/etc/a inline:{ b.example = x, c.example = y } !/etc/b texthash:/etc/c regexp:/etc/d cidr:/etc/e";

test("tables and files of a list", () => {
  expect(unsupportedTables(LIST)).toEqual(["!hash:/etc/a", "cidr:/etc/e"]);
  expect(indexedFiles(LIST)).toEqual(["/etc/a"]);
  expect(innerLists(LIST)).toEqual(["/etc/b"]);
  expect(tableFiles(LIST)).toEqual(["/etc/c", "/etc/d"]);
});

test("static: records everything, unless negated", () => {
  const all = (fast_flush_domains: string): boolean =>
    recordsAll(withValues({ fast_flush_domains }).configuration);
  expect(all("!a.example, static:all")).toBeTrue();
  expect(all("!static:all")).toBeFalse();
  expect(all("a.example")).toBeFalse();
});
