/** Rebuilding the record from the queue: by itself on a wake-up, and what is in it afterwards. */
import { describe, expect, test } from "bun:test";
import { defer, to } from "../../test/support/deferred_mail.ts";
import { FlushRig } from "../../test/support/flush_rig.ts";
import { OsError } from "../effects/os_error.ts";
import type { FaultHook } from "../memory/faults.ts";
import { MemoryFiles } from "../memory/files.ts";

const WORK_MS = 200;
const DAY_MS = 24 * 3_600_000;

const recording = { recordsAny: true };

/** A fault: the disk is full for one log. */
function failingWrites({ operation, path }: { operation: string; path: string }): {
  error: OsError;
} | null {
  const isMeant = operation === "write" && path === "flush/one_example";
  return isMeant ? { error: new OsError("ENOSPC", "write") } : null;
}

/** A fault: after so many writes nothing that the process does has an effect any more, as if it had been killed. */
function deadAfter(writesMax: number): FaultHook {
  let writes = 0;
  let isDead = false;
  return ({ operation }) => {
    isDead ||= operation === "write" && ++writes > writesMax;
    return isDead ? { error: new OsError("EIO", operation) } : null;
  };
}

async function wakeUp(rig: FlushRig, ms = WORK_MS): Promise<void> {
  const asked = rig.ask({ name: "refresh" });
  await rig.pass(ms);
  expect(asked.isFinished).toBeTrue();
  expect(rig.files.openCount).toBe(0);
}

/** The record: the entries of each log, sorted. */
function record(rig: FlushRig): Record<string, string> {
  const logs = Object.entries(rig.disk.filesBelow("flush"));
  return Object.fromEntries(
    logs.map(([path, text]) => [path.slice(6), text.split("\n").filter(Boolean).sort().join(" ")]),
  );
}

