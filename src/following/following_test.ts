/** Following over a queue and a log in memory: how each message ends, and what looking costs. */
import { describe, expect, test } from "bun:test";
import { defer, to } from "../../test/support/deferred_mail.ts";
import type { Files } from "../effects/files.ts";
import { OsError } from "../effects/os_error.ts";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryDisk } from "../memory/disk.ts";
import { MemoryFiles } from "../memory/files.ts";
import { parseQueueId, type QueueId } from "../names/names.ts";
import { FOLLOWED_MAX, Following, type ReleasedMessage } from "./following.ts";
import type { MailLog } from "./mail_log.ts";
import type { RecipientOutcome } from "./outcome.ts";

/** As test/support/queue_files.ts writes it unless told otherwise. */
const ARRIVAL_SECONDS = 1_700_000_000;

const HASHING = { hashedQueues: new Set(["deferred", "defer"]), depth: 1 };

function id(text: string): QueueId {
  const parsed = parseQueueId(text);
  if (parsed === null) {
    throw new Error(text);
  }
  return parsed;
}

/** A log whose lines a test writes. */
class TestLog implements MailLog {
  readonly name = "log";
  isShared = false;
  readonly lines: string[] = [];

  write(program: string, text: string, host = "relay"): void {
    this.lines.push(`Nov 26 09:42:17 ${host} postfix/${program}[1]: ${text}`);
  }

  async read(onLine: (line: string) => void): Promise<void> {
    for (const line of this.lines.splice(0)) {
      onLine(line);
    }
  }

  close(): void {}
}

class Stage {
  readonly clock = new MemoryClock();
  readonly disk = new MemoryDisk(this.clock);
  readonly log = new TestLog();
  readonly told: string[] = [];
  /** How often the files were asked, by the name of the call. */
  readonly calls: Record<string, number> = {};
  readonly following: Following;
  /** A queue whose names nobody may read: its messages are found one by one. */
  unlistable = "";

  constructor(hasLog = true) {
    for (const queue of ["incoming", "active", "deferred", "hold", "defer"]) {
      this.disk.makeDirectories(queue);
    }
    this.following = new Following({
      files: this.#counted(new MemoryFiles(this.disk)),
      hashing: HASHING,
      siteOf: (address) => address.slice(address.lastIndexOf("@") + 1),
      clock: this.clock,
      logs: hasLog ? [this.log] : [],
      isOwnHost: (host) => host === "relay",
      onOutcome: (outcome) => this.told.push(outcomeText(outcome)),
    });
  }

  #counted(files: MemoryFiles): Files {
    return new Proxy(files, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== "function") {
          return value;
        }
        return (...args: unknown[]): unknown => {
          this.calls[String(name)] = (this.calls[String(name)] ?? 0) + 1;
          if (name === "openDirectory" && args[0] === this.unlistable) {
            throw new OsError("EACCES", "opendir");
          }
          return Reflect.apply(value, target, args);
        };
      },
    });
  }

  add(queueId: string, ...addresses: string[]): void {
    expect(this.following.add(released(queueId, ...addresses))).toBeTrue();
  }

  put(queue: string, queueId: string): void {
    this.disk.writeFile(`${queue}/${queueId}`, "", { mode: 0o700 });
  }

  take(queue: string, queueId: string): void {
    new MemoryFiles(this.disk).remove(`${queue}/${queueId}`);
  }

  async looks(count: number): Promise<void> {
    for (let look = 0; look < count; look++) {
      await this.settle(this.following.look());
    }
  }

  /** Lets turns pass until the work is done. */
  async settle<T>(work: Promise<T>, stepMs = 0): Promise<T> {
    let isDone = false;
    const end = work.finally(() => {
      isDone = true;
    });
    while (!isDone) {
      await Promise.resolve();
      this.clock.advance(stepMs);
    }
    return await end;
  }
}

function released(queueId: string, ...addresses: string[]): ReleasedMessage {
  const site = (address: string): string => address.slice(address.lastIndexOf("@") + 1);
  return {
    queueId: id(queueId),
    arrivalSeconds: ARRIVAL_SECONDS,
    recipients: addresses.map((address) => ({ address, site: site(address) })),
  };
}

function outcomeText({ queueId, address, outcome, reason }: RecipientOutcome): string {
  return `${queueId} ${address} ${outcome} ${reason}`.trim();
}

const SENT = "relay=mx, delay=1, delays=1/0/0/0, dsn=2.0.0, status=sent (ok)";
const BOUNCED = "relay=mx, delay=1, delays=1/0/0/0, dsn=5.1.1, status=bounced (nobody)";

