import { expect, test } from "bun:test";
import { type AuditVerdict, judgeAudit } from "./audit.ts";

const ROWS: readonly (readonly [string, unknown, AuditVerdict])[] = [
  ["none", { vulnerabilities: {} }, { kind: "clean" }],
  [
    "two, one by way of the other",
    {
      vulnerabilities: {
        a: { name: "a", severity: "high", range: "<2", via: [{ title: "Overflow" }] },
        b: { name: "b", severity: "low", range: "*", via: ["a"] },
      },
    },
    { kind: "found", advisories: ["a <2: high: Overflow", "b *: low: by way of a"] },
  ],
  [
    "a registry that has no such service",
    { message: "405 Method Not Allowed", statusCode: 405 },
    { kind: "unanswered", why: "405 Method Not Allowed" },
  ],
];

test.each(ROWS)("an audit: %s", (_, report, verdict) => {
  expect(judgeAudit(JSON.stringify(report))).toEqual(verdict);
});

test("an audit: no report at all", () => {
  expect(judgeAudit("\n")).toEqual({ kind: "unanswered", why: "no report: " });
});