describe("rebuild", () => {
  test("adds each deferred message to the logs of its undelivered recipients' sites", async () => {
    const rig = new FlushRig(recording);
    defer(rig.disk, "A1", to("x@one.example", "y@Two.example", "z@ONE.example"));
    defer(rig.disk, "A2", [
      { address: "x@one.example", state: "done" },
      { address: "y@three.example" },
    ]);
    defer(rig.disk, "B1", to("x%one.example@mx.example"), ["x@one.example"]);
    defer(rig.disk, "B2", to("local-user"));
    await wakeUp(rig);
    expect(record(rig)).toEqual({
      REBUILT: "",
      one_example: "A1 B1",
      three_example: "A2",
      two_example: "A1",
    });
    expect(rig.queueManager.wakeUps).toEqual([]);
    expect(rig.log.texts("info")[0]).toStartWith(
      "rebuild: complete, messages=4, unreadable=0, written=4, seconds=",
    );
  });

  test("adds each message on hold too: it comes back to deferred without being tried", async () => {
    const rig = new FlushRig(recording);
    defer(rig.disk, "A1", to("x@one.example"));
    rig.files.rename("deferred/A/A1", "hold/A1");
    await wakeUp(rig);
    expect(record(rig)).toEqual({ REBUILT: "", one_example: "A1" });
    expect(rig.log.texts("info")[0]).toStartWith("rebuild: complete, messages=1,");
  });

  for (const { from, to: target } of [
    { from: "deferred/A/A1", to: "hold/A1" },
    { from: "hold/A1", to: "deferred/A/A1" },
  ]) {
    test(`a message that goes from ${from} to ${target} meanwhile is not missed`, async () => {
      const rig = new FlushRig(recording);
      defer(rig.disk, "A1", to("x@one.example"));
      if (from !== "deferred/A/A1") {
        rig.files.rename("deferred/A/A1", from);
      }
      // Before the second queue is listed, whichever that is.
      let listed = 0;
      rig.files.fault = ({ operation, path }) => {
        if (operation === "openDirectory" && /^(hold|deferred)$/.test(path) && ++listed === 2) {
          new MemoryFiles(rig.disk).rename(from, target);
        }
        return null;
      };
      await wakeUp(rig);
      expect(rig.disk.has(target)).toBeTrue();
      expect(record(rig)).toEqual({ REBUILT: "", one_example: "A1" });
    });
  }

  test("neither loses nor doubles what the record holds, whatever its size", async () => {
    const rig = new FlushRig(recording);
    const ids = Array.from({ length: 8000 }, (_, index) => `A${index}`);
    for (const id of ids.slice(0, 3000)) {
      defer(rig.disk, id, to("x@large.example", "x@small.example"));
    }
    for (const id of ids.slice(3000)) {
      rig.putMessage(`active/${id}`);
    }
    // More than is read for an add; the entries of active messages stay.
    rig.putLog("large_example", ids.map((id) => `${id}_${"X".repeat(20)}\n`).join(""));
    for (const id of ids) {
      rig.putMessage(`active/${id}_${"X".repeat(20)}`);
    }
    rig.putLog("small_example", "A5\nA1\n");
    const largeBefore = ids.map((id) => `${id}_${"X".repeat(20)}`);
    await wakeUp(rig, 3000);
    const lines = rig.readLog("large_example").trim().split("\n");
    expect(lines.toSorted()).toEqual([...largeBefore, ...ids.slice(0, 3000)].toSorted());
    expect(rig.readLog("small_example").trim().split("\n").toSorted()).toEqual(
      ids.slice(0, 3000).toSorted(),
    );
  });

  test("does not gather all of a large queue before it writes", async () => {
    const rig = new FlushRig(recording);
    const addresses = Array.from({ length: 1000 }, (_, index) => `x@d${index}.example`);
    for (let index = 0; index < 25; index++) {
      defer(rig.disk, `A${index}`, to(...addresses));
    }
    let isWritten = false;
    rig.files.fault = ({ operation, path }) => {
      // Looked at as each message is opened, the last one in the end.
      if (operation === "open" && path.startsWith("deferred/A/")) {
        isWritten = rig.disk.has("flush/d0_example");
      }
      return null;
    };
    await wakeUp(rig, 3000);
    expect(isWritten).toBeTrue();
  });

  test("is done once, and again when the mark is gone", async () => {
    const rig = new FlushRig(recording);
    defer(rig.disk, "A1", to("x@one.example"));
    await wakeUp(rig);
    rig.files.remove("flush/one_example");
    await wakeUp(rig);
    expect(record(rig)).toEqual({ REBUILT: "" });
    // As `postsuper -d ALL` leaves it.
    rig.files.remove("flush/REBUILT");
    await wakeUp(rig);
    expect(record(rig)).toEqual({ REBUILT: "", one_example: "A1" });
  });

  test("is done once a week: the mark goes as an empty log goes", async () => {
    const rig = new FlushRig(recording);
    await wakeUp(rig);
    defer(rig.disk, "A1", to("x@one.example"));
    rig.clock.advance(7 * DAY_MS - 1000);
    await wakeUp(rig);
    expect(record(rig)).toEqual({ REBUILT: "" });
    rig.clock.advance(2000);
    await wakeUp(rig);
    await wakeUp(rig);
    expect(record(rig)).toEqual({ REBUILT: "", one_example: "A1" });
  });

  test("where the mark can't be looked at nothing is rebuilt", async () => {
    const rig = new FlushRig(recording);
    defer(rig.disk, "A1", to("x@one.example"));
    rig.files.fault = ({ operation, path }) =>
      operation === "statusOf" && path === "flush/REBUILT"
        ? { error: new OsError("EIO", "lstat") }
        : null;
    await wakeUp(rig);
    expect(record(rig)).toEqual({});
  });

  test("without any eligible site there is nothing to rebuild", async () => {
    const rig = new FlushRig({ recordsAny: false });
    await wakeUp(rig);
    expect(record(rig)).toEqual({});
  });

  test("passes over sites that are not eligible", async () => {
    const rig = new FlushRig({
      ...recording,
      eligible: (site) => (site === "one.example" ? "match" : "no-match"),
    });
    defer(rig.disk, "A1", to("x@one.example", "x@two.example"));
    await wakeUp(rig);
    expect(record(rig)).toEqual({ REBUILT: "", one_example: "A1" });
  });

  test("a message that can't be read is warned of, and the others are recorded", async () => {
    const rig = new FlushRig(recording);
    defer(rig.disk, "A1", to("x@one.example"));
    rig.putMessage("deferred/B/BAD1");
    await wakeUp(rig);
    expect(record(rig)).toEqual({ REBUILT: "", one_example: "A1" });
    expect(rig.log.texts("warning")).toEqual([
      expect.stringMatching(/^rebuild: read deferred\/B\/BAD1: /),
    ]);
  });

  test("where a log can't be written the record does not count as rebuilt", async () => {
    const rig = new FlushRig(recording);
    defer(rig.disk, "A1", to("x@one.example"));
    rig.files.fault = failingWrites;
    await wakeUp(rig);
    expect(rig.disk.has("flush/REBUILT")).toBeFalse();
    rig.files.fault = null;
    await wakeUp(rig);
    expect(record(rig)).toEqual({ REBUILT: "", one_example: "A1" });
  });

  test("where a part of the queue can't be read the record does not count as rebuilt", async () => {
    const rig = new FlushRig(recording);
    defer(rig.disk, "A1", to("x@one.example"));
    defer(rig.disk, "B1", to("x@one.example"));
    rig.files.fault = ({ operation, path }) =>
      operation === "openDirectory" && path === "deferred/B"
        ? { error: new OsError("EACCES", "opendir") }
        : null;
    await wakeUp(rig);
    expect(record(rig)).toEqual({ one_example: "A1" });
    expect(rig.log.texts("warning")).toEqual(["rebuild: opendir deferred/B: Permission denied"]);
  });

  test("one that ends since its process is replaced keeps what it has, and is to be done again", async () => {
    const rig = new FlushRig(recording);
    for (let index = 0; index < 100; index++) {
      defer(rig.disk, `A${index}`, to("x@one.example"));
    }
    rig.clock.costMs = 1;
    rig.ask({ name: "refresh" });
    await rig.pass(50);
    rig.service.leave();
    await rig.pass(WORK_MS);
    const entries = record(rig)["one_example"]?.split(" ") ?? [];
    expect(entries.length).toBeWithin(1, 100);
    expect(rig.disk.has("flush/REBUILT")).toBeFalse();
    expect(rig.log.texts("info")[0]).toStartWith("rebuild: incomplete, ");
  });

  test("where the policy can't be looked up it doesn't either, and what is known is recorded", async () => {
    let two: "error" | "match" = "error";
    const rig = new FlushRig({
      ...recording,
      eligible: (site) => (site === "two.example" ? two : "match"),
    });
    defer(rig.disk, "A1", to("x@two.example", "x@one.example"));
    await wakeUp(rig);
    expect(record(rig)).toEqual({ one_example: "A1" });
    two = "match";
    await wakeUp(rig);
    expect(record(rig)).toEqual({ REBUILT: "", one_example: "A1", two_example: "A1" });
  });

  test("a directory that fails while it is read is passed over, and named", async () => {
    const rig = new FlushRig(recording);
    defer(rig.disk, "A1", to("x@one.example"));
    defer(rig.disk, "B1", to("x@two.example"));
    rig.files.fault = ({ operation, path }) =>
      operation === "readDirectory" && path === "deferred/A"
        ? { error: new OsError("EIO", "readdir") }
        : null;
    await wakeUp(rig);
    expect(record(rig)).toEqual({ two_example: "B1" });
    expect(rig.log.texts("warning")).toEqual(["rebuild: readdir deferred/A: Input/output error"]);
  });

  test.each([
    ["a queue file", "deferred/A/A1"],
    ["a defer file", "defer/A/A1"],
  ])("%s that can't be read for now is read by the next wake-up", async (_, path) => {
    const rig = new FlushRig(recording);
    defer(rig.disk, "A1", to("x@one.example"));
    rig.files.fault = (point) =>
      point.operation === "open" && point.path === path
        ? { error: new OsError("EMFILE", "open") }
        : null;
    await wakeUp(rig);
    expect(rig.disk.has("flush/REBUILT")).toBeFalse();
    rig.files.fault = null;
    await wakeUp(rig);
    expect(record(rig)).toEqual({ REBUILT: "", one_example: "A1" });
  });

  test("a queue file that can't be read at any time keeps no record from being complete", async () => {
    const rig = new FlushRig(recording);
    defer(rig.disk, "A1", to("x@one.example"));
    rig.files.fault = ({ operation, path }) =>
      operation === "open" && path === "deferred/A/A1"
        ? { error: new OsError("EACCES", "open") }
        : null;
    await wakeUp(rig);
    expect(record(rig)).toEqual({ REBUILT: "" });
  });

  test("one that is killed leaves what it has written, and the next one goes on", async () => {
    const rig = new FlushRig(recording);
    for (let index = 0; index < 50; index++) {
      defer(rig.disk, `A${index}`, to(`x@site-${index}.example`));
    }
    rig.files.fault = deadAfter(20);
    await wakeUp(rig);
    expect(rig.disk.has("flush/REBUILT")).toBeFalse();
    expect(Object.values(record(rig)).filter(Boolean)).toHaveLength(20);
    const next = new FlushRig(recording, rig);
    await wakeUp(next);
    expect(Object.keys(record(next))).toHaveLength(51);
    expect(rig.disk.has("flush/REBUILT")).toBeTrue();
  });

  test("one that is asked for takes the mark of the last one away while it is in hand", async () => {
    const rig = new FlushRig(recording);
    await wakeUp(rig);
    defer(rig.disk, "A1", to("x@one.example"));
    rig.files.fault = deadAfter(0);
    rig.ask({ name: "rebuild" });
    await rig.pass(WORK_MS);
    expect(record(rig)).toEqual({ REBUILDING: "", one_example: "" });
    await wakeUp(new FlushRig(recording, rig));
    expect(record(rig)).toEqual({ REBUILT: "", one_example: "A1" });
  });

  test("where no mark can be made the record is completed, and does not count as rebuilt", async () => {
    const rig = new FlushRig(recording);
    defer(rig.disk, "A1", to("x@one.example"));
    rig.files.fault = ({ operation, path }) =>
      operation === "open" && path === "flush/REBUILDING"
        ? { error: new OsError("ENOSPC", "open") }
        : null;
    await wakeUp(rig);
    expect(record(rig)).toEqual({ one_example: "A1" });
    expect(rig.log.texts("warning")).toEqual([
      "rebuild: open flush/REBUILDING: No space left on device",
    ]);
  });

  test("leaves its mark where a deeply hashed record has another place for it meanwhile", async () => {
    const hashing = { hashedQueues: new Set(["flush", "deferred", "defer"]), depth: 8 };
    const rig = new FlushRig({ ...recording, hashing });
    await wakeUp(rig);
    expect(record(rig)).toEqual({ "R/E/B/U/I/L/T/_/REBUILT": "" });
  });

  test("a process that is being replaced begins none, and says nothing", async () => {
    const rig = new FlushRig(recording);
    defer(rig.disk, "A1", to("x@one.example"));
    rig.service.leave();
    await wakeUp(rig);
    expect(record(rig)).toEqual({});
    expect(rig.log.texts("info")).toEqual([]);
  });

  test("one at a time over all processes", async () => {
    const rig = new FlushRig(recording);
    defer(rig.disk, "A1", to("x@one.example"));
    const other = new MemoryFiles(rig.disk);
    const directory = other.open("flush", { access: "read" });
    other.tryLock(directory);
    const asked = rig.ask({ name: "refresh" });
    await rig.pass(WORK_MS);
    expect(record(rig)).toEqual({});
    other.close(directory);
    await rig.pass(WORK_MS);
    expect(asked.isFinished).toBeTrue();
    expect(record(rig)).toEqual({ REBUILT: "", one_example: "A1" });
  });

  test("rests three quarters of the time", async () => {
    const rig = new FlushRig(recording);
    for (let index = 0; index < 100; index++) {
      defer(rig.disk, `A${index}`, to("x@one.example"));
    }
    rig.clock.costMs = 1;
    let rests = 0;
    const after = rig.clock.after.bind(rig.clock);
    rig.clock.after = (delayMs, run) => {
      // The walk behind it rests too.
      rests += delayMs === 6 && !rig.disk.has("flush/REBUILT") ? 1 : 0;
      return after(delayMs, run);
    };
    await wakeUp(rig, 2000);
    expect(rests).toBeGreaterThan(20);
  });
});
