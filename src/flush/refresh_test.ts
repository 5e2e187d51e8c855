import { describe, expect, test } from "bun:test";
import type { Asked } from "../../test/support/flush_client.ts";
import { FlushRig } from "../../test/support/flush_rig.ts";
import { OsError } from "../effects/os_error.ts";
import { MemoryFiles } from "../memory/files.ts";
import { MemoryLog } from "../memory/log.ts";
import { STATUS } from "../wire/request.ts";

const SECOND_MS = 1000;
const HOUR_MS = 3600 * SECOND_MS;
const DAY_MS = 24 * HOUR_MS;
const WORK_MS = 100;

/** A time so long before now. */
function ago(rig: FlushRig, ms: number): { atimeMs: number; mtimeMs: number } {
  const then = rig.clock.wallMs() - ms;
  return { atimeMs: then, mtimeMs: then };
}

async function ask(rig: FlushRig, name: "refresh" | "purge"): Promise<Asked> {
  const asked = rig.ask({ name });
  await rig.pass(WORK_MS);
  return asked;
}

describe("refresh", () => {
  test("answers before it works, and ends the exchange after", async () => {
    const rig = new FlushRig();
    rig.putMessage("deferred/A/ABC123");
    rig.putLog("a_example", "ABC123\n", ago(rig, 13 * HOUR_MS));
    const asked = rig.ask({ name: "refresh" });
    expect(asked).toEqual({ status: STATUS.ok, isFinished: false });
    expect(rig.disk.has("deferred/A/ABC123")).toBeTrue();
    await rig.pass(WORK_MS);
    expect(asked.isFinished).toBeTrue();
    expect(rig.disk.has("incoming/ABC123")).toBeTrue();
  });

  test("sends logs unread for longer than the limit, without unthrottling (row 68)", async () => {
    const rig = new FlushRig();
    rig.putMessage("deferred/A/A1");
    rig.putMessage("deferred/B/B1");
    rig.putLog("old_example", "A1\n", ago(rig, 43_300 * SECOND_MS));
    rig.putLog("new_example", "B1\n", ago(rig, 43_100 * SECOND_MS));
    await ask(rig, "refresh");
    expect(rig.readLog("old_example")).toBe("");
    expect(rig.readLog("new_example")).toBe("B1\n");
    expect(rig.disk.has("deferred/B/B1")).toBeTrue();
    expect(rig.queueManager.wakeUps).toEqual(["I"]);
  });

  test("says with -v which logs it sends, and which it leaves", async () => {
    const log = new MemoryLog(1);
    const rig = new FlushRig({ log });
    rig.putLog("old_example", "GONE1\n", ago(rig, 13 * HOUR_MS));
    rig.putLog("new_example", "GONE2\n", ago(rig, HOUR_MS));
    await ask(rig, "refresh");
    const told = log.texts("info").filter((text) => text.startsWith("flush_refresh_service"));
    expect(told.sort()).toEqual([
      "flush_refresh_service: flush logfile old_example",
      "flush_refresh_service: skip logfile new_example, unread for <12 hours(s) ",
    ]);
  });

  test("goes by atime, not by mtime, and must be over the limit by a second", async () => {
    const rig = new FlushRig();
    const limit = 12 * HOUR_MS;
    const now = rig.clock.wallMs();
    rig.putMessage("hold/A1");
    rig.putLog("exactly", "A1\n", { atimeMs: now - limit, mtimeMs: now - 2 * limit });
    rig.putLog("over", "B1\n", { atimeMs: now - limit - SECOND_MS, mtimeMs: now });
    await ask(rig, "refresh");
    expect(rig.readLog("exactly")).toBe("A1\n");
    expect(rig.readLog("over")).toBe("");
  });

  test("removes empty logs that were not changed for long (rows 69 and 70)", async () => {
    const rig = new FlushRig({ purgeSeconds: 7 * 24 * 3600 });
    rig.putLog("old_example", "", ago(rig, 7 * DAY_MS + SECOND_MS));
    rig.putLog("exactly", "", ago(rig, 7 * DAY_MS));
    rig.putLog("new_example", "", ago(rig, 7 * DAY_MS - SECOND_MS));
    await ask(rig, "refresh");
    expect(Object.keys(rig.disk.filesBelow("flush"))).toEqual([
      "flush/exactly",
      "flush/new_example",
    ]);
    expect(rig.queueManager.wakeUps).toEqual([]);
  });

  test("an empty log that somebody has locked is not removed", async () => {
    const rig = new FlushRig();
    rig.putLog("old_example", "", ago(rig, 8 * DAY_MS));
    const other = new MemoryFiles(rig.disk);
    other.tryLock(other.open("flush/old_example", { access: "both" }));
    await ask(rig, "refresh");
    expect(rig.disk.has("flush/old_example")).toBeTrue();
  });

  test("a log that is written to before it is locked is not removed", async () => {
    const rig = new FlushRig();
    rig.putLog("old_example", "", ago(rig, 8 * DAY_MS));
    rig.files.fault = ({ operation, path }) => {
      if (operation === "tryLock" && path === "flush/old_example") {
        rig.putLog("old_example", "A1\n");
      }
      return null;
    };
    await ask(rig, "refresh");
    expect(rig.readLog("old_example")).toBe("A1\n");
  });

  test("does not ask for eligibility (row 72)", async () => {
    const rig = new FlushRig({ eligible: () => "no-match" });
    rig.putMessage("deferred/A/A1");
    rig.putLog("old_example", "A1\n", ago(rig, 13 * HOUR_MS));
    await ask(rig, "refresh");
    expect(rig.disk.has("incoming/A1")).toBeTrue();
  });

  test("passes over names that are no logfiles (row 73), directories and links", async () => {
    const rig = new FlushRig();
    rig.putLog("bad-name.x", "A1\n", ago(rig, 13 * HOUR_MS));
    rig.disk.makeDirectories("flush/directory");
    rig.disk.addLink("flush/link", "../victim");
    rig.disk.writeFile("victim", "A1\n", ago(rig, 13 * HOUR_MS));
    rig.putMessage("deferred/A/A1");
    await ask(rig, "refresh");
    expect(rig.disk.has("deferred/A/A1")).toBeTrue();
    expect(rig.log.texts("warning").sort()).toEqual([
      "flush_refresh_service: flush/directory: not a regular file",
      "flush_refresh_service: flush/link: not a regular file",
    ]);
  });

  test("finds logs in hashed directories, and not in wrong ones", async () => {
    const rig = new FlushRig({ hashing: { hashedQueues: new Set(["flush"]), depth: 2 } });
    rig.disk.makeDirectories("flush/e/x");
    rig.disk.makeDirectories("flush/q/q");
    rig.putMessage("deferred/A1");
    rig.putMessage("deferred/B1");
    rig.putLog("e/x/example_com", "A1\n", ago(rig, 13 * HOUR_MS));
    rig.putLog("q/q/wrong_place", "B1\n", ago(rig, 13 * HOUR_MS));
    await ask(rig, "refresh");
    expect(rig.readLog("e/x/example_com")).toBe("");
    expect(rig.readLog("q/q/wrong_place")).toBe("B1\n");
    expect(rig.log.texts("warning")).toEqual([]);
  });

  test("a log of a one-letter name does no harm, and is sent (row 74)", async () => {
    const rig = new FlushRig();
    rig.putMessage("deferred/A/A1");
    rig.putMessage("deferred/B/B1");
    rig.putLog("x", "A1\n", ago(rig, 13 * HOUR_MS));
    rig.putLog("old_example", "B1\n", ago(rig, 13 * HOUR_MS));
    await ask(rig, "refresh");
    expect(Object.keys(rig.disk.filesBelow("incoming"))).toEqual(["incoming/A1", "incoming/B1"]);
  });

  test("a missing record directory is warned of", async () => {
    const rig = new FlushRig();
    rig.disk.root.entries.delete("flush");
    const asked = await ask(rig, "refresh");
    expect(asked).toEqual({ status: STATUS.ok, isFinished: true });
    expect(rig.log.texts("warning")).toEqual([
      "scan_dir_push: open directory flush: No such file or directory",
    ]);
  });

  test("rests three quarters of the time while it walks, also over logs that are not due", async () => {
    const rig = new FlushRig();
    rig.putMessage("deferred/A/A1");
    for (let index = 0; index < 100; index++) {
      rig.putLog(`log_${index}`, "A1\n", ago(rig, 0));
    }
    // Each look at the clock takes a millisecond: a slice ends after a few logs.
    rig.clock.costMs = 1;
    let rests = 0;
    const after = rig.clock.after.bind(rig.clock);
    rig.clock.after = (delayMs, run) => {
      rests += delayMs === 6 ? 1 : 0;
      return after(delayMs, run);
    };
    const asked = rig.ask({ name: "refresh" });
    await rig.pass(2000);
    expect(asked.isFinished).toBeTrue();
    expect(rests).toBeGreaterThan(20);
  });

  test("a thousand logs are one wake-up a second at most", async () => {
    const rig = new FlushRig();
    for (let index = 0; index < 1000; index++) {
      rig.putMessage(`deferred/A/A${index}`);
      rig.putLog(`log_${index}`, `A${index}\n`, ago(rig, 13 * HOUR_MS));
    }
    const asked = await ask(rig, "refresh");
    await rig.pass(3000);
    expect(asked.isFinished).toBeTrue();
    expect(Object.keys(rig.disk.filesBelow("incoming"))).toHaveLength(1000);
    expect(rig.queueManager.wakeUps.length).toBeLessThanOrEqual(4);
    expect(new Set(rig.queueManager.wakeUps)).toEqual(new Set(["I"]));
  });
});