describe("a followed message", () => {
  test("that is on its way is told of when it has left, by its lines in the log", async () => {
    const stage = new Stage();
    stage.put("incoming", "A1");
    stage.add("A1", "a@x", "b@y");
    await stage.looks(3);
    stage.take("incoming", "A1");
    stage.put("active", "A1");
    stage.log.write("smtp", `A1: to=<a@x>, ${SENT}`);
    await stage.looks(3);
    stage.take("active", "A1");
    stage.log.write("smtp", `A1: to=<b@y>, ${BOUNCED}`);
    stage.log.write("qmgr", "A1: removed");
    await stage.looks(1);
    expect(stage.told).toEqual(["A1 a@x delivered ok", "A1 b@y bounced nobody"]);
    expect(stage.following.doneCount).toBe(1);
  });

  test("that has left waits five seconds for its lines, and no longer", async () => {
    const stage = new Stage();
    stage.add("A1", "a@x");
    stage.add("A2", "a@x");
    await stage.looks(2);
    stage.clock.advance(4999);
    stage.log.write("smtp", `A2: to=<a@x>, ${SENT}`);
    await stage.looks(1);
    expect(stage.told).toEqual(["A2 a@x delivered ok"]);
    stage.clock.advance(1);
    await stage.looks(1);
    expect(stage.told).toEqual(["A2 a@x delivered ok", "A1 a@x left"]);
  });

  test("that has left is waited for no longer once the log says so", async () => {
    const stage = new Stage();
    stage.add("A1", "a@x");
    stage.log.write("qmgr", "A1: removed");
    await stage.looks(1);
    expect(stage.told).toEqual(["A1 a@x left"]);
  });

  test("that has left is told of at once where there is no log, at the second look", async () => {
    const stage = new Stage(false);
    stage.add("A1", "a@x");
    await stage.looks(1);
    expect(stage.told).toEqual([]);
    await stage.looks(1);
    expect(stage.told).toEqual(["A1 a@x left"]);
  });

  test("that was missed once because it moved is still on its way", async () => {
    const stage = new Stage(false);
    stage.add("A1", "a@x");
    await stage.looks(1);
    stage.put("active", "A1");
    await stage.looks(1);
    stage.take("active", "A1");
    await stage.looks(1);
    stage.put("incoming", "A1");
    await stage.looks(2);
    expect(stage.told).toEqual([]);
  });

  test("that was missed twice, and found by itself in between, is still on its way", async () => {
    const stage = new Stage(false);
    stage.unlistable = "active";
    stage.add("A1", "a@x");
    await stage.looks(1);
    stage.put("active", "A1");
    await stage.looks(1);
    stage.take("active", "A1");
    await stage.looks(1);
    expect(stage.told).toEqual([]);
    await stage.looks(1);
    expect(stage.told).toEqual(["A1 a@x left"]);
  });

  test("that is deferred again is told of with the reasons of its defer file", async () => {
    const stage = new Stage(false);
    defer(stage.disk, "A1", to("b@y"));
    stage.add("A1", "a@x", "b@y");
    await stage.looks(1);
    expect(stage.told).toEqual([expect.stringMatching(/^A1 b@y deferred .+/), "A1 a@x left"]);
  });

  test("that is deferred again and can't be read is deferred again", async () => {
    const stage = new Stage();
    stage.disk.makeDirectories("deferred/A");
    stage.disk.writeFile("deferred/A/A1", "nonsense", { mode: 0o700 });
    stage.add("A1", "a@x");
    stage.clock.advance(1);
    await stage.looks(1);
    stage.clock.advance(5000);
    await stage.looks(1);
    expect(stage.told).toEqual(["A1 a@x deferred"]);
  });

  test("whose queue ID another message has, when that is deferred, has left", async () => {
    const stage = new Stage(false);
    defer(stage.disk, "A1", to("z@z"));
    const message = released("A1", "a@x");
    stage.following.add({ ...message, arrivalSeconds: ARRIVAL_SECONDS - 1 });
    await stage.looks(1);
    expect(stage.told).toEqual(["A1 a@x left"]);
  });

  test("of which nobody knows when it arrived is taken for what has its queue ID", async () => {
    const stage = new Stage(false);
    defer(stage.disk, "A1", to("b@y"));
    stage.following.add({ queueId: id("A1"), arrivalSeconds: null, recipients: [] });
    await stage.looks(1);
    expect(stage.told).toEqual([expect.stringMatching(/^A1 b@y deferred .+/)]);
  });

  test("that is put on hold is told of", async () => {
    const stage = new Stage();
    stage.put("hold", "A1");
    stage.add("A1", "a@x");
    await stage.looks(1);
    expect(stage.told).toEqual(["A1 a@x held"]);
  });

  test("that was in the queue for too long is bounced", async () => {
    const stage = new Stage();
    stage.add("A1", "a@x");
    stage.log.write(
      "smtp",
      `A1: to=<a@x>, ${SENT.replace("sent (ok)", "deferred (no)").replace("2.0.0", "4.4.1")}`,
    );
    stage.log.write("qmgr", "A1: from=<s@x>, status=expired, returned to sender");
    stage.log.write("qmgr", "A1: removed");
    await stage.looks(2);
    expect(stage.told).toEqual(["A1 a@x bounced too long in the queue: no"]);
  });

  test("that was, and is deferred again by who could not get it back, is not called bounced", async () => {
    const stage = new Stage();
    defer(stage.disk, "A1", to("b@y"));
    stage.add("A1", "a@x", "b@y");
    stage.log.write("qmgr", "A1: from=<s@x>, status=expired, returned to sender");
    await stage.looks(1);
    stage.clock.advance(5000);
    await stage.looks(1);
    expect(stage.told).toEqual([expect.stringMatching(/^A1 b@y deferred .+/), "A1 a@x left"]);
  });

  test("of this machine's own log has all lines, whatever name it calls itself", async () => {
    const stage = new Stage();
    stage.add("A1", "a@x");
    stage.log.write("smtp", `A1: to=<a@x>, ${SENT}`, "renamed");
    await stage.looks(2);
    expect(stage.told).toEqual(["A1 a@x delivered ok"]);
  });

  test("of a log of several hosts has the lines of this one", async () => {
    const stage = new Stage();
    stage.log.isShared = true;
    stage.add("A1", "a@x");
    stage.log.write("smtp", `A1: to=<a@x>, ${BOUNCED}`, "other");
    stage.log.write("qmgr", "A1: removed", "other");
    await stage.looks(2);
    expect(stage.told).toEqual([]);
    stage.log.write("smtp", `A1: to=<a@x>, ${SENT}`);
    await stage.looks(1);
    expect(stage.told).toEqual(["A1 a@x delivered ok"]);
  });

  test("keeps no more lines than it could have", async () => {
    const stage = new Stage();
    stage.put("active", "A1");
    stage.add("A1", "a@x");
    for (let count = 0; count < 1000; count++) {
      stage.log.write("smtp", `A1: to=<u${count}@evil>, ${SENT}`);
    }
    stage.log.write("smtp", `A1: to=<a@x>, ${SENT}`);
    await stage.looks(1);
    stage.take("active", "A1");
    stage.log.write("qmgr", "A1: removed");
    await stage.looks(2);
    expect(stage.told).toHaveLength(101);
  });
});

