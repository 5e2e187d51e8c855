import { expect, test } from "bun:test";
import { parseSummary } from "./system_calls.ts";

test("parseSummary reads the counts, with and without errors", () => {
  const text = [
    "% time     seconds  usecs/call     calls    errors syscall",
    "------ ----------- ----------- --------- --------- ----------------",
    " 60.00    0.000600           3       200           write",
    " 40.00    0.000400           4       100         7 openat",
    "------ ----------- ----------- --------- --------- ----------------",
    "100.00    0.001000           3       300         7 total",
    "",
  ].join("\n");
  expect([...parseSummary(text)]).toEqual([
    ["write", 200],
    ["openat", 100],
  ]);
});
