/** Releasing message by message, with a service in memory that moves files as a test says. */
import { describe, expect, test } from "bun:test";
import { OsError } from "../effects/os_error.ts";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryDisk } from "../memory/disk.ts";
import { MemoryFiles } from "../memory/files.ts";
import { MemoryUnixSockets } from "../memory/unix_sockets.ts";
import { bytesToString } from "../names/byte_string.ts";
import { parseQueueId, type QueueId } from "../names/names.ts";
import { GREETING } from "../wire/greeting.ts";
import { PROBE_MS } from "./ask.ts";
import { releaseById } from "./release_by_id.ts";

const PATH = "/queue/public/flush";
const OK = "status\x000\0\0";
const HASHING = { hashedQueues: new Set<string>(), depth: 1 };

function id(text: string): QueueId {
  const parsed = parseQueueId(text);
  if (parsed === null) {
    throw new Error(text);
  }
  return parsed;
}

function refuse(): never {
  throw new OsError("EACCES", "stat");
}

class Stage {
  readonly clock = new MemoryClock();
  readonly disk = new MemoryDisk(this.clock);
  readonly files = new MemoryFiles(this.disk);
  readonly sockets = new MemoryUnixSockets();
  readonly requests: string[] = [];
  readonly told: string[] = [];
  greeting = bytesToString(GREETING);
  reply = OK;
  /** What the service does with a message. */
  act = (queueId: string): void => this.move("deferred", "incoming", queueId);
  shouldStop = (): boolean => false;
  canLook = true;

  constructor() {
    for (const queue of ["incoming", "active", "deferred", "hold"]) {
      this.disk.makeDirectories(queue);
    }
    this.sockets.listen(PATH, (service) => {
      service.write(this.greeting);
      return (text) => {
        if (!text.includes("send_file")) {
          service.close();
          return;
        }
        this.requests.push(text.split("\0").join(" ").trim());
        this.act(text.split("\0")[3] ?? "");
        service.write(this.reply);
        service.close();
      };
    });
  }

  put(queue: string, queueId: string): void {
    this.disk.writeFile(`${queue}/${queueId}`, "x", { mode: 0o700, mtimeMs: this.clock.wallMs() });
  }

  move(from: string, queue: string, queueId: string): void {
    this.files.rename(`${from}/${queueId}`, `${queue}/${queueId}`);
  }

  async release(...ids: string[]) {
    return await this.releaseSeen(null, ...ids);
  }

  /** Of messages that were seen in deferred, with that next try. */
  async releaseSeen(nextTrySeconds: number | null, ...ids: string[]) {
    const { sockets, clock, files } = this;
    let isDone = false;
    const work = releaseById(
      {
        socket: { sockets, clock, path: PATH },
        files: this.canLook ? files : { statusOf: refuse },
        hashing: HASHING,
      },
      ids.map((queueId) => ({ queueId: id(queueId), nextTrySeconds })),
      {
        onRelease: (queueId, release) => this.told.push(`${queueId} ${release}`),
        shouldStop: () => this.shouldStop(),
      },
    ).finally(() => {
      isDone = true;
    });
    while (!isDone) {
      await Promise.resolve();
      clock.advance(1);
    }
    return await work;
  }
}

describe("a message", () => {
  test("is asked for by its queue ID, and released when it is no longer deferred", async () => {
    const stage = new Stage();
    stage.put("deferred", "A1");
    expect(await stage.release("A1")).toBeNull();
    expect(stage.requests).toEqual(["request send_file queue_id A1"]);
    expect(stage.told).toEqual(["A1 released"]);
  });

  test("that is in incoming already is asked for as well", async () => {
    const stage = new Stage();
    stage.put("incoming", "A1");
    stage.act = () => {};
    await stage.release("A1");
    expect(stage.requests).toHaveLength(1);
    expect(stage.told).toEqual(["A1 released"]);
  });

  for (const queue of ["active", "hold"]) {
    test(`in ${queue} is left alone`, async () => {
      const stage = new Stage();
      stage.put(queue, "A1");
      await stage.release("A1");
      expect(stage.requests).toEqual([]);
      expect(stage.told).toEqual(["A1 kept"]);
    });
  }

  for (const [what, queue, nextTrySeconds, isReleased] of [
    ["is still what it was", "deferred", 5000, true],
    ["was tried since", "deferred", 5001, false],
    ["was released by others", "incoming", 5000, false],
  ] as const) {
    test(`that was seen in deferred and ${what}`, async () => {
      const stage = new Stage();
      stage.put(queue, "A1");
      stage.files.setTimes(`${queue}/A1`, 5000);
      await stage.releaseSeen(nextTrySeconds, "A1");
      expect(stage.requests).toHaveLength(isReleased ? 1 : 0);
      expect(stage.told).toEqual([`A1 ${isReleased ? "released" : "tried"}`]);
    });
  }

  test("that was seen in deferred, and can't be looked at, is asked for", async () => {
    const stage = new Stage();
    stage.put("deferred", "A1");
    stage.canLook = false;
    await stage.releaseSeen(5000, "A1");
    expect(stage.requests).toHaveLength(1);
  });

  test("that is nowhere is not asked for", async () => {
    const stage = new Stage();
    await stage.release("A1");
    expect(stage.requests).toEqual([]);
    expect(stage.told).toEqual(["A1 gone"]);
  });

  test("that moves while it is looked for is found at the second look", async () => {
    const stage = new Stage();
    stage.clock.after(5, () => stage.put("deferred", "A1"));
    await stage.release("A1");
    expect(stage.told).toEqual(["A1 released"]);
  });

  test("that was tried and is back was released, also within the second in which it was deferred", async () => {
    const stage = new Stage();
    stage.put("deferred", "A1");
    const nextTry = Math.floor(stage.clock.wallMs() / 1000) + 300;
    stage.files.setTimes("deferred/A1", nextTry);
    stage.clock.advance(5);
    stage.act = (queueId) => {
      stage.clock.advance(5);
      stage.files.setTimes(`deferred/${queueId}`, nextTry);
    };
    await stage.release("A1");
    expect(stage.told).toEqual(["A1 released"]);
  });

  for (const [what, act] of [
    ["untouched", () => {}],
    [
      "made due",
      (stage: Stage, queueId: string) =>
        stage.files.setTimes(`deferred/${queueId}`, Math.floor(stage.clock.wallMs() / 1000)),
    ],
  ] as const) {
    test(`that stays where it was, ${what}, was not released`, async () => {
      const stage = new Stage();
      stage.put("deferred", "A1");
      stage.files.setTimes("deferred/A1", Math.floor(stage.clock.wallMs() / 1000) + 300);
      stage.act = (queueId) => act(stage, queueId);
      await stage.release("A1");
      expect(stage.told).toEqual(["A1 failed"]);
    });
  }
});

