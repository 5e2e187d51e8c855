import { describe, expect, test } from "bun:test";
import { FlushRig } from "../../test/support/flush_rig.ts";
import { OsError } from "../effects/os_error.ts";
import { STATUS } from "../wire/request.ts";

const ID = "ABC123";

function send(rig: FlushRig, queueId = ID): number | null {
  const asked = rig.ask({ name: "send_file", queueId });
  expect(asked.isFinished).toBeTrue();
  return asked.status;
}

describe("send_file", () => {
  test("moves the message, marked to be unthrottled, and wakes with I alone (row 61)", () => {
    const rig = new FlushRig();
    rig.putMessage("deferred/A/ABC123");
    rig.onWake = () => expect(rig.disk.has("incoming/ABC123")).toBeTrue();
    expect(send(rig)).toBe(STATUS.ok);
    expect(rig.files.statusOf("incoming/ABC123").mode).toBe(0o740);
    expect(rig.queueManager.wakeUps).toEqual(["I"]);
    expect(rig.files.openCount).toBe(0);
  });

  test("a message not yet received completely only gets its times (row 62)", () => {
    const rig = new FlushRig();
    rig.putMessage("deferred/A/ABC123", 0o600);
    expect(send(rig)).toBe(STATUS.ok);
    const status = rig.files.statusOf("deferred/A/ABC123");
    expect(status.mode).toBe(0o600);
    expect(status.mtimeNs).toBe(BigInt(Math.floor(rig.clock.wallMs() / 1000)) * 1_000_000_000n);
    expect(rig.queueManager.wakeUps).toEqual([]);
  });

  test("a message with a second hard link is refused (row 63)", () => {
    const rig = new FlushRig();
    rig.putMessage("deferred/A/ABC123");
    rig.disk.addHardLink("elsewhere", "deferred/A/ABC123");
    expect(send(rig)).toBe(STATUS.ok);
    expect(rig.log.texts("warning")).toEqual([
      "flush_one_file: open deferred/A/ABC123: file has 2 hard links",
    ]);
    expect(rig.disk.has("deferred/A/ABC123")).toBeTrue();
    expect(rig.queueManager.wakeUps).toEqual([]);
  });

  test("a link is refused and what it points to is not touched", () => {
    const rig = new FlushRig();
    rig.disk.writeFile("victim", "x", { mode: 0o700, mtimeMs: 0 });
    rig.disk.makeDirectories("deferred/A");
    rig.disk.addLink("deferred/A/ABC123", "../../victim");
    expect(send(rig)).toBe(STATUS.ok);
    expect(rig.log.texts("warning")).toEqual([
      "flush_one_file: open deferred/A/ABC123: file is a symbolic link",
    ]);
    expect(rig.files.statusOf("victim").mtimeNs).toBe(0n);
    expect(rig.files.statusOf("victim").mode).toBe(0o700);
  });

  test("an unknown message is OK and wakes nobody (row 64)", () => {
    const rig = new FlushRig();
    expect(send(rig)).toBe(STATUS.ok);
    expect(rig.queueManager.wakeUps).toEqual([]);
    expect(rig.log.texts("warning")).toEqual([]);
  });

  test("a message in incoming is marked where it is (row 65)", () => {
    const rig = new FlushRig();
    rig.putMessage("incoming/ABC123");
    expect(send(rig)).toBe(STATUS.ok);
    expect(rig.files.statusOf("incoming/ABC123").mode).toBe(0o740);
    expect(rig.queueManager.wakeUps).toEqual(["I"]);
  });

  test("a message that the queue manager moves meanwhile is found in incoming", () => {
    const rig = new FlushRig();
    rig.putMessage("deferred/A/ABC123");
    rig.files.fault = ({ operation, path }) => {
      if (operation === "open" && path === "deferred/A/ABC123") {
        rig.files.fault = null;
        rig.files.rename("deferred/A/ABC123", "incoming/ABC123");
      }
      return null;
    };
    expect(send(rig)).toBe(STATUS.ok);
    expect(rig.files.statusOf("incoming/ABC123").mode).toBe(0o740);
    expect(rig.queueManager.wakeUps).toEqual(["I"]);
  });

  test("a mode that can't be changed is warned of, and the message is released", () => {
    const rig = new FlushRig();
    rig.putMessage("deferred/A/ABC123");
    rig.files.fault = ({ operation }) =>
      operation === "changeMode" ? { error: new OsError("EPERM", "fchmod") } : null;
    expect(send(rig)).toBe(STATUS.ok);
    expect(rig.log.texts("warning")).toEqual([
      "flush_one_file: fchmod deferred/A/ABC123: Operation not permitted",
    ]);
    expect(rig.disk.has("incoming/ABC123")).toBeTrue();
  });

  for (const queueId of ["../../x", "", "A".repeat(256), "a\x01b", "AB-C"]) {
    test(`${JSON.stringify(queueId.slice(0, 20))} is refused, and no file is looked at`, () => {
      const rig = new FlushRig();
      let calls = 0;
      rig.files.fault = () => {
        calls++;
        return null;
      };
      expect(send(rig, queueId)).toBe(STATUS.bad);
      expect(calls).toBe(0);
    });
  }
});
