/**
 * A flush service over a disk in memory, for tests of flush/: asks requests and lets time pass.
 *
 * Every site is eligible unless told otherwise, and its logfile is its name with `_` for what is no
 * letter or digit. Several services can share one disk, as processes share a queue.
 */

import { FlushService } from "../../src/flush/flush_service.ts";
import type { FlushTools } from "../../src/flush/flush_tools.ts";
import { MemoryClock } from "../../src/memory/clock.ts";
import { MemoryDisk } from "../../src/memory/disk.ts";
import { MemoryFiles } from "../../src/memory/files.ts";
import { MemoryLog } from "../../src/memory/log.ts";
import { MemoryQueueManager } from "../../src/memory/queue_manager.ts";
import { parseLogfileName, siteName } from "../../src/names/names.ts";
import type { FlushRequest } from "../../src/wire/request.ts";
import { type Asked, FlushClient } from "./flush_client.ts";

/** Turns of the loop within no time: work that asks for more goes on when time has passed. */
const TURNS_MAX = 20;

/** The mail owner. */
const POSTFIX = { uid: 102, gid: 105 };

export class FlushRig {
  readonly clock: MemoryClock;
  readonly disk: MemoryDisk;
  readonly files: MemoryFiles;
  readonly log: MemoryLog;
  readonly queueManager: MemoryQueueManager;
  readonly service: FlushService;
  /** Called at each wake-up, to look at the disk at that moment. */
  onWake: (letters: string) => void = () => {};

  constructor(overrides: Partial<FlushTools> = {}, shared?: FlushRig) {
    this.clock = shared?.clock ?? new MemoryClock();
    this.disk = shared?.disk ?? newQueue(this.clock);
    this.files = new MemoryFiles(this.disk, POSTFIX);
    this.log = new MemoryLog();
    this.queueManager = new MemoryQueueManager((letters) => this.onWake(letters));
    this.service = new FlushService({
      files: this.files,
      clock: this.clock,
      log: this.log,
      queueManager: this.queueManager,
      hashing: { hashedQueues: new Set(["deferred", "defer"]), depth: 1 },
      groupId: POSTFIX.gid,
      // A refresh would rebuild the record first, which is for tests of that.
      recordsAny: false,
      eligible: () => "match",
      logfileName: (site) => parseLogfileName(site.toLowerCase().replace(/[^a-z0-9]/g, "_")),
      canonicalDomain: (domain) => domain.toLowerCase(),
      isExact: true,
      refreshSeconds: 12 * 3600,
      purgeSeconds: 7 * 24 * 3600,
      ...overrides,
    });
  }

  ask(request: FlushRequest, client = new FlushClient()): Asked {
    this.service.handle(request, client);
    return client.asked;
  }

  add(site: string, queueId: string): Asked {
    return this.ask({ name: "add", site: siteName(site), queueId });
  }

  sendSite(site: string): Asked {
    return this.ask({ name: "send_site", site: siteName(site) });
  }

  /** Lets `ms` milliseconds pass, a millisecond at a time, promises included. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed++) {
      await this.turn();
      this.clock.advance(1);
    }
    await this.turn();
  }

  /** Runs what is ready, promises as well, without time passing. */
  async turn(): Promise<void> {
    await promises();
    for (let count = 0; count < TURNS_MAX && this.clock.isTurnAwaited; count++) {
      this.clock.runTurn();
      await promises();
    }
  }

  /** Puts a message into a queue; it was last touched long ago. */
  putMessage(path: string, mode = 0o700): void {
    const longAgoMs = this.clock.wallMs() - 1_000_000;
    this.disk.makeDirectories(path.slice(0, path.lastIndexOf("/")));
    this.disk.writeFile(path, "message", { mode, atimeMs: longAgoMs, mtimeMs: longAgoMs });
  }

  putLog(name: string, text: string, details: { atimeMs?: number; mtimeMs?: number } = {}): void {
    this.disk.writeFile(`flush/${name}`, text, details);
  }

  readLog(name: string): string {
    return this.disk.readFile(`flush/${name}`);
  }
}

/** Resolves when no other promise has anything left to do. */
function promises(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function newQueue(clock: MemoryClock): MemoryDisk {
  const disk = new MemoryDisk(clock, POSTFIX);
  for (const queue of ["flush", "deferred", "incoming", "active", "hold"]) {
    disk.makeDirectories(queue);
  }
  return disk;
}
