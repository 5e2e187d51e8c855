/** What the doctor prints, and how it ends. */
import { describe, expect, test } from "bun:test";
import { CommandRig } from "../../../test/support/command_rig.ts";
import type { Diagnosis } from "../../doctor/examine.ts";
import { diagnosisJson, diagnosisStatus, diagnosisText } from "./doctor.ts";

const DIAGNOSIS: Diagnosis = {
  findings: [
    { id: "log-rights", what: "Not postfix's: /queue/flush/a\x1b[2J.", command: "chown 'a\nb'" },
    { id: "max-use-default", what: "It is 100.", command: null },
  ],
  wells: ["Postfix runs"],
  unseen: [
    { what: "/queue/deferred", why: "Permission denied", isForbidden: true },
    { what: "the record", why: "it takes too long", isForbidden: false },
  ],
};

test("for people: each finding with its name, reason and command; nothing unprintable", () => {
  expect(diagnosisText(DIAGNOSIS)).toBe(
    "error    Not postfix's: /queue/flush/a?[2J. [log-rights]\n" +
      "         The service can't read or write it: its site is neither recorded nor flushed; or others can.\n" +
      "         Run: chown 'a?b'\n" +
      "advice   It is 100. [max-use-default]\n" +
      "         Starting anew after every 100 clients makes the service slower than the original.\n" +
      "not seen /queue/deferred: Permission denied. Root can.\n" +
      "not seen the record: it takes too long.\n" +
      "ok       Postfix runs\n" +
      "1 error, 0 warnings, 1 piece of advice; 1 check found nothing wrong, 2 things not seen.\n",
  );
});

test("for people: nothing unprintable in what was not seen, and what is good", () => {
  const unseen = [{ what: "/queue/\x1b[2J", why: "odd\x9b\x07", isForbidden: false }];
  const text = diagnosisText({ findings: [], wells: ["fast_flush_domains is \x1b]0;x"], unseen });
  expect(text).toStartWith("not seen /queue/?[2J: odd??.\nok       fast_flush_domains is ?]0;x\n");
});

test("for programs: the same, a line each, and an end that says whether all was seen", () => {
  const lines = diagnosisJson(DIAGNOSIS).trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      ...{ item: "finding", id: "log-rights", severity: "error" },
      ...{ what: "Not postfix's: /queue/flush/a\x1b[2J.", why: expect.any(String) },
      command: "chown 'a\nb'",
    },
    expect.objectContaining({ item: "finding", id: "max-use-default", command: null }),
    { item: "unseen", what: "/queue/deferred", why: "Permission denied" },
    { item: "unseen", what: "the record", why: "it takes too long" },
    { item: "well", what: "Postfix runs" },
    { item: "end", status: "failed", errors: 1, warnings: 0, advice: 1, wells: 1, unseen: 2 },
  ]);
  expect(lines[0]).toContain("\\u001b");
  const seen = diagnosisJson({ ...DIAGNOSIS, unseen: [] });
  expect(seen).toContain('"status":"done"');
});

describe("the exit status", () => {
  const forbidden = { what: "/queue", why: "Permission denied", isForbidden: true };
  const slow = { what: "the record", why: "it takes too long", isForbidden: false };
  for (const [what, ids, unseen, status] of [
    ["nothing found", [], [], 0],
    ["an error", ["log-rights"], [], 1],
    ["a warning", ["wakeup-off"], [], 1],
    ["advice", ["max-use-default"], [], 0],
    ["what another user could see", ["log-rights"], [forbidden], 77],
    ["what nobody could see", [], [slow], 0],
  ] as const) {
    test(`of ${what}: ${status}`, () => {
      const findings = ids.map((id) => ({ id, what: "", command: null }));
      expect(diagnosisStatus({ findings, wells: [], unseen })).toBe(status);
    });
  }
});

describe("fastflush doctor", () => {
  test("without postconf says that, and ends with status 78", async () => {
    const rig = new CommandRig();
    expect(await rig.run("doctor")).toBe(78);
    expect(rig.terminal.outText).toBe("");
    expect(rig.terminal.errText).toContain("postconf is not found");
  });

  test("looks at nothing where a site is none", async () => {
    const rig = new CommandRig();
    expect(await rig.run("doctor", "user@example.com")).toBe(64);
    expect(rig.programs.lines).toEqual([]);
    expect(rig.directories).toEqual([]);
  });

  test("has help with examples", async () => {
    const rig = new CommandRig();
    expect(await rig.run("doctor", "--help")).toBe(0);
    expect(rig.terminal.outText).toContain("fastflush doctor example.com");
  });
});
