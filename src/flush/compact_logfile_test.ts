/** What a refresh does to logs that are not due: it compacts them, and nobody notices but by what is gone. */
import { describe, expect, test } from "bun:test";
import { FlushRig } from "../../test/support/flush_rig.ts";
import { MemoryFiles } from "../memory/files.ts";
import { STATUS } from "../wire/request.ts";

const HOUR_MS = 3_600_000;
const WORK_MS = 100;

/** A log that was sent two hours ago, and last added to an hour ago. */
function putLog(rig: FlushRig, name: string, text: string): void {
  const now = rig.clock.wallMs();
  rig.putLog(name, text, { atimeMs: now - 2 * HOUR_MS, mtimeMs: now - HOUR_MS });
}

async function refresh(rig: FlushRig): Promise<void> {
  const asked = rig.ask({ name: "refresh" });
  await rig.pass(WORK_MS);
  expect(asked.isFinished).toBeTrue();
  expect(rig.files.openCount).toBe(0);
}

describe("compaction", () => {
  test("takes out repeats and entries whose message is in no queue, and asks for no delivery", async () => {
    const rig = new FlushRig();
    rig.putMessage("deferred/D/DEF1");
    rig.putMessage("incoming/INC1");
    rig.putMessage("active/ACT1");
    rig.putMessage("hold/HOLD1");
    putLog(rig, "a_example", "GONE1\nDEF1\nINC1\nGONE2\nACT1\nHOLD1\nDEF1\nGONE1\nHOLD1\n");
    putLog(rig, "b_example", "GONE3\n");
    await refresh(rig);
    expect(rig.readLog("a_example").split("\n").sort()).toEqual([
      "",
      "ACT1",
      "DEF1",
      "HOLD1",
      "INC1",
    ]);
    expect(rig.readLog("b_example")).toBe("");
    expect(rig.queueManager.wakeUps).toEqual([]);
    expect(rig.disk.has("deferred/D/DEF1")).toBeTrue();
    expect(rig.log.texts("warning")).toEqual([]);
  });

  for (const queue of ["deferred", "hold"]) {
    test(`takes no message for gone while ${queue} itself is not there`, async () => {
      const rig = new FlushRig();
      rig.putMessage("deferred/D/DEF1");
      rig.putMessage("hold/HOLD1");
      putLog(rig, "a_example", "DEF1\nHOLD1\nGONE1\n");
      rig.files.rename(queue, "aside");
      await refresh(rig);
      expect(rig.readLog("a_example")).toBe("DEF1\nHOLD1\nGONE1\n");
      rig.files.rename("aside", queue);
      await refresh(rig);
      expect(rig.readLog("a_example")).toBe("DEF1\nHOLD1\n");
    });
  }

  test("leaves atime and mtime as they were, whether it takes something out or not", async () => {
    const rig = new FlushRig();
    rig.putMessage("deferred/D/DEF1");
    putLog(rig, "cut_example", "GONE1\nDEF1\n");
    putLog(rig, "whole_example", "DEF1\n");
    const times = (): unknown[] =>
      ["cut_example", "whole_example"].map((name) => {
        const { atimeNs, mtimeNs } = rig.files.statusOf(`flush/${name}`);
        return [atimeNs, mtimeNs];
      });
    const before = times();
    await refresh(rig);
    expect(rig.readLog("cut_example")).toBe("DEF1\n");
    expect(times()).toEqual(before);
  });

  for (const [what, entries, locks] of [
    ["a small log", 1, false],
    ["a larger log", 1000, true],
  ] as const) {
    test(`writes nothing to ${what} that stays as it is, not even its times`, async () => {
      const rig = new FlushRig();
      const ids = Array.from({ length: entries }, (_, number) => `D${number}`);
      for (const id of ids) {
        rig.putMessage(`deferred/D/${id}`);
      }
      const now = rig.clock.wallMs();
      const text = ids.map((id) => `${id}\n`).join("");
      // Read since it was written: reading it once more does not change its atime.
      rig.putLog("whole_example", text, { atimeMs: now - HOUR_MS, mtimeMs: now - 2 * HOUR_MS });
      const calls: string[] = [];
      rig.files.fault = ({ operation, path }) => {
        if (path === "flush/whole_example") {
          calls.push(operation);
        }
        return null;
      };
      await refresh(rig);
      expect(calls).toContain("read");
      expect(calls.includes("tryLock")).toBe(locks);
      const changing = ["write", "append", "truncate", "setTimes", "setTimesOf"];
      expect(calls.filter((operation) => changing.includes(operation))).toEqual([]);
    });
  }

  for (const [what, text] of [
    ["a repeat", "DEF1\nDEF1\n"],
    ["an entry whose message is gone", "DEF1\nGONE1\n"],
    ["a line that is no entry", "DEF1\nbad-id\n"],
  ] as const) {
    test(`takes out of a small log ${what}`, async () => {
      const rig = new FlushRig();
      rig.putMessage("deferred/D/DEF1");
      rig.putLog("a_example", text);
      await refresh(rig);
      expect(rig.readLog("a_example")).toBe("DEF1\n");
    });
  }

  test("an add meanwhile of an entry that the log holds writes nothing, and moves no time", async () => {
    const rig = new FlushRig();
    rig.putMessage("deferred/D/DEF1");
    putLog(rig, "a_example", "GONE1\nDEF1\n");
    const { mtimeNs } = rig.files.statusOf("flush/a_example");
    rig.ask({ name: "refresh" });
    await rig.pass(2);
    const added = rig.add("a.example", "DEF1");
    await rig.turn();
    expect(added.isFinished).toBeTrue();
    const isHeld = rig.readLog("a_example");
    await rig.pass(WORK_MS);
    expect([isHeld, rig.readLog("a_example")]).toEqual(["GONE1\nDEF1\n", "DEF1\n"]);
    expect(rig.files.statusOf("flush/a_example").mtimeNs).toBe(mtimeNs);
  });

  test("a refresh after it falls due when it would have", async () => {
    const rig = new FlushRig();
    rig.putMessage("deferred/D/DEF1");
    putLog(rig, "a_example", "GONE1\nDEF1\n");
    await refresh(rig);
    rig.clock.advance(10 * HOUR_MS - 2 * WORK_MS);
    await refresh(rig);
    expect(rig.readLog("a_example")).toBe("DEF1\n");
    rig.clock.advance(2000);
    await refresh(rig);
    expect(rig.readLog("a_example")).toBe("");
    expect(rig.disk.has("incoming/DEF1")).toBeTrue();
  });

  test("an entry whose message moves during the first look stays", async () => {
    const rig = new FlushRig();
    rig.putMessage("active/MOVES1");
    putLog(rig, "a_example", "MOVES1\n");
    // As the queue manager defers it: from a queue not yet looked at to one that was.
    rig.files.fault = ({ operation, path }) => {
      if (operation === "isThere" && path === "hold/MOVES1" && rig.disk.has("active/MOVES1")) {
        throw new Error("looked at too late for this test");
      }
      if (operation === "isThere" && path === "active/MOVES1") {
        rig.files.fault = null;
        const other = new MemoryFiles(rig.disk);
        rig.disk.makeDirectories("deferred/M");
        other.rename("active/MOVES1", "deferred/M/MOVES1");
      }
      return null;
    };
    await refresh(rig);
    expect(rig.disk.has("deferred/M/MOVES1")).toBeTrue();
    expect(rig.readLog("a_example")).toBe("MOVES1\n");
  });

  test("an add of an entry that is being found gone is written, and stays", async () => {
    const rig = new FlushRig();
    putLog(rig, "a_example", "BACK1\n");
    rig.ask({ name: "refresh" });
    // Between the two looks.
    await rig.pass(5);
    const asked = rig.add("a.example", "BACK1");
    await rig.pass(WORK_MS);
    expect(asked.status).toBe(STATUS.ok);
    expect(rig.readLog("a_example")).toBe("BACK1\n");
  });

  test("an add meanwhile is the last add, as mtime says; atime stays", async () => {
    const rig = new FlushRig();
    putLog(rig, "a_example", "GONE1\n");
    const before = rig.files.statusOf("flush/a_example");
    rig.ask({ name: "refresh" });
    await rig.pass(5);
    rig.add("a.example", "NEW1");
    await rig.pass(WORK_MS);
    expect(rig.readLog("a_example")).toBe("NEW1\n");
    const after = rig.files.statusOf("flush/a_example");
    expect(after.mtimeNs).toBeGreaterThan(before.mtimeNs);
    expect(after.atimeNs).toBe(before.atimeNs);
  });

  test("a log that somebody has locked for long is left for another time", async () => {
    const rig = new FlushRig();
    putLog(rig, "a_example", "GONE1\n");
    putLog(rig, "b_example", "GONE2\n");
    const other = new MemoryFiles(rig.disk);
    other.tryLock(other.open("flush/a_example", { access: "both" }));
    const asked = rig.ask({ name: "refresh" });
    await rig.pass(1000);
    expect(rig.readLog("b_example")).toBe("");
    expect(asked.isFinished).toBeFalse();
    await rig.pass(2000);
    expect(asked.isFinished).toBeTrue();
    expect(rig.readLog("a_example")).toBe("GONE1\n");
    expect(rig.log.texts("warning")).toEqual([]);
  });

  test("a send does not wait for the rest of a large log", async () => {
    const largeCount = 1000;
    const gone = Array.from({ length: largeCount }, (_, index) => `GONE${index}\n`).join("");
    const prepare = (): FlushRig => {
      const rig = new FlushRig();
      rig.putMessage("deferred/D/DEF1");
      putLog(rig, "a_example", `DEF1\n${gone}DEF1\n`);
      rig.clock.costMs = 1;
      return rig;
    };
    const msUntil = async (rig: FlushRig, asked: { isFinished: boolean }): Promise<number> => {
      const startMs = rig.clock.monotonicMs();
      while (!asked.isFinished) {
        await rig.pass(1);
      }
      return rig.clock.monotonicMs() - startMs;
    };
    const alone = prepare();
    const compactionMs = await msUntil(alone, alone.ask({ name: "refresh" }));
    const rig = prepare();
    const refreshed = rig.ask({ name: "refresh" });
    await rig.pass(WORK_MS);
    const sendMs = await msUntil(rig, rig.sendSite("a.example"));
    expect(sendMs).toBeLessThan(compactionMs * 0.75);
    expect(rig.disk.has("incoming/DEF1")).toBeTrue();
    expect(rig.readLog("a_example")).toBe("");
    await msUntil(rig, refreshed);
    expect(rig.files.openCount).toBe(0);
    expect(rig.log.texts("warning")).toEqual([]);
  });

  test("a message retried ten times takes one line, whoever wrote and whatever restarted", async () => {
    const rig = new FlushRig();
    rig.putMessage("deferred/A/ABC123");
    let process = rig;
    for (let retry = 0; retry < 10; retry++) {
      const text = rig.disk.has("flush/a_example") ? rig.readLog("a_example") : "";
      if (retry % 3 === 0) {
        // The original appends without a look.
        rig.putLog("a_example", `${text}ABC123\n`);
      } else {
        process = new FlushRig({}, rig);
        process.add("a.example", "ABC123");
        await process.turn();
      }
    }
    await refresh(process);
    expect(rig.readLog("a_example")).toBe("ABC123\n");
  });

  test("of many logs none is locked for as long as all of them take", async () => {
    const rig = new FlushRig();
    const logs = Array.from({ length: 30 }, (_, index) => `l${index}`);
    for (const log of logs) {
      const ids = Array.from({ length: 600 }, (_, index) => `${log}_${index}`);
      for (const id of ids) {
        rig.putMessage(`hold/${id}`);
      }
      putLog(rig, `${log}_example`, `${ids.join("\n")}\n`);
    }
    const other = new FlushRig({}, rig);
    rig.clock.costMs = 0.005;
    const asked = rig.ask({ name: "refresh" });
    let waitedMs = 0;
    while (!asked.isFinished) {
      const added = logs.map((log) => other.add(`${log}.example`, "NEW1"));
      const startMs = rig.clock.monotonicMs();
      while (added.some(({ isFinished }) => !isFinished)) {
        await other.pass(1);
        await rig.turn();
      }
      waitedMs = Math.max(waitedMs, rig.clock.monotonicMs() - startMs);
    }
    expect(waitedMs).toBeGreaterThan(2);
    expect(waitedMs).toBeLessThan(60);
  });

  test("a log that this process is sending is passed over: the send compacts it", async () => {
    const rig = new FlushRig();
    putLog(rig, "a_example", "GONE1\n");
    let opens = 0;
    rig.files.fault = ({ operation, path }) => {
      opens += operation === "open" && path === "flush/a_example" ? 1 : 0;
      return null;
    };
    const sent = rig.sendSite("a.example");
    await rig.pass(2);
    const asked = rig.ask({ name: "refresh" });
    await rig.pass(2);
    expect([sent.isFinished, asked.isFinished]).toEqual([false, true]);
    await rig.pass(WORK_MS);
    expect(sent.isFinished).toBeTrue();
    expect(rig.readLog("a_example")).toBe("");
    expect(opens).toBe(1);
  });
});

