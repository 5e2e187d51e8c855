/** Small logs of a purge, which are sent in two steps with a second look between them. */
import { describe, expect, test } from "bun:test";
import { FlushRig } from "../../test/support/flush_rig.ts";
import { OsError } from "../effects/os_error.ts";
import { MemoryFiles } from "../memory/files.ts";
import { STATUS } from "../wire/request.ts";

const HOUR_MS = 3600 * 1000;
const WORK_MS = 100;

/** A time so long before now. */
function ago(rig: FlushRig, ms: number): { atimeMs: number; mtimeMs: number } {
  const then = rig.clock.wallMs() - ms;
  return { atimeMs: then, mtimeMs: then };
}

/** A purge of many logs of one outdated entry, whose cuts end when those who look on call them. */
function purgeWithCutsOnOrder() {
  const rig = new FlushRig();
  const names = Array.from({ length: 300 }, (_, index) => `log_${index}`);
  for (const name of names) {
    rig.putLog(name, "GONE1\n", ago(rig, HOUR_MS));
  }
  const cuts: (() => void)[] = [];
  rig.files.whenCut = (end) => cuts.push(end);
  const asked = rig.ask({ name: "purge" });
  return { rig, names, cuts, asked };
}

describe("a purge of small logs", () => {
  test("a message that turns up between the two looks keeps its entry", async () => {
    const rig = new FlushRig();
    rig.putLog("a_example", "MOVED1\nGONE1\n", ago(rig, HOUR_MS));
    rig.ask({ name: "purge" });
    await rig.pass(5);
    rig.putMessage("active/MOVED1");
    await rig.pass(WORK_MS);
    expect(rig.readLog("a_example")).toBe("MOVED1\n");
  });

  test("an entry that is added to a small log between the two looks stays", async () => {
    const rig = new FlushRig();
    rig.putLog("a_example", "GONE1\n", ago(rig, HOUR_MS));
    rig.ask({ name: "purge" });
    await rig.pass(5);
    const added = rig.add("a.example", "GONE1");
    await rig.turn();
    expect(added.status).toBe(STATUS.ok);
    await rig.pass(WORK_MS);
    expect(rig.readLog("a_example")).toBe("GONE1\n");
    expect(rig.files.openCount).toBe(0);
  });

  test("an add to a log whose end is being cut off waits, and is in it then", async () => {
    const rig = new FlushRig();
    rig.putLog("a_example", "GONE1\n", ago(rig, HOUR_MS));
    const cuts: (() => void)[] = [];
    rig.files.whenCut = (end) => cuts.push(end);
    const asked = rig.ask({ name: "purge" });
    await rig.pass(WORK_MS);
    expect(cuts).toHaveLength(1);
    const added = rig.add("a.example", "NEW1");
    await rig.pass(WORK_MS);
    expect([added.status, asked.isFinished]).toEqual([null, false]);
    cuts[0]?.();
    await rig.pass(WORK_MS);
    expect([added.status, asked.isFinished]).toEqual([STATUS.ok, true]);
    expect(rig.readLog("a_example")).toBe("NEW1\n");
    expect(rig.files.openCount).toBe(0);
  });

  test("a log counts as sent when its end is cut off, and not before", async () => {
    const rig = new FlushRig();
    rig.putLog("a_example", "GONE1\n", ago(rig, HOUR_MS));
    const readMs = (): number => Number(rig.files.statusOf("flush/a_example").atimeNs / 1_000_000n);
    const before = readMs();
    const cuts: (() => void)[] = [];
    rig.files.whenCut = (end) => cuts.push(end);
    rig.ask({ name: "purge" });
    await rig.pass(WORK_MS);
    expect(readMs()).toBe(before);
    cuts[0]?.();
    await rig.pass(WORK_MS);
    expect(readMs()).toBeGreaterThan(before + HOUR_MS - 1000);
  });

  test("a process that is to leave gives back what is being cut, and begins with no other", async () => {
    const { rig, names, cuts, asked } = purgeWithCutsOnOrder();
    await rig.pass(WORK_MS);
    rig.service.leave();
    await rig.pass(WORK_MS);
    expect(asked.isFinished).toBeFalse();
    for (let count = 0; !asked.isFinished && count < names.length; count++) {
      for (const end of cuts.splice(0)) {
        end();
      }
      await rig.pass(WORK_MS);
    }
    expect([asked.isFinished, rig.files.openCount]).toEqual([true, 0]);
    // What was locked when it was told to leave is done; no more than that.
    const left = names.filter((name) => rig.readLog(name) !== "").length;
    expect(left).toBeGreaterThan(0);
  });

  test("few logs wait for their cuts, the others for them, and all are cut", async () => {
    const { rig, names, cuts, asked } = purgeWithCutsOnOrder();
    let cutsMax = 0;
    for (let count = 0; !asked.isFinished && count < names.length; count++) {
      await rig.pass(WORK_MS);
      cutsMax = Math.max(cutsMax, cuts.length);
      for (const end of cuts.splice(0)) {
        end();
      }
    }
    expect(asked.isFinished).toBeTrue();
    expect(cutsMax).toBeWithin(2, 65);
    expect(names.map((name) => rig.readLog(name)).join("")).toBe("");
    expect(rig.files.openCount).toBe(0);
  });

  test("ends when its last log is done", async () => {
    const rig = new FlushRig();
    rig.putLog("a_example", "GONE1\n", ago(rig, HOUR_MS));
    const asked = rig.ask({ name: "purge" });
    for (let passedMs = 0; !asked.isFinished && passedMs < WORK_MS; passedMs++) {
      await rig.pass(1);
    }
    expect([asked.isFinished, rig.readLog("a_example")]).toEqual([true, ""]);
  });

  test("a small log that somebody has locked is sent when it is free", async () => {
    const rig = new FlushRig();
    rig.putLog("a_example", "GONE1\n", ago(rig, HOUR_MS));
    const other = new MemoryFiles(rig.disk);
    const file = other.open("flush/a_example", { access: "both" });
    other.tryLock(file);
    const asked = rig.ask({ name: "purge" });
    await rig.pass(WORK_MS);
    expect(asked.isFinished).toBeFalse();
    other.close(file);
    await rig.pass(WORK_MS);
    expect([asked.isFinished, rig.readLog("a_example")]).toEqual([true, ""]);
  });

  test("small logs with trouble are warned of, given back, and hold up no others", async () => {
    const rig = new FlushRig();
    const text = "GONE1\n";
    for (const name of ["unread", "uncut", "well"]) {
      rig.putLog(name, text, ago(rig, HOUR_MS));
    }
    rig.files.fault = ({ operation, path }) =>
      (operation === "read" && path === "flush/unread") ||
      (operation === "cut" && path === "flush/uncut")
        ? { error: new OsError("EIO", operation) }
        : null;
    const asked = rig.ask({ name: "purge" });
    await rig.pass(WORK_MS);
    expect(asked.isFinished).toBeTrue();
    expect(["unread", "uncut", "well"].map((name) => rig.readLog(name))).toEqual([text, text, ""]);
    expect(rig.log.texts("warning").sort()).toEqual([
      "flush_send_path: read fast flush logfile unread: Input/output error",
      "flush_send_path: truncate fast flush logfile uncut: Input/output error",
    ]);
    expect(rig.files.openCount).toBe(0);
  });

  test("second looks of many logs that fall due together are done in slices", async () => {
    const rig = new FlushRig();
    for (let index = 0; index < 200; index++) {
      rig.putLog(`log_${index}`, `GONE${index}\n`, ago(rig, HOUR_MS));
    }
    // Each look at a message takes a tenth of a millisecond: a slice is half of one.
    let looks = 0;
    let looksMax = 0;
    rig.files.fault = ({ operation, path }) => {
      if (operation === "isThere" && path.startsWith("active/")) {
        looks++;
        rig.clock.work(0.1);
      }
      return null;
    };
    const asked = rig.ask({ name: "purge" });
    while (!asked.isFinished) {
      for (let promises = 0; promises < 500; promises++) {
        await null;
      }
      looksMax = Math.max(looksMax, looks);
      looks = 0;
      if (rig.clock.isTurnAwaited) {
        rig.clock.runTurn();
      } else {
        rig.clock.advance(1);
      }
    }
    expect(looksMax).toBeWithin(2, 14);
  });
});
