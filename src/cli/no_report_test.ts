/** How a command ends that has no report: the status is what scripts go by. */
import { expect, test } from "bun:test";
import type { Answer } from "../client/ask.ts";
import { OsError } from "../effects/os_error.ts";
import { STATUS } from "../wire/request.ts";
import { noReport } from "./no_report.ts";

const PLACE = {
  path: "/queue/public/\x1b[2J",
  configDirectory: "/etc/postfix",
  mailOwner: "postfix",
  mayAsk: true,
};

function unreachable(code: string): Answer {
  return { kind: "unreachable", error: new OsError(code, "connect") };
}

const ROWS: ReadonlyArray<
  readonly [what: string, answer: Answer, status: number, said: string, mayAsk?: false]
> = [
  ["too many clients", unreachable("EAGAIN"), 75, "/?[2J has too many clients: nothing was asked"],
  ["not let in", unreachable("EACCES"), 77, "Not permitted: only root and the mail owner"],
  ["kept out by a policy", unreachable("EPERM"), 77, "Not permitted: only root and the mail owner"],
  ["nobody there", unreachable("ENOENT"), 69, "No flush service listens at /queue/public/?[2J ("],
  ["the original", { kind: "unknown" }, 69, "The original flush service answers at "],
  ["what it is not told", { kind: "unknown" }, 77, "Not permitted: ", false],
  ["a stranger", { kind: "stranger" }, 69, "is no flush service."],
  ["no answer", { kind: "mute", why: "it is late" }, 75, "did not answer: it is late. Nothing was"],
  [
    "half an answer",
    { kind: "incomplete", why: "it broke off" },
    75,
    "Not complete: it broke off.",
  ],
  [
    "another version",
    { kind: "done", status: STATUS.bad, totals: new Map() },
    69,
    "it is of another version",
  ],
];

for (const [what, answer, status, said, mayAsk = true] of ROWS) {
  test(`${what}: ${status}`, () => {
    const error = noReport(answer, { ...PLACE, mayAsk });
    expect<number | undefined>(error?.status).toBe(status);
    expect(error?.message).toContain(said);
    expect(error?.message).not.toContain("\x1b");
  });
}

test("what is to be typed is for the instance that was meant, and its service", () => {
  const place = { ...PLACE, path: "/queue/public/ff", configDirectory: "/etc/postfix out" };
  expect(noReport(unreachable("ENOENT"), place)?.message).toEndWith(
    `("postfix -c '/etc/postfix out' status"), and is the service in its master.cf ` +
      `("postconf -c '/etc/postfix out' -M ff/unix")? ` +
      `"fastflush -c '/etc/postfix out' doctor" looks for the cause, and says what mends it.`,
  );
  expect(noReport({ kind: "unknown" }, place)?.message).toContain(
    `"postqueue -c '/etc/postfix out' -s SITE"`,
  );
  expect(noReport({ kind: "unknown" }, PLACE)?.message).toContain('"postqueue -s SITE"');
});

test("who does not answer as a flush service does is the doctor's to examine", () => {
  const answers: readonly Answer[] = [
    { kind: "mute", why: "no greeting within 20 seconds" },
    { kind: "stranger" },
    unreachable("ECONNREFUSED"),
  ];
  const out = { ...PLACE, configDirectory: "/etc/postfix out" };
  for (const answer of answers) {
    expect(noReport(answer, PLACE)?.message).toEndWith(
      ' "fastflush doctor" looks for the cause, and says what mends it.',
    );
    expect(noReport(answer, out)?.message).toContain(`"fastflush -c '/etc/postfix out' doctor"`);
  }
});

test("a report is none", () => {
  const answer = { kind: "done", status: STATUS.ok, totals: new Map() } as const;
  expect(noReport(answer, PLACE)).toBeNull();
});
