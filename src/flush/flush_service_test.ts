import { describe, expect, test } from "bun:test";
import { FlushRig } from "../../test/support/flush_rig.ts";
import { STATUS } from "../wire/request.ts";

describe("FlushService", () => {
  const badIds = ["AB-C", "", "../x", "A".repeat(256)];
  for (const id of badIds) {
    test(`add of queue ID ${JSON.stringify(id.slice(0, 10))} is bad, whatever the site (row 5)`, () => {
      const rig = new FlushRig({ eligible: () => "no-match" });
      expect(rig.add("a.example", id)).toEqual({ status: STATUS.bad, isFinished: true });
      expect(rig.disk.filesBelow("flush")).toEqual({});
    });
  }

  const policies = [
    ["no-match", STATUS.deny],
    ["error", STATUS.fail],
  ] as const;
  for (const [answer, status] of policies) {
    test(`a site whose policy says ${answer} gets ${status}, and no logfile is asked for`, () => {
      const rig = new FlushRig({
        eligible: () => answer,
        logfileName: () => {
          throw new Error("asked for a logfile");
        },
      });
      rig.putLog("a_example", "A1\n");
      expect(rig.add("a.example", "A1")).toEqual({ status, isFinished: true });
      expect(rig.sendSite("a.example")).toEqual({ status, isFinished: true });
      expect(rig.readLog("a_example")).toBe("A1\n");
      expect(rig.queueManager.wakeUps).toEqual([]);
    });
  }

  test("a site without a logfile name is denied", () => {
    const rig = new FlushRig({ logfileName: () => null });
    expect(rig.add("[10.0.0.1]", "A1").status).toBe(STATUS.deny);
    expect(rig.sendSite("[10.0.0.1]").status).toBe(STATUS.deny);
  });

  test("a site of one letter is denied: its log would stop postsuper (spec 10, row 6)", async () => {
    const rig = new FlushRig();
    expect(rig.add("x", "A1").status).toBe(STATUS.deny);
    expect(rig.sendSite("x").status).toBe(STATUS.deny);
    expect(rig.add("xy", "A1").status).toBeNull();
    await rig.turn();
    expect(rig.disk.filesBelow("flush")).toEqual({ "flush/xy": "A1\n" });
  });
  test("send_file asks for no policy (row 13)", () => {
    const rig = new FlushRig({ eligible: () => "no-match" });
    expect(rig.ask({ name: "send_file", queueId: "A1" }).status).toBe(STATUS.ok);
  });
});
