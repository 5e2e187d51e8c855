/**
 * What a conformance case plays on: two processes over one directory, real or in memory, and somebody who
 * sets the scene.
 *
 * Cases name paths by `path`, since the real directory is somewhere below /tmp and tests don't change
 * the working directory.
 */
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Files } from "../../src/effects/files.ts";
import { errorCode } from "../../src/effects/os_error.ts";
import type { QuickLooks } from "../../src/effects/quick_looks.ts";
import { MemoryClock } from "../../src/memory/clock.ts";
import { MemoryDisk } from "../../src/memory/disk.ts";
import { MemoryFiles } from "../../src/memory/files.ts";
import { MemoryQuickLooks } from "../../src/memory/quick_looks.ts";
import { createFiles } from "../../src/sys/files.ts";
import { createQuickLooks } from "../../src/sys/quick_looks.ts";

export interface Stage {
  /** The process whose files are tried. */
  readonly files: Files;
  /** What the same process sees by quick looks. */
  readonly looks: QuickLooks;
  /** Another process, over the same directory. */
  readonly others: Files;
  path(name: string): string;
  makeDirectory(name: string): void;
  writeFile(name: string, text: string): void;
  readFile(name: string): string;
  addLink(name: string, target: string): void;
  addHardLink(name: string, existing: string): void;
  addFifo(name: string): void;
  addSocket(name: string): void;
  /** Lets so much time pass that a later time stamp differs. */
  wait(): Promise<void>;
  dispose(): void;
}

/** A case: plays on a fresh stage and expects what both kinds of files promise. */
export interface Case {
  readonly name: string;
  readonly play: (stage: Stage) => void | Promise<void>;
}

/** Some kernels' clocks tick every 10 ms. */
const TICK_MS = 12;

/** A stage in memory, on a disk of its own unless one is given. */
export function createMemoryStage(clock = new MemoryClock(), disk = new MemoryDisk(clock)): Stage {
  const files = new MemoryFiles(disk);
  return {
    files,
    looks: new MemoryQuickLooks(files),
    others: new MemoryFiles(disk),
    path: (name) => name,
    makeDirectory: (name) => disk.makeDirectories(name),
    writeFile: (name, text) => disk.writeFile(name, text),
    readFile: (name) => disk.readFile(name),
    addLink: (name, target) => disk.addLink(name, target),
    addHardLink: (name, existing) => disk.addHardLink(name, existing),
    addFifo: (name) => disk.addSpecial(name, "fifo"),
    addSocket: (name) => disk.addSpecial(name, "socket"),
    wait: async () => clock.advance(TICK_MS),
    dispose: () => undefined,
  };
}

/** A stage in a folder below /tmp. */
export function createRealStage(): Stage {
  const root = mkdtempSync(join(tmpdir(), "fastflush-files-"));
  const sockets: { stop(): void }[] = [];
  const path = (name: string) => `${root}/${name}`;
  return {
    files: createFiles(),
    looks: createQuickLooks(),
    others: createFiles(),
    path,
    makeDirectory: (name) => mkdirSync(path(name), { recursive: true }),
    writeFile: (name, text) => writeFileSync(path(name), text, "latin1"),
    readFile: (name) => readFileSync(path(name), "latin1"),
    addLink: (name, target) => symlinkSync(target, path(name)),
    addHardLink: (name, existing) => linkSync(path(existing), path(name)),
    addFifo: (name) => void Bun.spawnSync(["mkfifo", path(name)]),
    addSocket: (name) => {
      sockets.push(Bun.listen({ unix: path(name), socket: { data: () => undefined } }));
    },
    wait: () => Bun.sleep(TICK_MS),
    dispose: () => {
      for (const socket of sockets) {
        socket.stop();
      }
      rmSync(root, { recursive: true });
    },
  };
}

/** The errno name that a call fails with; "" if it does not fail. Other errors go through. */
export function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (caught) {
    const code = errorCode(caught);
    if (code === "") {
      throw caught;
    }
    return code;
  }
  return "";
}