describe("purge", () => {
  test("waits for no second wake-up where it releases nothing", async () => {
    const rig = new FlushRig();
    rig.putMessage("active/A1");
    rig.putLog("gone_example", "GONE1\n", ago(rig, HOUR_MS));
    rig.putLog("kept_example", "A1\n", ago(rig, HOUR_MS));
    // Longer than the second between two wake-ups.
    rig.files.fault = ({ operation, path }) => {
      if (operation === "open" && path === "flush/kept_example") {
        rig.clock.work(1500);
      }
      return null;
    };
    const asked = rig.ask({ name: "purge" });
    await rig.pass(20);
    expect(asked.isFinished).toBeTrue();
    expect([rig.readLog("gone_example"), rig.readLog("kept_example")]).toEqual(["", "A1\n"]);
    expect(rig.queueManager.wakeUps).toEqual(["I"]);
  });

  test("goes on with logs that it has begun before it begins with others", async () => {
    const rig = new FlushRig();
    for (let index = 0; index < 200; index++) {
      rig.putLog(`log_${index}`, `GONE${index}\n`, ago(rig, HOUR_MS));
    }
    // A log takes a quarter of a millisecond: in ten, until the first second look, forty are begun.
    let underWay = 0;
    let underWayMax = 0;
    rig.files.fault = ({ operation, path }) => {
      if (operation === "open" && path.startsWith("flush/")) {
        underWayMax = Math.max(underWayMax, ++underWay);
        rig.clock.work(0.25);
      } else if (operation === "cut") {
        underWay--;
      }
      return null;
    };
    const asked = rig.ask({ name: "purge" });
    while (!asked.isFinished) {
      for (let promises = 0; promises < 500; promises++) {
        await null;
      }
      if (rig.clock.isTurnAwaited) {
        rig.clock.runTurn();
      }
      // What the work took: timers that fell due meanwhile, too.
      rig.clock.advance(0.01);
    }
    expect(underWay).toBe(0);
    expect(underWayMax).toBeWithin(20, 60);
  });

  test("sends every log, but one read in this very second or later (row 71)", async () => {
    const rig = new FlushRig();
    rig.putLog("old_example", "A1\n", ago(rig, SECOND_MS));
    rig.putLog("new_example", "B1\n", ago(rig, 0));
    rig.putLog("future_example", "C1\n", ago(rig, -HOUR_MS));
    rig.ask({ name: "purge" });
    await rig.pass(20);
    expect(rig.readLog("old_example")).toBe("");
    expect(rig.readLog("new_example")).toBe("B1\n");
    expect(rig.readLog("future_example")).toBe("C1\n");
  });

  test("one job at a time over all processes", async () => {
    const rig = new FlushRig();
    const other = new FlushRig({}, rig);
    rig.putLog("old_example", "GONE1\n", ago(rig, HOUR_MS));
    const [mine, others] = [rig.ask({ name: "purge" }), other.ask({ name: "purge" })];
    await rig.turn();
    await rig.pass(30);
    expect([mine.isFinished, others.isFinished]).toEqual([true, false]);
    await rig.pass(100);
    expect(others.isFinished).toBeTrue();
    expect([rig.files.openCount, other.files.openCount]).toEqual([0, 0]);
  });

  test("a record that can't be locked is warned of, and later jobs run", async () => {
    const rig = new FlushRig();
    rig.putLog("old_example", "GONE1\n", ago(rig, HOUR_MS));
    rig.files.fault = ({ operation, path }) =>
      operation === "tryLock" && path === "flush"
        ? { error: new OsError("ENOLCK", "flock") }
        : null;
    const asked = rig.ask({ name: "purge" });
    await rig.pass(WORK_MS);
    expect(asked.isFinished).toBeTrue();
    expect(rig.log.texts("warning")).toEqual([
      "scan_dir_push: lock directory flush: No locks available",
    ]);
    rig.files.fault = null;
    rig.ask({ name: "purge" });
    await rig.pass(WORK_MS);
    expect(rig.readLog("old_example")).toBe("");
  });

  test("gives up waiting for a log's lock when the process is replaced", async () => {
    const rig = new FlushRig();
    rig.putLog("old_example", "GONE1\n", ago(rig, HOUR_MS));
    const other = new MemoryFiles(rig.disk);
    other.tryLock(other.open("flush/old_example", { access: "both" }));
    const asked = rig.ask({ name: "purge" });
    await rig.pass(20);
    expect(asked.isFinished).toBeFalse();
    rig.service.leave();
    await rig.pass(20);
    expect(asked.isFinished).toBeTrue();
    expect(rig.files.openCount).toBe(0);
  });

  test("requests that wait for a job of their kind share it", async () => {
    const rig = new FlushRig();
    rig.putLog("old_example", "GONE1\n", ago(rig, HOUR_MS));
    let scans = 0;
    rig.files.fault = ({ operation, path }) => {
      scans += operation === "openDirectory" && path === "flush" ? 1 : 0;
      return null;
    };
    const asked = [rig.ask({ name: "purge" })];
    await rig.turn();
    asked.push(...Array.from({ length: 4 }, () => rig.ask({ name: "purge" })));
    await rig.pass(WORK_MS);
    expect(asked.every(({ isFinished }) => isFinished)).toBeTrue();
    expect(scans).toBe(2);
  });

  test("begins with no further log when the process is replaced", async () => {
    const rig = new FlushRig();
    for (let index = 0; index < 300; index++) {
      rig.putLog(`log_${index}`, "", ago(rig, 8 * DAY_MS));
    }
    rig.clock.costMs = 1;
    const asked = rig.ask({ name: "purge" });
    await rig.turn();
    rig.service.leave();
    await rig.pass(1200);
    expect(asked.isFinished).toBeTrue();
    expect(Object.keys(rig.disk.filesBelow("flush")).length).toBeWithin(1, 300);
  });

  test("ends at the next slice when the process is replaced; what is sent is cut", async () => {
    const rig = new FlushRig();
    const ids = Array.from({ length: 300 }, (_, index) => `A${index}`);
    for (const id of ids) {
      rig.putMessage(`deferred/A/${id}`);
    }
    rig.putLog("a_example", `${ids.join("\n")}\n`, ago(rig, HOUR_MS));
    rig.clock.costMs = 1;
    const asked = rig.ask({ name: "purge" });
    await rig.turn();
    rig.service.leave();
    await rig.pass(1200);
    expect(asked.isFinished).toBeTrue();
    const left = rig.readLog("a_example").trim().split("\n");
    expect(left.length).toBeGreaterThan(0);
    expect(left.length).toBeLessThan(300);
    // Each message is either released and out of the log, or neither.
    const deferred = Object.keys(rig.disk.filesBelow("deferred")).map((path) => path.slice(11));
    expect(left.sort()).toEqual(deferred.sort());
    expect(rig.queueManager.wakeUps).toEqual(["I"]);
    expect(rig.files.openCount).toBe(0);
  });
});
