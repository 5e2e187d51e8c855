/** The report reader, on reports as Bun 1.4.5 wrote them and on text that is none. */
import { describe, expect, test } from "bun:test";
import { readReport } from "./junit_report.ts";

/** Written by Bun for a planted test file, shortened in its attributes only. */
const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="20" assertions="12" failures="8" skipped="3" time="0.56">
  <testsuite name="src/a_test.ts" file="src/a_test.ts" tests="11" assertions="7" failures="2" skipped="3">
    <testcase name="one" classname="" time="0.000028" file="src/a_test.ts" line="2" assertions="2" />
    <testcase name="skipped (skipped: no &lt;b&gt; &amp; &quot;reason&quot;&#10;)" classname="" assertions="0">
      <skipped />
    </testcase>
    <testcase name="todo one" classname="" time="0" file="src/a_test.ts" line="6" assertions="0">
      <skipped message="TODO" />
    </testcase>
    <testsuite name="group" file="src/a_test.ts" line="7" tests="2" assertions="1" failures="2" skipped="0">
      <testcase name="inner" classname="group" file="src/a_test.ts" line="7" assertions="1">
        <failure type="AssertionError" message="expect(received)&#10;">Expected: 2&#10; &lt;x&gt;]]&gt;</failure>
      </testcase>
      <testsuite name="deeper" file="src/a_test.ts" line="7" tests="1" assertions="0" failures="1" skipped="0">
        <testcase name="throws" classname="deeper &gt; group" file="src/a_test.ts" line="7" assertions="0">
          <failure type="Error" message="boom &lt;testcase&gt;" />
        </testcase>
      </testsuite>
    </testsuite>
    <testcase name="last" classname="" time="0.000028" file="src/a_test.ts" line="2" assertions="3" />
  </testsuite>
</testsuites>
`;

describe("readReport", () => {
  test("reads names, groups, assertions and outcomes", () => {
    expect(readReport(REPORT)).toEqual([
      { name: "one", assertions: 2, outcome: "passed" },
      { name: 'skipped (skipped: no <b> & "reason"\n)', assertions: 0, outcome: "skipped" },
      { name: "todo one", assertions: 0, outcome: "skipped" },
      { name: "group > inner", assertions: 1, outcome: "failed", message: "expect(received)\n" },
      {
        name: "group > deeper > throws",
        assertions: 0,
        outcome: "failed",
        message: "boom <testcase>",
      },
      { name: "last", assertions: 3, outcome: "passed" },
    ]);
  });

  test("finds no test case in what is not a report", () => {
    expect(readReport("")).toEqual([]);
    expect(readReport("<testsuites></testsuites><failure />")).toEqual([]);
    expect(readReport("1 pass\n0 fail\n")).toEqual([]);
  });
});
