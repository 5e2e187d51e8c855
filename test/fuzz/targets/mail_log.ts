/**
 * The mail log, in which strangers have a word in each line.
 *
 * Promised: the same lines however they come; from a line no more than one event, of a message that can be, with parts
 * that the line has.
 */
import type { Descriptor, FileStatus } from "../../../src/effects/files.ts";
import { LogFile } from "../../../src/following/log_file.ts";
import { parseLogLine } from "../../../src/following/log_line.ts";
import { parseQueueId } from "../../../src/names/names.ts";
import { pick, type Random } from "../../support/random.ts";
import { inPieces } from "../mutate.ts";
import { mustBeSame, mustHold, type Target } from "../target.ts";

const TIMES = ["Nov 26 12:00:00", "Nov  6 12:00:00", "2026-11-26T12:00:00.123456+00:00"];
const ADDRESSES = ["u@one.example", '"a>, status=sent ("@x.example', '"\\""@x', "", "\xff@x"];
const TEXTS = [
  "to=<A>, relay=mx.example[192.0.2.1]:25, delay=1.2, delays=0.1/0/0.5/0.6, dsn=2.0.0, status=sent (250 ok)",
  "to=<A>, orig_to=<A>, relay=none, delay=1e+05, delays=1e+05/0/0/0, dsn=4.4.1, status=deferred (refused)",
  "to=<A>, relay=none, delay=1, delays=1/0/0/0, tls=may?, dsn=4.4.1, status=deferred (refused)",
  "to=<A>, relay=x, conn_use=3, delay=0, delays=0/0/0/0, dsn=5.1.1, status=bounced (no (such) user)",
  "from=<A>, status=expired, returned to sender",
  "removed",
  "from=<A>, size=1, nrcpt=1 (queue active)",
];

/** See log_file.ts. */
const LINE_BYTES_MAX = 16 * 1024;

function drawLog(random: Random): string {
  const lines = Array.from({ length: random(6) }, () => {
    const text = pick(random, TEXTS).replaceAll("A", () => pick(random, ADDRESSES));
    const program = pick(random, ["postfix/smtp", "postfix/qmgr", "post-fix/x/smtp", "other"]);
    return `${pick(random, TIMES)} relay ${program}[${random(99_999)}]: ABC${random(10)}: ${text}\n`;
  });
  return lines.join("");
}

/** A log that grows by these pieces, one between two reads. */
async function linesOf(pieces: readonly string[]): Promise<string[]> {
  const bytes = Buffer.from(pieces.join(""), "latin1");
  let sizeBytes = 0;
  const status = (): FileStatus => ({
    ...{ kind: "file", mode: 0o600, uid: 0, gid: 0, linkCount: 1, device: 1n, inode: 1n },
    ...{ atimeNs: 0n, mtimeNs: 0n, ctimeNs: 0n, sizeBytes },
  });
  const read = (_: Descriptor, into: Uint8Array, position: number): number =>
    bytes.copy(into, 0, position, Math.min(sizeBytes, position + into.length));
  const open = (): Descriptor => 3 as Descriptor;
  const log = new LogFile({ open, close: () => {}, status, statusOf: status, read }, "/log", false);
  const lines: string[] = [];
  for (const piece of pieces) {
    sizeBytes += piece.length;
    await log.read((line) => lines.push(line));
  }
  log.close();
  return lines;
}

function checkLine(line: string): string {
  const parsed = parseLogLine(line);
  if (parsed === null) {
    return "other";
  }
  const { event } = parsed;
  mustHold("a queue ID", parseQueueId(event.queueId) !== null);
  if (event.kind === "delivery") {
    const parts = [event.address, event.relay, event.status, event.response];
    mustHold(
      "parts are of the line",
      parts.every((part) => line.includes(part)),
    );
    const mark = `: ${event.queueId}: `;
    const text = line.slice(line.indexOf(mark) + mark.length);
    mustHold("the first address counts", text.startsWith(`to=<${event.address}>, `));
    return event.outcome;
  }
  return event.kind;
}

export const MAIL_LOG: Target = {
  name: "mail_log",
  draw: drawLog,
  tokens: [
    ...ADDRESSES,
    ...TIMES,
    "\n",
    "status=sent (",
    "to=<",
    ">, ",
    "ABC1: ",
    "removed",
    "dsn=2.0.0, ",
    "x".repeat(20_000),
  ],
  read: async (input, random) => {
    const lines = await linesOf([input]);
    mustBeSame("in one piece and in many", await linesOf(inPieces(input, random)), lines);
    const all = input.split("\n").slice(0, -1);
    const want = all.filter((line) => line.length <= LINE_BYTES_MAX);
    mustBeSame("the log's lines", lines, want);
    const outcomes = lines.map(checkLine);
    return outcomes.find((outcome) => outcome !== "other") ?? "none";
  },
};
