/**
 * Queue files: chains of records with lengths, offsets and pointers.
 *
 * Promised: an envelope or "unreadable"; recipients whose records lie in the file; a bound on reads; the same however few
 * bytes a read gives.
 */
import type { Descriptor } from "../../../src/effects/files.ts";
import { readEnvelope } from "../../../src/queue/queue_file.ts";
import {
  buildQueueFile,
  type PlannedRecipient,
  pointer,
  record,
  sizes,
} from "../../support/queue_files.ts";
import { pick, type Random } from "../../support/random.ts";
import { mustBeSame, mustHold, type Target } from "../target.ts";

const FILE = 3 as Descriptor;
/** See record_reader.ts: windows, each filled in one read at best. */
const READS_MAX = 2 * 2048 + 16;
const RECIPIENTS_MAX = 20_000;
const STATES = ["waiting", "done", "canceled"] as const;
const PLACES = ["envelope", "extracted", "added"] as const;

function drawFile(random: Random): string {
  const recipients = Array.from(
    { length: random(8) },
    (_, index): PlannedRecipient => ({
      address: `user${index}@${pick(random, ["one.example", "\xff", "x".repeat(random(300))])}`,
      state: pick(random, STATES),
      place: pick(random, PLACES),
    }),
  );
  const content = Array.from({ length: random(6) }, () => "y".repeat(random(200)));
  return buildQueueFile({ recipients, content, sender: pick(random, ["", "s@x.example"]) }).text;
}

/** A file of these bytes, of which a read gives so many at most. */
function reader(text: string, bytesMax: number) {
  const bytes = Buffer.from(text, "latin1");
  let reads = 0;
  const read = (_: Descriptor, into: Uint8Array, position: number): number => {
    reads++;
    if (position >= bytes.length) {
      return 0;
    }
    return bytes.copy(into, 0, position, position + Math.min(bytesMax, into.length));
  };
  return { files: { read }, count: () => reads };
}

export const QUEUE_FILES: Target = {
  name: "queue_files",
  draw: drawFile,
  tokens: [
    ...[record("R", "u@x"), record("S", ""), record("T", "1"), record("E", ""), record("X", "")],
    ...[
      record("M", ""),
      record("D", "u@x"),
      record("N", "text"),
      record("A", "a=b"),
      record("?", ""),
    ],
    ...[pointer(0), pointer(1), pointer(97), pointer(200), pointer(1e14), sizes(10, 200, 1)],
    ...["\xff\xff\xff\xff\x7f", "\x80\x80\x80\x80", "R\xff\xff\x03", "p\x0f"],
  ],
  read: (input, random) => {
    const whole = reader(input, Number.POSITIVE_INFINITY);
    // A file may have been cut since its size was asked for, or grown.
    const sizeBytes = random(8) === 0 ? random(2 * input.length + 1) : input.length;
    const reading = readEnvelope(whole.files, FILE, sizeBytes);
    mustHold("a bound on reads", whole.count() <= READS_MAX);
    const few = reader(input, 64 + random(300));
    const again = readEnvelope(few.files, FILE, sizeBytes);
    const isScattered = again.kind === "unreadable" && again.why.includes("scattered");
    if (!isScattered) {
      mustBeSame("in small reads", again, reading);
    }
    if (reading.kind !== "read") {
      return reading.kind;
    }
    mustHold("a bound on recipients", reading.recipients.length <= RECIPIENTS_MAX);
    for (const { address, offset } of reading.recipients) {
      mustHold("a recipient's record is in the file", offset >= 0 && offset < sizeBytes);
      mustHold("its address is in the file", input.includes(address));
    }
    return "read";
  },
};
