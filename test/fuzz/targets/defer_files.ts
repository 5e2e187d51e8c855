/**
 * Defer files, which defer(8) may just be writing.
 *
 * Promised: entries with an offset that is a number; the same by either way to read it, and however few bytes a read
 * gives; no more than the file has.
 */
import type { Descriptor } from "../../../src/effects/files.ts";
import { MemoryClock } from "../../../src/memory/clock.ts";
import { MemoryDisk } from "../../../src/memory/disk.ts";
import { MemoryFiles } from "../../../src/memory/files.ts";
import { hashedPath } from "../../../src/names/hashed_path.ts";
import { parseQueueId, type QueueId } from "../../../src/names/names.ts";
import { readDeferFile, readSmallDeferFile } from "../../../src/queue/defer_file.ts";
import { buildDeferFile } from "../../support/queue_files.ts";
import { pick, type Random } from "../../support/random.ts";
import { mustBeSame, mustHold, type Target } from "../target.ts";

const ID = parseQueueId("ABC1") as QueueId;
const HASHING = { hashedQueues: new Set(["defer"]), depth: 1 };
const PATH = hashedPath("defer", ID, HASHING);
const ADDRESSES = ["u@one.example", '"a b"@two.example', "\xff@x", ""];

function drawFile(random: Random): string {
  return buildDeferFile(
    Array.from({ length: random(6) }, () => ({
      recipient: pick(random, ADDRESSES),
      offset: random(5000),
      reason: pick(random, ["Connection refused", "host x said: 450 (in reply to RCPT)", ""]),
    })),
  );
}

export const DEFER_FILES: Target = {
  name: "defer_files",
  draw: drawFile,
  tokens: [
    "recipient=",
    "offset=",
    "status=",
    "reason=",
    "action=",
    "\n\n",
    "\n",
    "<",
    ">: ",
    ...ADDRESSES,
  ],
  read: (input, random) => {
    const disk = new MemoryDisk(new MemoryClock());
    disk.makeDirectories(PATH.slice(0, PATH.lastIndexOf("/")));
    disk.writeFile(PATH, input);
    const files = new MemoryFiles(disk);
    const reading = readDeferFile(files, ID, HASHING);
    mustHold("a file is read", reading.kind === "read");
    const entries = reading.kind === "read" ? reading.entries : [];
    mustHold(
      "offsets are numbers",
      entries.every(({ offset }) => Number.isSafeInteger(offset)),
    );
    const shown = entries.reduce(
      (sum, each) => sum + each.recipient.length + each.reason.length,
      0,
    );
    mustHold("no more is told than the file has", shown <= input.length);
    const file = files.open(PATH, { access: "read" });
    const small = readSmallDeferFile(files, file);
    if (small !== null) {
      mustBeSame("read as a small file", small, entries);
    }
    const bytesMax = 1 + random(50);
    const read = (open: Descriptor, into: Uint8Array, position: number): number =>
      files.read(open, into.subarray(0, bytesMax), position);
    const trickling = Object.assign(Object.create(files), { read, open: files.open.bind(files) });
    for (const name of ["close", "status"] as const) {
      trickling[name] = files[name].bind(files);
    }
    mustBeSame("in small reads", readDeferFile(trickling, ID, HASHING), reading);
    return entries.length === 0 ? "none" : "entries";
  },
};
