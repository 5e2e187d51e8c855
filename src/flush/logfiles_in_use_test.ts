import { describe, expect, test } from "bun:test";
import { FlushRig } from "../../test/support/flush_rig.ts";
import { OsError } from "../effects/os_error.ts";
import { STATUS } from "../wire/request.ts";

/** Longer than two sends of a few messages. */
const SENDS_MS = 50;

describe("LogfilesInUse", () => {
  test("who waits for a log goes on where it could not be closed, as on a full network disk", async () => {
    const rig = new FlushRig();
    // In no queue: the first send takes its second look while the other one waits.
    rig.putLog("a_example", "GONE1\n");
    let closes = 0;
    rig.files.fault = ({ operation, path }) =>
      operation === "close" && path === "flush/a_example" && closes++ === 0
        ? { error: new OsError("EDQUOT", "close") }
        : null;
    const first = rig.sendSite("a.example");
    await rig.pass(1);
    const second = rig.sendSite("a.example");
    await rig.pass(SENDS_MS);
    expect(first).toEqual({ status: STATUS.fail, isFinished: true });
    expect(second).toEqual({ status: STATUS.ok, isFinished: true });
    expect(rig.files.openCount).toBe(0);
  });
});
