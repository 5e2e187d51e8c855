import { describe, expect, test } from "bun:test";
import { FlushRig } from "../../test/support/flush_rig.ts";
import { OsError } from "../effects/os_error.ts";
import { MemoryFiles } from "../memory/files.ts";
import { STATUS } from "../wire/request.ts";

/** Longer than the second look for messages that are in no queue. */
const SEND_MS = 20;

describe("send_site", () => {
  test("moves the messages to incoming, due now, and empties the log (row 53)", async () => {
    const rig = new FlushRig();
    rig.putMessage("deferred/A/ABC123");
    rig.putMessage("deferred/1/1234ABC", 0o600);
    rig.putLog("a_example", "ABC123\n1234ABC\nABC123\nMISSING\n", { atimeMs: 0, mtimeMs: 0 });
    const seen: string[] = [];
    rig.onWake = (letters) => {
      const place = rig.disk.has("incoming/ABC123") ? "moved" : "not yet";
      seen.push(`${letters} ${place}, log ${rig.readLog("a_example").length}`);
    };
    const asked = rig.sendSite("a.example");
    await rig.pass(SEND_MS);

    expect(asked).toEqual({ status: STATUS.ok, isFinished: true });
    expect(rig.disk.filesBelow("deferred")).toEqual({});
    expect(Object.keys(rig.disk.filesBelow("incoming"))).toEqual([
      "incoming/1234ABC",
      "incoming/ABC123",
    ]);
    const now = BigInt(Math.floor(rig.clock.wallMs() / 1000)) * 1_000_000_000n;
    const [ready, notReady] = ["ABC123", "1234ABC"].map((id) =>
      rig.files.statusOf(`incoming/${id}`),
    );
    expect([ready?.mode, notReady?.mode]).toEqual([0o700, 0o600]);
    expect([ready?.mtimeNs, ready?.atimeNs, notReady?.mtimeNs]).toEqual([now, now, now]);
    expect(rig.readLog("a_example")).toBe("");
    expect(rig.files.statusOf("flush/a_example").atimeNs).toBe(now);
    expect(rig.files.statusOf("flush/a_example").mtimeNs).toBe(now);
    expect(seen).toEqual(["F not yet, log 30", "FI moved, log 0"]);
    expect(rig.log.texts("warning")).toEqual([]);
    expect(rig.files.openCount).toBe(0);
  });

  test("without a log nothing happens and nobody is woken (row 54)", async () => {
    const rig = new FlushRig();
    const asked = rig.sendSite("a.example");
    await rig.turn();
    expect(asked.status).toBe(STATUS.ok);
    expect(rig.queueManager.wakeUps).toEqual([]);
    expect(rig.disk.filesBelow("flush")).toEqual({});
  });

  test("an empty log still unthrottles (row 55)", async () => {
    const rig = new FlushRig();
    rig.putLog("a_example", "", { mtimeMs: 0 });
    rig.sendSite("a.example");
    await rig.turn();
    expect(rig.queueManager.wakeUps).toEqual(["F"]);
    expect(rig.files.statusOf("flush/a_example").mtimeNs).toBeGreaterThan(0n);
  });

  test("lines that are no queue IDs are warned of and go (row 56)", async () => {
    const rig = new FlushRig();
    rig.putLog("a_example", `bad-id\n\n${"x".repeat(300)}\nA1\0junk\n`);
    rig.sendSite("a.example");
    await rig.pass(SEND_MS);
    expect(rig.log.texts("warning")).toEqual([
      'bad queue id "bad-id..." in fast flush logfile a_example',
      'bad queue id "..." in fast flush logfile a_example',
      `bad queue id "${"x".repeat(30)}..." in fast flush logfile a_example`,
    ]);
    expect(rig.queueManager.wakeUps).toEqual(["F", "FI"]);
    expect(rig.readLog("a_example")).toBe("");
  });

  test("a last line without newline is an entry (row 57)", async () => {
    const rig = new FlushRig();
    rig.putMessage("deferred/A/ABC123");
    rig.putLog("a_example", "ABC123");
    rig.sendSite("a.example");
    await rig.pass(SEND_MS);
    expect(rig.disk.has("incoming/ABC123")).toBeTrue();
    expect(rig.readLog("a_example")).toBe("");
  });

  for (const queue of ["active", "hold"]) {
    test(`an entry whose message is in ${queue} stays (row 58; the original drops it)`, async () => {
      const rig = new FlushRig();
      rig.putMessage(`${queue}/ABC123`);
      rig.putMessage("deferred/D/DEF456");
      rig.putLog("a_example", "ABC123\nDEF456\nGONE1\n");
      rig.sendSite("a.example");
      await rig.pass(SEND_MS);
      expect(rig.readLog("a_example")).toBe("ABC123\n");
      expect(rig.disk.has(`${queue}/ABC123`)).toBeTrue();
      expect(rig.disk.has("incoming/DEF456")).toBeTrue();
      expect(rig.queueManager.wakeUps).toEqual(["F", "FI"]);
    });
  }

  test("a message that turns up between the two looks keeps its entry", async () => {
    const rig = new FlushRig();
    rig.putLog("a_example", "ABC123\n");
    rig.sendSite("a.example");
    await rig.pass(5);
    expect(rig.readLog("a_example")).toBe("ABC123\n");
    rig.putMessage("deferred/A/ABC123");
    await rig.pass(SEND_MS);
    expect(rig.readLog("a_example")).toBe("ABC123\n");
  });

  test("a message in incoming is made due and stays there (row 59)", async () => {
    const rig = new FlushRig();
    rig.putMessage("incoming/ABC123");
    rig.putLog("a_example", "ABC123\n");
    rig.sendSite("a.example");
    await rig.pass(SEND_MS);
    const now = BigInt(Math.floor(rig.clock.wallMs() / 1000)) * 1_000_000_000n;
    expect(rig.files.statusOf("incoming/ABC123").mtimeNs).toBe(now);
    expect(rig.readLog("a_example")).toBe("");
  });

  test("hashed incoming directories are made (row 66)", async () => {
    const rig = new FlushRig({
      hashing: { hashedQueues: new Set(["incoming", "deferred"]), depth: 2 },
    });
    rig.putMessage("deferred/A/B/ABC123");
    rig.putLog("a_example", "ABC123\n");
    rig.sendSite("a.example");
    await rig.pass(SEND_MS);
    expect(rig.disk.has("incoming/A/B/ABC123")).toBeTrue();
    expect(rig.files.statusOf("incoming/A/B").mode).toBe(0o700);
    expect(rig.files.statusOf("incoming/A").gid).toBe(105);
  });

  test("a hashed directory is given this process's group; where that fails, it is warned of", async () => {
    const rig = new FlushRig({
      hashing: { hashedQueues: new Set(["incoming"]), depth: 1 },
      groupId: 42,
    });
    rig.putMessage("deferred/ABC123");
    rig.putLog("a_example", "ABC123\n");
    rig.sendSite("a.example");
    await rig.pass(SEND_MS);
    expect(rig.disk.has("incoming/A/ABC123")).toBeTrue();
    // The mail owner of the twin is in no such group.
    expect(rig.log.texts("warning")).toEqual([
      "make_dirs: chgrp incoming/A: Operation not permitted",
    ]);
  });

  test("long queue IDs are found where they are hashed (row 67)", async () => {
    const rig = new FlushRig();
    rig.putMessage("deferred/7/4jYCDY3XvNzLDg6L");
    rig.putLog("a_example", "4jYCDY3XvNzLDg6L\n");
    rig.sendSite("a.example");
    await rig.pass(SEND_MS);
    expect(rig.disk.has("incoming/4jYCDY3XvNzLDg6L")).toBeTrue();
  });

  test("a message that is put on hold while it is moved keeps its entry", async () => {
    const rig = new FlushRig();
    rig.putMessage("deferred/A/ABC123");
    rig.putLog("a_example", "ABC123\n");
    rig.files.fault = ({ operation, path }) => {
      if (operation === "rename" && path === "deferred/A/ABC123") {
        rig.files.fault = null;
        rig.files.rename("deferred/A/ABC123", "hold/ABC123");
      }
      return null;
    };
    rig.sendSite("a.example");
    await rig.pass(SEND_MS);
    expect(rig.disk.has("hold/ABC123")).toBeTrue();
    expect(rig.readLog("a_example")).toBe("ABC123\n");
  });

  test("a message whose new directory can't be made keeps its entry", async () => {
    const rig = new FlushRig({
      hashing: { hashedQueues: new Set(["incoming", "deferred"]), depth: 1 },
    });
    rig.putMessage("deferred/A/ABC123");
    rig.putLog("a_example", "ABC123\n");
    rig.files.fault = ({ operation }) =>
      operation === "makeDirectory" ? { error: new OsError("ENOSPC", "mkdir") } : null;
    rig.sendSite("a.example");
    await rig.pass(SEND_MS);
    expect(rig.disk.has("deferred/A/ABC123")).toBeTrue();
    expect(rig.readLog("a_example")).toBe("ABC123\n");
    expect(rig.log.texts("warning")).toEqual([
      "deferred/A/ABC123: rename from deferred to incoming: No space left on device",
    ]);
  });

  test("an add during a send is not lost when somebody removes the log (postsuper -d ALL)", async () => {
    const rig = new FlushRig();
    rig.putLog("a_example", "GONE1\n");
    rig.sendSite("a.example");
    await rig.turn();
    new MemoryFiles(rig.disk).remove("flush/a_example");
    const asked = rig.add("a.example", "NEW1");
    await rig.pass(SEND_MS);
    expect(asked.status).toBe(STATUS.ok);
    expect(rig.readLog("a_example")).toBe("NEW1\n");
  });

  test("several sends of one log follow one another, without asking for the lock meanwhile", async () => {
    const rig = new FlushRig();
    rig.putLog("a_example", "GONE1\n");
    let tries = 0;
    rig.files.fault = ({ operation }) => {
      tries += operation === "tryLock" ? 1 : 0;
      return null;
    };
    const asked = Array.from({ length: 20 }, () => rig.sendSite("a.example"));
    await rig.pass(50);
    expect(asked.every(({ status, isFinished }) => status === STATUS.ok && isFinished)).toBeTrue();
    expect(tries).toBe(20);
    expect(rig.files.openCount).toBe(0);
  });

  test("an entry that stays is written once, however often the log repeats it", async () => {
    const rig = new FlushRig();
    rig.putMessage("hold/HELD1");
    const gone = Array.from({ length: 6000 }, (_, index) => `GONE_${index}_${"X".repeat(200)}`);
    rig.putLog("a_example", `HELD1\n${gone.join("\n")}\nHELD1\n${gone.join("\n")}\nHELD1\n`);
    rig.sendSite("a.example");
    await rig.pass(200);
    expect(rig.readLog("a_example")).toBe("HELD1\n");
  });

  test("a message that can't be moved is warned of and keeps its entry", async () => {
    const rig = new FlushRig();
    rig.putMessage("deferred/A/ABC123");
    rig.putMessage("deferred/D/DEF456");
    rig.putLog("a_example", "ABC123\nDEF456\n");
    rig.files.fault = ({ operation, path }) =>
      operation === "rename" && path.endsWith("ABC123")
        ? { error: new OsError("EIO", "rename") }
        : null;
    const asked = rig.sendSite("a.example");
    await rig.pass(SEND_MS);
    expect(asked.status).toBe(STATUS.ok);
    expect(rig.log.texts("warning")).toEqual([
      "deferred/A/ABC123: rename from deferred to incoming: Input/output error",
    ]);
    expect(rig.readLog("a_example")).toBe("ABC123\n");
    expect(rig.disk.has("incoming/DEF456")).toBeTrue();
  });

  for (const [operation, step] of [
    ["read", "read"],
    ["truncate", "truncate"],
    ["tryLock", "lock"],
  ] as const) {
    test(`a log whose ${step} fails is answered with fail, and keeps its entries`, async () => {
      const rig = new FlushRig();
      rig.putLog("a_example", "ABC123\n");
      rig.files.fault = (point) =>
        point.operation === operation ? { error: new OsError("EIO", operation) } : null;
      const asked = rig.sendSite("a.example");
      await rig.pass(SEND_MS);
      expect(asked).toEqual({ status: STATUS.fail, isFinished: true });
      expect(rig.log.texts("warning")).toEqual([
        `flush_send_path: ${step} fast flush logfile a_example: Input/output error`,
      ]);
      expect(rig.readLog("a_example")).toBe("ABC123\n");
      expect(rig.files.openCount).toBe(0);
    });
  }

  test("adds are served while the site's log is sent, and stay in it", async () => {
    const rig = new FlushRig();
    const ids = Array.from({ length: 400 }, (_, index) => `A${index}`);
    for (const id of ids) {
      rig.putMessage(`deferred/A/${id}`);
    }
    rig.putLog("a_example", `${ids.join("\n")}\n`);
    // Each look at the clock takes a millisecond: a slice ends after a few messages.
    rig.clock.costMs = 1;
    const asked = rig.sendSite("a.example");
    await rig.turn();
    const inBetween = ["NEW1", "A7", "NEW1"].map((id) => rig.add("a.example", id));
    const elsewhere = rig.add("b.example", "B1");
    await rig.turn();
    expect(asked.status).toBeNull();
    expect([...inBetween, elsewhere].map(({ status }) => status)).toEqual([0, 0, 0, 0]);
    rig.add("a.example", "A7");
    await rig.pass(1400);
    expect(asked).toEqual({ status: STATUS.ok, isFinished: true });
    expect(rig.readLog("a_example")).toBe("NEW1\nA7\n");
    expect(Object.keys(rig.disk.filesBelow("incoming"))).toHaveLength(400);
  });

  test("lets others be served during the second look as well", async () => {
    const rig = new FlushRig();
    rig.putLog("a_example", Array.from({ length: 500 }, (_, index) => `GONE${index}\n`).join(""));
    const asked = rig.sendSite("a.example");
    await rig.turn();
    rig.clock.costMs = 1;
    rig.clock.advance(10);
    await rig.turn();
    expect(asked.status).toBeNull();
    await rig.pass(200);
    expect(asked.status).toBe(STATUS.ok);
    expect(rig.readLog("a_example")).toBe("");
  });

  test("a second process's add waits for the send, and is not lost", async () => {
    const rig = new FlushRig();
    const other = new FlushRig({}, rig);
    rig.putLog("a_example", "GONE1\n");
    rig.sendSite("a.example");
    await rig.turn();
    const added = other.add("a.example", "NEW1");
    await rig.turn();
    expect(added.status).toBeNull();
    await rig.pass(SEND_MS);
    expect(added.status).toBe(STATUS.ok);
    expect(rig.readLog("a_example")).toBe("NEW1\n");
  });

  test("waits for a lock held elsewhere", async () => {
    const rig = new FlushRig();
    rig.putMessage("deferred/A/ABC123");
    rig.putLog("a_example", "ABC123\n");
    const other = new MemoryFiles(rig.disk);
    const held = other.open("flush/a_example", { access: "both" });
    other.tryLock(held);
    const asked = rig.sendSite("a.example");
    await rig.pass(100);
    expect(asked.status).toBeNull();
    expect(rig.queueManager.wakeUps).toEqual([]);
    other.close(held);
    await rig.pass(SEND_MS);
    expect(asked.status).toBe(STATUS.ok);
    expect(rig.disk.has("incoming/ABC123")).toBeTrue();
  });

  test("a long send wakes the queue manager once a second, F before I each time", async () => {
    const rig = new FlushRig();
    const ids = Array.from({ length: 1300 }, (_, index) => `A${index}`);
    for (const id of ids) {
      rig.putMessage(`deferred/A/${id}`);
    }
    rig.putLog("a_example", `${ids.join("\n")}\n`);
    rig.clock.costMs = 1;
    const wokenMs: number[] = [];
    rig.onWake = () => wokenMs.push(rig.clock.wallMs());
    rig.sendSite("a.example");
    await rig.pass(8000);
    const [first, ...others] = rig.queueManager.wakeUps;
    expect(first).toBe("F");
    expect(others.length).toBeGreaterThan(2);
    expect(new Set(others)).toEqual(new Set(["FI"]));
    const gapsMs = wokenMs.slice(2).map((ms, index) => ms - (wokenMs[index + 1] ?? 0));
    expect(Math.min(...gapsMs)).toBeGreaterThanOrEqual(1000);
  });

  test("a log larger than a block is sent whole, and its memory is one block", async () => {
    const rig = new FlushRig();
    const held = ["HELD1", "HELD2"];
    for (const id of held) {
      rig.putMessage(`hold/${id}`);
    }
    // Ten blocks and a half of entries for messages that are gone; the held ones at both ends.
    const gone = Array.from({ length: 13_000 }, (_, index) => `GONE_${index}_${"X".repeat(200)}`);
    rig.putLog("a_example", `HELD1\n${gone.join("\n")}\nHELD2\n`);
    let largestRead = 0;
    const read = rig.files.read.bind(rig.files);
    rig.files.read = (file, into, position) => {
      largestRead = Math.max(largestRead, into.length);
      return read(file, into, position);
    };
    rig.sendSite("a.example");
    await rig.pass(200);
    expect(rig.readLog("a_example").split("\n").sort()).toEqual(["", "HELD1", "HELD2"]);
    expect(largestRead).toBe(256 * 1024);
  });
});
