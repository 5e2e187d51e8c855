/** The verdict over planted test runs: what passes, and each thing that must not. */
import { describe, expect, test } from "bun:test";
import type { TestCase } from "./junit_report.ts";
import { type FileRun, judge, summary } from "./verdict.ts";

const GOOD: TestCase = { name: "adds", assertions: 1, outcome: "passed" };

function run(cases: readonly TestCase[], status = 0): FileRun {
  return { file: "src/a_test.ts", status, cases };
}

describe("judge", () => {
  test("a run in which all tests passed", () => {
    const verdict = judge([run([GOOD, GOOD]), run([GOOD])], 3);
    expect(verdict.failures).toEqual([]);
    expect(verdict.tests).toBe(3);
    expect(summary(verdict)).toBe("3 passed, 0 failed");
  });

  test("a skipped test, and one in a skipped group, with their reasons", () => {
    const own: TestCase = { name: "x (skipped: no IPv6)", assertions: 0, outcome: "skipped" };
    const group: TestCase = { name: "g (skipped: no tty) > y", assertions: 0, outcome: "skipped" };
    const verdict = judge([run([GOOD, own, group])], 3);
    expect(verdict.skips).toEqual([
      "src/a_test.ts: x (skipped: no IPv6)",
      "src/a_test.ts: g (skipped: no tty) > y",
    ]);
    expect(summary(verdict)).toBe("1 passed, 0 failed, 2 skipped");
  });

  const bad: ReadonlyArray<readonly [name: string, run: FileRun, failure: string, line: string]> = [
    [
      "a failed test",
      run([GOOD, { ...GOOD, name: "cuts", outcome: "failed" }], 1),
      "src/a_test.ts: cuts",
      "1 passed, 1 failed",
    ],
    [
      "a failed test whose error says why",
      run([GOOD, { ...GOOD, name: "cuts", outcome: "failed", message: "got:\n\n5\n" }], 1),
      "src/a_test.ts: cuts\n  got:\n  5",
      "1 passed, 1 failed",
    ],
    [
      "a test without an assertion",
      run([GOOD, { ...GOOD, name: "idles", assertions: 0 }]),
      "src/a_test.ts: idles: passed without an assertion",
      "1 passed, 1 failed",
    ],
    [
      "a test whose number of assertions is not known",
      run([GOOD, { ...GOOD, name: "idles", assertions: Number.NaN }]),
      "src/a_test.ts: idles: passed without an assertion",
      "1 passed, 1 failed",
    ],
    [
      "a skipped test without a reason",
      run([GOOD, { ...GOOD, name: "later", outcome: "skipped" }]),
      'src/a_test.ts: later: skipped without a reason: name it "... (skipped: REASON)"',
      "1 passed, 1 failed",
    ],
    [
      "a file that ended well but left no report",
      run([], 0),
      "src/a_test.ts: no report (exit status 0): it crashed, exited or holds no test",
      "0 passed, 1 failed",
    ],
    [
      "a runner that ended badly although every test passed",
      run([GOOD], 1),
      "src/a_test.ts: exit status 1 although no test failed",
      "1 passed, 1 failed",
    ],
  ];
  for (const [name, planted, failure, line] of bad) {
    test(`fails for ${name}`, () => {
      const verdict = judge([planted], 0);
      expect(verdict.failures).toEqual([failure]);
      expect(summary(verdict)).toBe(line);
    });
  }

  test("fails for fewer tests than are committed, or a number that cannot be read", () => {
    expect(judge([run([GOOD])], 2).failures).toEqual([
      "1 tests, test/count.txt says 2: bring the missing ones back",
    ]);
    expect(judge([run([GOOD])], Number.NaN).failed).toBe(1);
    expect(judge([], 1).failed).toBe(1);
  });
});
