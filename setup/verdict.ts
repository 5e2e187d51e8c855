/**
 * The verdict over a test run: how many tests passed, failed and were skipped, and what speaks against it.
 *
 * More than the runner's own opinion. Also failures, each counted as one failed test: a test file without a
 * report (it called process.exit, crashed, or holds no test), a test that asserted nothing, a skipped test that
 * gives no reason, a runner that reports success and exits otherwise, and fewer tests than were committed.
 */
import type { TestCase } from "./junit_report.ts";

/** What came of running one test file. */
export interface FileRun {
  readonly file: string;
  /** The runner's exit status; 128 and the signal's number after a signal. */
  readonly status: number;
  readonly cases: readonly TestCase[];
}

export interface Verdict {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** All tests that took part, whatever came of them. */
  readonly tests: number;
  /** A line for each that failed; those behind it say why, as far as is known. */
  readonly failures: readonly string[];
  /** One line for each that was skipped, with its reason. */
  readonly skips: readonly string[];
}

/** A skipped test or its group says why in its name: "delivers over TLS (skipped: no certificate)". */
const SKIP_REASON = /\(skipped: [^)]+\)/;

/** Of an error's message; the whole is shown where the file ended. */
const REASON_LINES_MAX = 15;

/** Judges a run of all test files; `committed` is the number of tests that there must be at least. */
export function judge(runs: readonly FileRun[], committed: number): Verdict {
  const failures: string[] = [];
  const skips: string[] = [];
  let tests = 0;
  let passed = 0;
  for (const run of runs) {
    const before = failures.length;
    tests += run.cases.length;
    passed += run.cases.filter((test) => judgeCase(run.file, test, failures, skips)).length;
    if (failures.length === before) {
      failures.push(...fileFailure(run));
    }
  }
  // Not "fewer": a number that could not be read must not pass either.
  if (!(tests >= committed)) {
    failures.push(`${tests} tests, test/count.txt says ${committed}: bring the missing ones back`);
  }
  return { passed, failed: failures.length, skipped: skips.length, tests, failures, skips };
}

/** Whether it passed; if not, a line is added to one of the lists. */
function judgeCase(file: string, test: TestCase, failures: string[], skips: string[]): boolean {
  const title = `${file}: ${test.name}`;
  if (test.outcome === "skipped" && SKIP_REASON.test(test.name)) {
    skips.push(title);
  } else if (test.outcome === "skipped") {
    failures.push(`${title}: skipped without a reason: name it "... (skipped: REASON)"`);
  } else if (test.outcome === "failed") {
    failures.push(test.message === undefined ? title : `${title}\n${shortened(test.message)}`);
  } else if (test.assertions > 0) {
    return true;
  } else {
    failures.push(`${title}: passed without an assertion`);
  }
  return false;
}

/** The beginning of a message, indented: who reads the end of a long log finds the reason there. */
function shortened(message: string): string {
  const lines = message.split("\n").filter((line) => line.trim() !== "");
  return lines
    .slice(0, REASON_LINES_MAX)
    .map((line) => `  ${line}`)
    .join("\n");
}

/** What is wrong with a file none of whose tests failed. */
function fileFailure({ file, status, cases }: FileRun): string[] {
  if (cases.length === 0) {
    return [`${file}: no report (exit status ${status}): it crashed, exited or holds no test`];
  }
  return status === 0 ? [] : [`${file}: exit status ${status} although no test failed`];
}

/** The last line of a test run, the same for people and for machines. */
export function summary({ passed, failed, skipped }: Verdict): string {
  const counts = `${passed} passed, ${failed} failed`;
  return skipped === 0 ? counts : `${counts}, ${skipped} skipped`;
}