describe("following", () => {
  for (const [what, limitMs, shouldStop, ending] of [
    ["its limit", 3000, false, "late"],
    ["whoever stops it", 60_000, true, "stopped"],
  ] as const) {
    test(`ends with ${what}, and tells who is still tried`, async () => {
      const stage = new Stage();
      stage.put("active", "A1");
      stage.add("A1", "a@x", "b@y");
      stage.log.write("smtp", `A1: to=<a@x>, ${SENT}`);
      const looks: number[][] = [];
      const running = stage.following.run({
        limitMs,
        shouldStop: () => shouldStop,
        onLook: (...counts) => looks.push(counts),
      });
      expect(await stage.settle(running, 100)).toBe(ending);
      expect(stage.told).toEqual(["A1 a@x delivered ok", "A1 b@y trying"]);
      expect(looks[0]).toEqual([0, 1]);
      expect(stage.clock.monotonicMs()).toBeLessThanOrEqual(shouldStop ? 1000 : limitMs + 1000);
    });
  }

  test("ends when all are done", async () => {
    const stage = new Stage(false);
    stage.add("A1", "a@x");
    const running = stage.following.run({
      limitMs: 60_000,
      shouldStop: () => false,
      onLook: () => {},
    });
    expect(await stage.settle(running, 100)).toBe("done");
    expect(stage.told).toEqual(["A1 a@x left"]);
  });

  test("takes a message once, and no more than there is room for", () => {
    const stage = new Stage();
    stage.add("A1", "a@x");
    stage.add("A1", "a@x");
    expect(stage.following.messageCount).toBe(1);
    const many = Array.from({ length: FOLLOWED_MAX - 1 }, () => "u@x");
    expect(stage.following.add(released("A2", ...many, "v@x"))).toBeFalse();
    expect(stage.following.add(released("A3", ...many))).toBeTrue();
    expect(stage.following.add(released("A4"))).toBeFalse();
  });

  test("10,000 messages cost a few calls each, however often it looks", async () => {
    const stage = new Stage(false);
    const ids = Array.from({ length: 10_000 }, (_, index) => `B${index}`);
    for (const each of ids) {
      stage.put("incoming", each);
      stage.add(each, "a@x");
    }
    await stage.looks(20);
    // Two directories a look, and not one message by itself.
    expect(stage.calls).toEqual({ openDirectory: 40 });
    for (const each of ids) {
      stage.take("incoming", each);
    }
    await stage.looks(2);
    expect(stage.told).toHaveLength(10_000);
    // Each was looked for in four queues, twice.
    expect(stage.calls).toEqual({ openDirectory: 44, isThere: 80_000 });
  });
});
