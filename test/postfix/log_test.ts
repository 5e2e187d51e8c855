/**
 * The service's lines in the log of a real Postfix: tag, severity, local time, with and without a jail.
 *
 * The zone is one that is never UTC; in the jail there is no zone file to read.
 */
import { expect } from "bun:test";
import { flushRequest } from "../../lab/flush_request.ts";
import type { LogLine } from "../../lab/maillog.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { linesSince } from "../contract/small_master.ts";
import { describeServices } from "./services.ts";

/** Five and a half hours before UTC's clock, all year round. */
const ZONE = "Asia/Kolkata";
const ZONE_OFFSET_MS = 5.5 * 60 * 60 * 1000;

/** What master(8) lets through to its children: the default, with a zone. */
const MAIN = {
  import_environment: `MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ=${ZONE} LANG=C POSTLOG_SERVICE POSTLOG_HOSTNAME`,
};

/** What ours says where no more than a log is made, sent and gone over; sorted. */
const OUR_LINES = [
  /^flush: queue_id=ABC123, uid=0, pid=[0-9]+, absent$/,
  /^flush: site=one\.example, uid=0, pid=[0-9]+, released=0, kept=0, gone=1, skipped=0, failed=0, seconds=[0-9.]+$/,
  /^rebuild: complete, messages=0, unreadable=0, written=0, seconds=[0-9.]+$/,
];

/** `Mon dd HH:MM:SS` in the zone, for every second from one time to another. */
function secondsBetween(start_ms: number, end_ms: number): string[] {
  const first = Math.floor(start_ms / 1000);
  const last = Math.floor(end_ms / 1000);
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const text = new Date((first + index) * 1000 + ZONE_OFFSET_MS).toUTCString();
    const [, day, month, , time] = text.split(" ");
    return `${month} ${day} ${time}`;
  });
}

/** The service's own lines. */
function linesOf(instance: PostfixInstance): LogLine[] {
  return instance.log.linesSince(0).filter(({ tag }) => tag === "postfix/flush");
}

/** Asks what the service must warn of; waits for the line. */
async function provoke(instance: PostfixInstance, text: string): Promise<LogLine> {
  const words = ["request", "add", "site", "[127.0.0.1]", "queue_id", "ABC123"];
  const answer = await flushRequest(instance.flushSocket(), words);
  expect(answer).toEqual({ kind: "status", status: 4 });
  return await instance.waitFor(`the line "${text}"`, () =>
    linesOf(instance).find((line) => line.text === text),
  );
}

describeServices("log", (labTest, service) => {
  for (const chroot of [true, false]) {
    const name = `a warning - tag, pid and local time, chroot ${chroot ? "y" : "n"}`;
    labTest(name, { chroot, main: MAIN }, async (instance) => {
      const start_ms = Date.now();
      const line = await provoke(
        instance,
        "warning: midna_domain_to_ascii_create: Problem translating domain " +
          '"[127.0.0.1]" to ASCII form: malformed ASCII label(s)',
      );
      expect(secondsBetween(start_ms, Date.now())).toContain(line.time);
      expect(instance.flushPids(service.command)).toContain(line.pid);
    });
  }

  // Without master's own wake-up, which would come at a moment of its own.
  const quiet = "no -v - what goes well is not logged, but for a line of ours each";
  labTest(quiet, { wake_up: "0" }, async (instance) => {
    for (const words of [
      ["request", "add", "site", "one.example", "queue_id", "ABC123"],
      ["request", "send_site", "site", "one.example"],
      ["request", "send_file", "queue_id", "ABC123"],
      ["request", "rfrsh"],
      ["request", "purge"],
    ]) {
      const answer = await flushRequest(instance.flushSocket(), words);
      expect(answer).toEqual({ kind: "status", status: 0 });
    }
    const wanted = service.command === "flush" ? [] : OUR_LINES;
    const isThere = (pattern: RegExp): boolean =>
      linesOf(instance).some(({ text }) => pattern.test(text));
    await instance.waitFor("our lines", () => wanted.every(isThere));
    const texts = (await linesSince(instance, 0))
      .filter(({ tag }) => tag === "postfix/flush")
      .map(({ text }) => text);
    expect(texts.toSorted()).toEqual(wanted.map((pattern) => expect.stringMatching(pattern)));
  });

  labTest("-v - says what is done", { args: ["-v"] }, async (instance) => {
    const words = ["request", "add", "site", "One.example", "queue_id", "ABC123"];
    const answer = await flushRequest(instance.flushSocket(), words);
    expect(answer).toEqual({ kind: "status", status: 0 });
    await instance.waitFor("the verbose lines", () => {
      const texts = linesOf(instance).map(({ text }) => text);
      return [
        "connection established",
        "flush_add_service: site One.example queue_id ABC123",
        "send attr status = 0",
      ].every((wanted) => texts.includes(wanted));
    });
    expect(instance.record().get("one_example")).toEqual(["ABC123"]);
  });
});
