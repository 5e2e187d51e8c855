import { describe, expect, test } from "bun:test";
import { FlushRig } from "../../test/support/flush_rig.ts";
import { OsError } from "../effects/os_error.ts";
import type { FaultHook, FaultPoint } from "../memory/faults.ts";
import { STATUS } from "../wire/request.ts";

/** Longer than two sends of a few messages. */
const SENDS_MS = 50;

/** The first call of that kind for the log meets a file system that writes later, and can't. */
function failingOnce(failing: FaultPoint["operation"]): FaultHook {
  let isMet = false;
  return ({ operation, path }) => {
    if (isMet || operation !== failing || path !== "flush/a_example") {
      return null;
    }
    isMet = true;
    return { error: new OsError("EDQUOT", operation), forgets: true };
  };
}

describe("LogfilesInUse, on a full network disk:", () => {
  test("a send is done whatever the close of its log says, and who waits for the log goes on", async () => {
    const rig = new FlushRig();
    // In no queue: the first send takes its second look while the other one waits.
    rig.putLog("a_example", "GONE1\n");
    rig.files.fault = failingOnce("close");
    const first = rig.sendSite("a.example");
    await rig.pass(1);
    const second = rig.sendSite("a.example");
    await rig.pass(SENDS_MS);
    expect(first).toEqual({ status: STATUS.ok, isFinished: true });
    expect(second).toEqual({ status: STATUS.ok, isFinished: true });
    expect(rig.files.openCount).toBe(0);
  });

  test("an add to a log that is being sent is answered once it is certain to be there", async () => {
    const rig = new FlushRig();
    rig.putMessage("active/A1");
    rig.putMessage("active/A2");
    rig.putLog("a_example", "GONE1\n");
    const sent = rig.sendSite("a.example");
    await rig.pass(1);
    rig.files.fault = failingOnce("confirmWritten");
    const lost = rig.add("a.example", "A1");
    await rig.turn();
    const added = rig.add("a.example", "A2");
    await rig.turn();
    const again = rig.add("a.example", "A1");
    await rig.turn();
    const statuses = [lost, added, again].map(({ status }) => status);
    expect(statuses).toEqual([STATUS.fail, STATUS.ok, STATUS.ok]);
    await rig.pass(SENDS_MS);
    expect(sent.status).toBe(STATUS.ok);
    expect(rig.readLog("a_example")).toBe("A2\nA1\n");
    expect(rig.log.texts("warning")).toEqual([
      "write fast flush logfile a_example: Disk quota exceeded",
    ]);
  });

  test("nothing is cut off a log before the copy of it is certain to be there", async () => {
    const rig = new FlushRig();
    rig.putMessage("active/A1");
    rig.putLog("a_example", "GONE1\nA1\n");
    rig.files.fault = failingOnce("confirmWritten");
    const sent = rig.sendSite("a.example");
    await rig.pass(SENDS_MS);
    expect(sent).toEqual({ status: STATUS.fail, isFinished: true });
    expect(rig.readLog("a_example")).toBe("GONE1\nA1\n");
    expect(rig.files.openCount).toBe(0);
  });
});
