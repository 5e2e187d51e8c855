/**
 * Logs larger than any that come about by themselves: of a hundred megabytes, in many lines or in one, and with a
 * million messages. A flush gets all mail out; adds are answered meanwhile; the process holds little more for it.
 *
 * Short: a small part of that. Many logs: test/postfix/many_logs_test.ts, which `npm run faults` runs with 100,000.
 */
import { expect, test } from "bun:test";
import { appendFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { MessageFiles } from "../../bench/message_files.ts";
import { FlushConnection } from "../../lab/flush_request.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { useOf } from "../../lab/processes.ts";
import { withPlainInstance } from "../postfix/plain_instance.ts";
import { add, expectNoDeath, OK, sendSite, wakeUp } from "./faulty_instance.ts";
import { FAULT_LIMIT_MS, scaled, tellFigures } from "./scale.ts";

const SITE = "large.example";
const MEGABYTE = 1_000_000;

/** DESIGN's line for a process that knows a million entries is 96 MB in all, of which it starts with some 40. */
const MEMORY_GROWTH_MAX = 96 * 1024 * 1024;

/** A log, and how it becomes so large. */
interface Large {
  readonly what: string;
  readonly messages: number;
  /** Brings the log, of which each message is a line by now, to its size. */
  readonly fill: (log: string, ids: readonly string[]) => void;
}

/** Appends the same text until so many bytes are there. */
function repeat(log: string, text: string, size_bytes: number): void {
  const piece = text.repeat(Math.ceil(MEGABYTE / text.length));
  while (statSync(log).size < size_bytes) {
    appendFileSync(log, piece);
  }
}

const LARGE_BYTES = scaled(MEGABYTE / 5, 100 * MEGABYTE);
const LARGE_LOG = `a log of ${LARGE_BYTES / MEGABYTE} MB`;
const MANY = scaled(1000, 1_000_000);

/** A million messages take their time. */
const SEND_LIMIT_MS = 10 * 60 * 1000;

const LARGE: readonly Large[] = [
  { what: `a log of ${MANY} messages`, messages: MANY, fill: () => {} },
  {
    what: `${LARGE_LOG}, in which each of 100 messages is repeated, as the original leaves it`,
    messages: 100,
    fill: (log, ids) => repeat(log, `${ids.join("\n")}\n`, LARGE_BYTES),
  },
  {
    what: `${LARGE_LOG}, all but some entries one line without an end`,
    messages: 100,
    fill: (log) => repeat(log, "x", LARGE_BYTES),
  },
  {
    what: `${LARGE_LOG}, all but some entries zeros, as after a power failure`,
    messages: 100,
    fill: (log) => repeat(log, "\0", LARGE_BYTES),
  },
];

/** Adds for other sites, one after the other, until `work` is done; how many there were. */
async function addMeanwhile(instance: PostfixInstance, work: Promise<unknown>): Promise<number> {
  let is_over = false;
  const over = work.finally(() => {
    is_over = true;
  });
  let count = 0;
  for (; !is_over; count++) {
    expect(await add(instance, `other${count % 10}.example`, "ABC123")).toEqual(OK);
  }
  await over;
  return count;
}

async function sendLarge(instance: PostfixInstance): Promise<void> {
  const connection = await FlushConnection.open(instance.flushSocket(), SEND_LIMIT_MS);
  connection.write(`request\0send_site\0site\0${SITE}\0\0`);
  expect(await connection.answer).toEqual(OK);
}

const ENTRIES = [
  {
    service: "flush",
    command: "fastflush/flush",
    chroot: true,
    wakeup: "0",
    args: ["-o", "max_use=10000000"],
  },
] as const;

for (const { what, messages, fill } of LARGE) {
  test(
    `${what} - all mail is released, others are served meanwhile, little memory is used`,
    () =>
      withPlainInstance({ entries: ENTRIES, main: {} }, async (instance) => {
        const files = new MessageFiles(instance, SITE, messages);
        files.create();
        files.restore();
        const log = join(instance.queue_folder, "flush/large_example");
        fill(log, files.ids);
        expect(await add(instance, "other.example", "ABC123")).toEqual(OK);
        const [pid = 0, ...others] = instance.flushPids("fastflush/flush");
        expect(others).toEqual([]);
        const before_bytes = useOf(pid)?.memory_bytes ?? 0;
        const size_bytes = statSync(log).size;
        const start_ms = performance.now();

        // A wake-up takes out what is no entry of a message; the flush has all the rest.
        const compacted = await addMeanwhile(instance, wakeUp(instance));
        const compacted_bytes = statSync(log).size;
        const middle_ms = performance.now();
        const sent = await addMeanwhile(instance, sendLarge(instance));
        const growth_bytes = (useOf(pid)?.memory_bytes ?? 0) - before_bytes;

        files.check(what);
        expect(compacted + sent).toBeGreaterThan(0);
        expect(growth_bytes).toBeLessThan(MEMORY_GROWTH_MAX);
        expect(instance.flushPids("fastflush/flush")).toEqual([pid]);
        expect(await sendSite(instance, SITE)).toEqual(OK);
        expectNoDeath(instance);
        tellFigures(what, {
          size_bytes,
          compacted_bytes,
          compaction_ms: Math.round(middle_ms - start_ms),
          send_ms: Math.round(performance.now() - middle_ms),
          adds_meanwhile: [compacted, sent],
          growth_mb: Math.round(growth_bytes / MEGABYTE),
        });
      }),
    FAULT_LIMIT_MS,
  );
}