describe("many messages", () => {
  test("are each told of once, and read from the list only as they are needed", async () => {
    const stage = new Stage();
    const ids = Array.from({ length: 500 }, (_, index) => `A${index}`);
    for (const each of ids) {
      stage.put("deferred", each);
    }
    expect(await stage.release(...ids)).toBeNull();
    expect(stage.told.toSorted()).toEqual(ids.map((each) => `${each} released`).toSorted());
  });

  test("end with the first answer that is none; what was done is told", async () => {
    const stage = new Stage();
    const ids = Array.from({ length: 100 }, (_, index) => `A${index}`);
    for (const each of ids) {
      stage.put("deferred", each);
    }
    stage.act = (queueId) => {
      stage.move("deferred", "incoming", queueId);
      stage.reply = stage.requests.length === 20 ? "" : OK;
    };
    expect(await stage.release(...ids)).toMatchObject({ kind: "unknown" });
    expect(stage.requests.length).toBeLessThan(100);
    expect(stage.told).toHaveLength(stage.requests.length - 1);
  });

  test("end when somebody stops it, between two messages", async () => {
    const stage = new Stage();
    const ids = Array.from({ length: 100 }, (_, index) => `A${index}`);
    for (const each of ids) {
      stage.put("deferred", each);
    }
    stage.shouldStop = () => stage.requests.length >= 10;
    expect(await stage.release(...ids)).toBeNull();
    expect(stage.told.length).toBeLessThan(100);
    expect(stage.told).toHaveLength(stage.requests.length);
  });
});

describe("a service that doesn't greet, as before Postfix 3.6", () => {
  test("is known after a moment, and from then on asked at once", async () => {
    const stage = new Stage();
    stage.greeting = "";
    stage.put("deferred", "A1");
    const startMs = stage.clock.monotonicMs();
    await stage.release("A1");
    expect(stage.told).toEqual(["A1 released"]);
    expect(stage.clock.monotonicMs() - startMs).toBeGreaterThanOrEqual(PROBE_MS);

    const ids = Array.from({ length: 100 }, (_, index) => `B${index}`);
    for (const each of ids) {
      stage.put("deferred", each);
    }
    const secondMs = stage.clock.monotonicMs();
    await stage.release(...ids);
    expect(stage.told).toHaveLength(101);
    expect(stage.clock.monotonicMs() - secondMs).toBeLessThan(2 * PROBE_MS);
  });

  test("and is ours is asked at once too", async () => {
    const stage = new Stage();
    const probes: string[] = [];
    stage.put("deferred", "A1");
    stage.sockets.listen(PATH, (service) => (text) => {
      if (text.includes("send_file")) {
        stage.act("A1");
      } else {
        probes.push(text);
      }
      service.write(OK);
    });
    expect(await stage.release("A1")).toBeNull();
    expect([stage.told, probes.length]).toEqual([["A1 released"], 1]);
  });

  test("and greets late is asked once", async () => {
    const stage = new Stage();
    stage.put("deferred", "A1");
    stage.sockets.listen(PATH, (service) => {
      stage.clock.after(3 * PROBE_MS, () => service.write(stage.greeting));
      return (text) => {
        if (!text.includes("send_file")) {
          return;
        }
        stage.requests.push(text);
        stage.act("A1");
        stage.clock.after(2000, () => service.write(OK));
      };
    });
    expect(await stage.release("A1")).toBeNull();
    expect(stage.requests).toHaveLength(1);
    expect(stage.told).toEqual(["A1 released"]);
  });
});
