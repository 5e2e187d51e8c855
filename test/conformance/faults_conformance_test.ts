/** Faults on order leave behind, and say, what real ones do. */
import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { OsError } from "../../src/effects/os_error.ts";
import { MemoryClock } from "../../src/memory/clock.ts";
import { MemoryDisk } from "../../src/memory/disk.ts";
import type { Fault, FaultHook, FaultPoint } from "../../src/memory/faults.ts";
import { MemoryFiles } from "../../src/memory/files.ts";
import { titled, whyNoMount } from "../faults/mounts.ts";
import { whyNotTraced } from "../security/system_calls.ts";
import { CLOSED_WANTED, tryCloses } from "./close_cases.ts";
import { ROOM_BYTES, tryFaults, WANTED } from "./fault_cases.ts";

const NO_TMPFS = whyNoMount("tmpfs");
const NO_TRACE = await whyNotTraced();

/** Gives the process a full file system of its own, and few descriptors. */
const SCRIPT = [
  'mount -t tmpfs -o size=8k,nr_inodes=4 none "$0/full"',
  'exec prlimit --nofile=64:64 "$1" "$2" "$0"',
].join("; ");

/** A process may have so many files open in memory. */
const OPEN_MAX = 40;

/** Calls that fail, as they are met. */
function orders(files: MemoryFiles): FaultHook {
  const waiting: [operation: FaultPoint["operation"], path: string, fault: Fault][] = [
    ["write", "full/log", { takeBytes: ROOM_BYTES }],
    ["write", "full/log", failing("ENOSPC")],
    ["makeDirectory", "full/c", failing("ENOSPC")],
    ["open", "full/new", failing("ENOSPC")],
    ["rename", "full/log", failing("EXDEV")],
  ];
  return ({ operation, path }) => {
    if ((operation === "open" || operation === "openDirectory") && files.openCount >= OPEN_MAX) {
      return failing("EMFILE");
    }
    const index = waiting.findIndex((order) => order[0] === operation && order[1] === path);
    const [order] = index === -1 ? [] : waiting.splice(index, 1);
    return order?.[2] ?? null;
  };
}

function failing(code: string): Fault {
  return { error: new OsError(code, "call") };
}

test("faults on order leave behind what they should", () => {
  const disk = new MemoryDisk(new MemoryClock());
  disk.makeDirectories("full");
  disk.makeDirectories("other");
  const files = new MemoryFiles(disk);
  files.fault = orders(files);
  expect(tryFaults(files, (name) => name)).toEqual(WANTED);
});

test.skipIf(NO_TMPFS !== null)(titled("and real ones leave the same", NO_TMPFS), () => {
  const folder = mkdtempSync("/var/tmp/fastflush-faults-");
  try {
    mkdirSync(join(folder, "full"));
    mkdirSync(join(folder, "other"));
    const program = join(import.meta.dir, "fault_cases.ts");
    const command = ["unshare", "-m", "sh", "-ec", SCRIPT, folder, process.execPath, program];
    const { stdout, stderr } = Bun.spawnSync(command);
    expect(stderr.toString()).toBe("");
    expect(JSON.parse(stdout.toString())).toEqual(WANTED);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("closes on order fail as they should", () => {
  const disk = new MemoryDisk(new MemoryClock());
  const files = new MemoryFiles(disk);
  files.fault = ({ operation }) => (/^(close|confirm)/.test(operation) ? failing("EDQUOT") : null);
  expect(tryCloses(files, "log")).toEqual(CLOSED_WANTED);
});

test.skipIf(NO_TRACE !== null)(titled("and so do real ones", NO_TRACE), () => {
  const folder = mkdtempSync("/var/tmp/fastflush-closes-");
  try {
    const log = join(folder, "log");
    const failing = ["-f", "-qq", "-o", "/dev/null", "-P", log, "-e", "inject=close:error=EDQUOT"];
    const program = join(import.meta.dir, "close_cases.ts");
    const { stdout, stderr } = Bun.spawnSync([
      "strace",
      ...failing,
      process.execPath,
      program,
      log,
    ]);
    expect(stderr.toString()).toBe("");
    expect(JSON.parse(stdout.toString())).toEqual(CLOSED_WANTED);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
