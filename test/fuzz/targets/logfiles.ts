/**
 * Logfiles that others have written to, or broken.
 *
 * Promised: only queue IDs are read as entries; an add appends what is no line yet, and leaves what is there; a pass takes out what it is told
 * to and nothing else.
 */
import type { Descriptor } from "../../../src/effects/files.ts";
import { MemoryClock } from "../../../src/memory/clock.ts";
import { MemoryDisk } from "../../../src/memory/disk.ts";
import { MemoryFiles } from "../../../src/memory/files.ts";
import {
  type LogfileName,
  parseLogfileName,
  parseQueueId,
  type QueueId,
} from "../../../src/names/names.ts";
import { LockedLogfile } from "../../../src/record/locked_logfile.ts";
import { readEntries } from "../../../src/record/read_entries.ts";
import { pick, type Random } from "../../support/random.ts";
import { mustBeSame, mustHold, type Target } from "../target.ts";

const NAME = parseLogfileName("one_example") as LogfileName;
const PATH = `flush/${NAME}`;
const IDS = ["ABC1", "ABC2", "DEF9", "4jYCDY3XvNzLDg6L", "x".repeat(255), "x".repeat(256), ""];

/** Entries of one write; few are looked for otherwise than many. */
const ADDED = [
  ["ABC1"],
  ["NEW1"],
  ["ABC1", "DEF9", ...Array.from({ length: 20 }, (_, index) => `NEW${index}`)],
];

/** A log of so many bytes is certainly read before an add. */
const READ_BYTES = 60_000;

function drawLog(random: Random): string {
  const lines = Array.from({ length: random(random(20) === 0 ? 3000 : 12) }, () =>
    pick(random, IDS),
  );
  return lines.map((line) => `${line}\n`).join("");
}

function linesOf(text: string): string[] {
  const ended = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return ended.split("\n").slice(0, -1);
}

function stage(input: string) {
  const clock = new MemoryClock();
  const disk = new MemoryDisk(clock);
  disk.makeDirectories("flush");
  disk.writeFile(PATH, input, { mode: 0o600 });
  const files = new MemoryFiles(disk);
  return { disk, tools: { files, clock, hashing: { hashedQueues: new Set<string>(), depth: 1 } } };
}

function opened(tools: ReturnType<typeof stage>["tools"]): LockedLogfile {
  const log = LockedLogfile.tryOpen(tools, NAME, { create: true });
  if (typeof log === "string") {
    throw new Error(`open the log: ${log}`);
  }
  return log;
}

function checkEntries(input: string, random: Random): readonly QueueId[] {
  const { tools } = stage(input);
  const entries = [...readEntries(tools, NAME)].flat();
  mustHold(
    "entries are queue IDs",
    entries.every((id) => parseQueueId(id) === id),
  );
  mustHold(
    "entries are in the log",
    entries.every((id) => input.includes(id)),
  );
  const { files } = tools;
  const bytesMax = 300 + random(5000);
  const read = (file: Descriptor, into: Uint8Array, position: number): number =>
    files.read(file, into.subarray(0, bytesMax), position);
  const trickling = {
    ...{ read, open: files.open.bind(files), close: files.close.bind(files) },
  } as unknown as MemoryFiles;
  mustBeSame(
    "in small reads",
    [...readEntries({ ...tools, files: trickling }, NAME)].flat(),
    entries,
  );
  return entries;
}

function checkAdd(input: string, random: Random): void {
  const { disk, tools } = stage(input);
  const log = opened(tools);
  const ids = pick(random, ADDED).map((text) => parseQueueId(text) as QueueId);
  const written = log.appendNew(ids);
  log.close();
  const ended = input.slice(0, input.lastIndexOf("\n") + 1);
  const missing = ids.filter((id) => !linesOf(ended).includes(id));
  mustHold("what is missing is written", Number(written) >= missing.length);
  if (input.length <= READ_BYTES) {
    mustBeSame("and nothing else", written, missing.length);
  }
  const after = disk.readFile(PATH);
  mustHold("what was there stays", after.startsWith(input));
  mustHold(
    "the entries are there",
    ids.every((id) => linesOf(after).includes(id)),
  );
  mustBeSame("lines", linesOf(after).slice(0, linesOf(input).length), linesOf(input));
}

function checkPass(input: string, random: Random): void {
  const { disk, tools } = stage(input);
  const log = opened(tools);
  const pass = log.pass();
  const isStaying = (text: string): boolean => (text.charCodeAt(0) || 0) % 3 !== pivot;
  const pivot = random(4);
  for (let lines = pass.next(); lines !== null; lines = pass.next()) {
    for (let line = lines.next(); line !== -1; line = lines.next()) {
      if (!isStaying(lines.text(line))) {
        lines.takeOut(line);
      }
    }
    pass.keep();
  }
  pass.finish();
  log.close();
  const want = linesOf(input).filter((line) => isStaying(line.split("\0", 1)[0] ?? ""));
  mustBeSame("what stays", linesOf(disk.readFile(PATH)).toSorted(), want.toSorted());
}

export const LOGFILES: Target = {
  name: "logfiles",
  draw: drawLog,
  tokens: [...IDS, "\n", "\n\n", "\0", "\r\n", "ABC1"],
  read: (input, random) => {
    const entries = checkEntries(input, random);
    checkAdd(input, random);
    checkPass(input, random);
    return entries.length === 0 ? "none" : "entries";
  },
};