describe("the pace of a refresh", () => {
  test("thousands of logs that are due at once are released at five hundred messages a second", async () => {
    const rig = new FlushRig();
    const old = { atimeMs: rig.clock.wallMs() - 13 * HOUR_MS };
    for (let index = 0; index < 3000; index++) {
      rig.putMessage(`deferred/A/A${index}`);
      rig.putLog(`log_${index}`, `A${index}\n`, old);
    }
    const releasedCount = (): number => Object.keys(rig.disk.filesBelow("incoming")).length;
    rig.ask({ name: "refresh" });
    const counts: number[] = [];
    for (let second = 0; second < 7; second++) {
      await rig.pass(1000);
      counts.push(releasedCount());
    }
    const growth = counts.map((count, index) => count - (counts[index - 1] ?? 0));
    expect(Math.max(...growth)).toBeLessThanOrEqual(1000);
    expect(Math.max(...growth.slice(1))).toBeLessThanOrEqual(600);
    expect(counts.at(-1)).toBe(3000);
  });

  test("large logs that are due at once begin one after the other", async () => {
    const rig = new FlushRig();
    const old = { atimeMs: rig.clock.wallMs() - 13 * HOUR_MS };
    for (const letter of ["A", "B", "C"]) {
      const ids = Array.from({ length: 600 }, (_, index) => `${letter}${1000 + index}XXXXXX`);
      for (const id of ids) {
        rig.putMessage(`deferred/${letter}/${id}`);
      }
      rig.putLog(`log_${letter.toLowerCase()}`, `${ids.join("\n")}\n`, old);
    }
    rig.ask({ name: "refresh" });
    await rig.pass(1000);
    expect(Object.keys(rig.disk.filesBelow("incoming"))).toHaveLength(600);
    await rig.pass(4000);
    expect(Object.keys(rig.disk.filesBelow("incoming"))).toHaveLength(1800);
  });

  test("entries without mail cost no time", async () => {
    const rig = new FlushRig();
    const old = { atimeMs: rig.clock.wallMs() - 13 * HOUR_MS };
    for (let index = 0; index < 3000; index++) {
      rig.putLog(`log_${index}`, `GONE${index}\n`, old);
    }
    const asked = rig.ask({ name: "purge" });
    await rig.pass(1500);
    expect(asked.isFinished).toBeTrue();
  });
});

