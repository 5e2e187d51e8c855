/** What becomes of a record that lacks an entry since the disk failed: the mark of its last rebuild must go. */
import { describe, expect, test } from "bun:test";
import { defer, to } from "../../test/support/deferred_mail.ts";
import { FlushRig } from "../../test/support/flush_rig.ts";
import { OsError } from "../effects/os_error.ts";
import { MemoryFiles } from "../memory/files.ts";
import { STATUS } from "../wire/request.ts";

type FaultPlan = NonNullable<MemoryFiles["fault"]>;

const WORK_MS = 200;

/** The disk can only be read. */
const failingChanges: FaultPlan = ({ operation }) =>
  ["open", "remove"].includes(operation) ? { error: new OsError("EROFS", operation) } : null;

/** The disk is full for one log. */
const failingWrites: FaultPlan = ({ operation, path }) =>
  operation === "write" && path === "flush/one_example"
    ? { error: new OsError("ENOSPC", "write") }
    : null;

const failingWritesAndRemovals: FaultPlan = (point) =>
  point.operation === "remove" ? { error: new OsError("EIO", "unlink") } : failingWrites(point);

function newRig(): FlushRig {
  return new FlushRig({ recordsAny: true });
}

function isMarked(rig: FlushRig): boolean {
  return rig.disk.has("flush/REBUILT");
}

async function wakeUp(rig: FlushRig): Promise<void> {
  const asked = rig.ask({ name: "refresh" });
  await rig.pass(WORK_MS);
  expect(asked.isFinished).toBeTrue();
  expect(rig.files.openCount).toBe(0);
}

/** The disk fails while A1 is to be recorded, and is well again. */
async function loseAdd(rig: FlushRig, fault: FaultPlan): Promise<void> {
  defer(rig.disk, "A1", to("x@one.example"));
  defer(rig.disk, "A2", to("x@two.example"));
  rig.files.fault = fault;
  const asked = rig.add("one.example", "A1");
  await rig.turn();
  expect(asked.status).toBe(STATUS.fail);
  rig.files.fault = null;
}

async function addTwo(rig: FlushRig): Promise<void> {
  rig.add("two.example", "A2");
  await rig.turn();
}

function expectBoth(rig: FlushRig): void {
  const entries = ["one_example", "two_example"].map((log) => rig.disk.readFile(`flush/${log}`));
  expect(entries).toEqual(["A1\n", "A2\n"]);
  expect(isMarked(rig)).toBeTrue();
}

describe("an add that fails", () => {
  test("takes the mark away: the next wake-up completes the record", async () => {
    const rig = newRig();
    await wakeUp(rig);
    expect(isMarked(rig)).toBeTrue();
    await loseAdd(rig, failingWrites);
    expect(isMarked(rig)).toBeFalse();
    rig.files.fault = failingWrites;
    await wakeUp(rig);
    expect(isMarked(rig)).toBeFalse();
    rig.files.fault = null;
    await wakeUp(rig);
    expectBoth(rig);
  });

  for (const next of ["wake-up", "add"]) {
    test(`where the mark can't be removed has the next ${next} remove it`, async () => {
      const rig = newRig();
      await wakeUp(rig);
      await loseAdd(rig, failingChanges);
      expect(isMarked(rig)).toBeTrue();
      if (next === "add") {
        await addTwo(rig);
        expect(isMarked(rig)).toBeFalse();
      }
      await wakeUp(rig);
      expectBoth(rig);
    });
  }

  test("while its message is being delivered still is made up for by a rebuild: of what was tried", async () => {
    const rig = newRig();
    defer(rig.disk, "A1", to("x@three.example", "y@three.example"), ["x@one.example"]);
    defer(rig.disk, "A2", to("x@two.example"));
    rig.files.remove("defer/A/A2");
    for (const id of ["A1", "A2"]) {
      rig.files.rename(`deferred/A/${id}`, `active/${id}`);
    }
    await wakeUp(rig);
    expect(rig.disk.filesBelow("flush")).toEqual({
      "flush/REBUILT": "",
      "flush/one_example": "A1\n",
    });
  });

  test("is made up for though its message is deferred while a rebuild reads", async () => {
    const rig = newRig();
    defer(rig.disk, "A1", to("x@one.example"), ["x@one.example"]);
    rig.files.rename("deferred/A/A1", "active/A1");
    const others = new MemoryFiles(rig.disk);
    rig.files.fault = ({ operation, path }) => {
      if (operation === "open" && path === "active/A1") {
        others.rename("active/A1", "deferred/A/A1");
      }
      return null;
    };
    await wakeUp(rig);
    expect(rig.disk.filesBelow("flush")).toEqual({
      "flush/REBUILT": "",
      "flush/one_example": "A1\n",
    });
  });

  test("while another process is rebuilding keeps its rebuild from being complete", async () => {
    const rebuilding = newRig();
    for (let index = 0; index < 100; index++) {
      defer(rebuilding.disk, `B${index}`, to("x@two.example"));
    }
    rebuilding.clock.costMs = 1;
    const refreshed = rebuilding.ask({ name: "refresh" });
    await rebuilding.pass(20);
    const rig = new FlushRig({ recordsAny: true }, rebuilding);
    await loseAdd(rig, failingWrites);
    await rebuilding.pass(2000);
    expect(refreshed.isFinished).toBeTrue();
    expect(isMarked(rig)).toBeFalse();
    expect(rebuilding.log.texts("info")[0]).toStartWith("rebuild: incomplete, ");
  });

  test("where the mark can't be removed has a rebuild that is asked for complete the record", async () => {
    const rig = newRig();
    await wakeUp(rig);
    await loseAdd(rig, failingChanges);
    const asked = rig.ask({ name: "rebuild" });
    await rig.pass(WORK_MS);
    expect(asked.isFinished).toBeTrue();
    expectBoth(rig);
  });

  test("before a rebuild of its own process is found by it, and asks for no other one", async () => {
    const rig = newRig();
    await loseAdd(rig, failingWrites);
    await wakeUp(rig);
    await addTwo(rig);
    expectBoth(rig);
  });

  test.each([
    ["", failingWrites],
    [", and where the mark can't be removed", failingWritesAndRemovals],
  ])("during a rebuild has it not count, though it could write its own%s", async (_, fault) => {
    const rig = newRig();
    for (let index = 0; index < 100; index++) {
      defer(rig.disk, `B${index}`, to("x@two.example"));
    }
    rig.clock.costMs = 1;
    const refreshed = rig.ask({ name: "refresh" });
    await rig.pass(20);
    expect(refreshed.isFinished).toBeFalse();
    rig.files.fault = fault;
    rig.add("one.example", "A1");
    await rig.pass(2000);
    expect(refreshed.isFinished).toBeTrue();
    expect(isMarked(rig)).toBeFalse();
  });
});
