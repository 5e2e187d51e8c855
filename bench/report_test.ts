import { describe, expect, test } from "bun:test";
import { ratioGoal } from "./lines.ts";
import { markdownReport, plainOutcome } from "./report.ts";
import type { Outcome } from "./run_sections.ts";

function outcome(name: string, result: Outcome["result"]): Outcome {
  const measure = async () => ({ lines: [] });
  return { section: { name, what: "how fast", minutes: 1, measure }, result, seconds: 61.4 };
}

const GOOD = outcome("add", {
  lines: [
    { what: "adds", unit: "/s", original: [10, 20], ours: [40, 80], goal: ratioGoal("≥", 3) },
  ],
  tables: [{ title: "more", head: ["a"], rows: [["b"]] }],
});
const BAD = outcome("send", { failure: "check: one message is missing" });

describe("the report", () => {
  test("shows a section's tables", () => {
    expect(plainOutcome(GOOD)).toBe(
      [
        "add: how fast",
        "what      original  ours  ratio (least to greatest)   goal  met  limit",
        "adds, /s      15.0  60.0                       4.00  ≥ 3 ×  yes",
        "",
        "add: more",
        "a",
        "b",
      ].join("\n"),
    );
  });

  test("says why a section has none", () => {
    expect(plainOutcome(BAD)).toBe("send: FAILED: check: one message is missing");
  });

  test("ends with all of it in Markdown", () => {
    const text = markdownReport([GOOD, BAD], ["date: today"]);
    expect(text).toStartWith("- date: today\n- time taken: add 61 s, send 61 s\n\n");
    expect(text).toMatch(/^\| adds, \/s \|/m);
    expect(text).toContain("**add: more**");
    expect(text).toEndWith("\n\n**send: FAILED: check: one message is missing**");
  });
});
