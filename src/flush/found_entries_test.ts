/** What a rebuild writes of messages that moved or changed between their reading and the writing of their entries. */
import { describe, expect, test } from "bun:test";
import { defer, to } from "../../test/support/deferred_mail.ts";
import { FlushRig } from "../../test/support/flush_rig.ts";
import { OsError } from "../effects/os_error.ts";
import { MemoryFiles } from "../memory/files.ts";

const WORK_MS = 200;
/** More than the kernel's clock takes for a tick: what changes within one does not show. */
const TICK_MS = 10;

/** A1 is deferred for two sites. */
function newRig(): FlushRig {
  const rig = new FlushRig({ recordsAny: true });
  defer(rig.disk, "A1", to("x@one.example", "y@two.example"));
  return rig;
}

/** Has something happen when A1 has been read and a rebuild is about to look at the first site's log; once. */
function beforeWriting(rig: FlushRig, act: (others: MemoryFiles) => void): void {
  rig.files.fault = ({ operation, path }) => {
    if (operation === "open" && path === "flush/one_example") {
      rig.files.fault = null;
      rig.clock.advance(TICK_MS);
      act(new MemoryFiles(rig.disk));
    }
    return null;
  };
}

/** A send has released A1, which was delivered to the first site, and is deferred for the second one. */
function deliverToOne(rig: FlushRig, others: MemoryFiles): void {
  others.remove("deferred/A/A1");
  others.remove("defer/A/A1");
  defer(rig.disk, "A1", [
    { address: "x@one.example", state: "done" },
    { address: "y@two.example" },
  ]);
}

async function wakeUp(rig: FlushRig): Promise<void> {
  const asked = rig.ask({ name: "refresh" });
  await rig.pass(WORK_MS);
  expect(asked.isFinished).toBeTrue();
  expect(rig.files.openCount).toBe(0);
}

function expectRecord(rig: FlushRig, one: string, two: string): void {
  expect(rig.disk.filesBelow("flush")).toEqual({
    "flush/REBUILT": "",
    "flush/one_example": one,
    "flush/two_example": two,
  });
}

describe("the entries of a message that changes before they are written", () => {
  for (const queue of ["deferred/A/A1", "hold/A1", "active/A1"]) {
    test(`delivered to one site, and ${queue} then: the other one's alone`, async () => {
      const rig = newRig();
      beforeWriting(rig, (others) => {
        deliverToOne(rig, others);
        if (!others.isThere(queue)) {
          others.rename("deferred/A/A1", queue);
        }
      });
      await wakeUp(rig);
      expectRecord(rig, "", "A1\n");
      expect(rig.log.texts("info")[0]).toStartWith(
        "rebuild: complete, messages=1, unreadable=0, written=1,",
      );
    });
  }

  test("released, and not tried since: none; whoever defers it records it", async () => {
    const rig = newRig();
    beforeWriting(rig, (others) => others.rename("deferred/A/A1", "incoming/A1"));
    await wakeUp(rig);
    expectRecord(rig, "", "");
  });

  test("put on hold, or touched: all of them", async () => {
    for (const act of [
      (others: MemoryFiles) => others.rename("deferred/A/A1", "hold/A1"),
      (others: MemoryFiles) => others.setTimes("deferred/A/A1", 1),
    ]) {
      const rig = newRig();
      beforeWriting(rig, act);
      await wakeUp(rig);
      expectRecord(rig, "A1\n", "A1\n");
    }
  });

  test("sent by this process meanwhile, with the log's lock held: the rebuild waits, and looks then", async () => {
    const rig = newRig();
    const holder = new MemoryFiles(rig.disk);
    rig.putLog("one_example", "");
    const log = holder.open("flush/one_example", { access: "both" });
    holder.tryLock(log);
    const asked = rig.ask({ name: "refresh" });
    await rig.pass(TICK_MS);
    deliverToOne(rig, holder);
    holder.close(log);
    await rig.pass(WORK_MS);
    expect(asked.isFinished).toBeTrue();
    expectRecord(rig, "", "A1\n");
  });

  test("changed, and not to be read then: the record is not complete", async () => {
    const rig = newRig();
    beforeWriting(rig, (others) => {
      others.setTimes("deferred/A/A1", 1);
      rig.files.fault = ({ operation, path }) =>
        operation === "open" && path === "deferred/A/A1"
          ? { error: new OsError("EMFILE", "open") }
          : null;
    });
    await wakeUp(rig);
    expect(rig.disk.has("flush/REBUILT")).toBeFalse();
    rig.files.fault = null;
    await wakeUp(rig);
    expectRecord(rig, "A1\n", "A1\n");
  });
});

describe("a log that is locked elsewhere", () => {
  test("one whose process is being replaced waits for no log that is locked elsewhere", async () => {
    const rig = new FlushRig({ recordsAny: true });
    defer(rig.disk, "A1", to("x@one.example"));
    rig.putLog("one_example", "");
    const other = new MemoryFiles(rig.disk);
    other.tryLock(other.open("flush/one_example", { access: "both" }));
    const asked = rig.ask({ name: "refresh" });
    await rig.pass(WORK_MS);
    expect(asked.isFinished).toBeFalse();
    rig.service.leave();
    await rig.pass(10);
    expect(asked.isFinished).toBeTrue();
    expect(rig.disk.has("flush/REBUILT")).toBeFalse();
    expect(rig.files.openCount).toBe(0);
  });
});