describe("the compaction of a large log", () => {
  test("takes its rests behind the log, not while it is locked", async () => {
    const rig = new FlushRig();
    const ids = Array.from({ length: 20_000 }, (_, index) => `GONE${index}`);
    putLog(rig, "a_example", ids.map((id) => `${id}\n`).join(""));
    // Each look at the clock takes a hundredth of a millisecond: a slice is some two hundred entries.
    rig.clock.costMs = 0.01;
    const startMs = rig.clock.wallMs();
    let lockedMs = 0;
    const asked = rig.ask({ name: "refresh" });
    while (!asked.isFinished && rig.clock.wallMs() - startMs < 5000) {
      await rig.pass(1);
      lockedMs += rig.files.openCount > 1 ? 1 : 0;
    }
    const tookMs = rig.clock.wallMs() - startMs;
    expect(rig.readLog("a_example")).toBe("");
    expect(tookMs).toBeGreaterThan(3 * lockedMs);
  });

  test("does not keep a process that is being replaced from leaving", async () => {
    const rig = new FlushRig();
    const ids = Array.from({ length: 20_000 }, (_, index) => `GONE${index}`);
    putLog(rig, "a_example", ids.map((id) => `${id}\n`).join(""));
    rig.clock.costMs = 0.01;
    const asked = rig.ask({ name: "refresh" });
    while (rig.readLog("a_example") !== "") {
      await rig.pass(1);
    }
    expect(asked.isFinished).toBeFalse();
    rig.service.leave();
    await rig.pass(100);
    expect(asked.isFinished).toBeTrue();
  });
});
