/** When the queue manager hears of what a refresh releases; what a single send tells it, test/contract/ says. */
import { describe, expect, test } from "bun:test";
import { FlushRig } from "../../test/support/flush_rig.ts";

const SECOND_MS = 1000;
const LONG_AGO_MS = 13 * 3600 * SECOND_MS;

/** Deferred messages, and that many logs that are due and name them. */
function putDueLogs(
  rig: FlushRig,
  { logs, entriesEach }: { logs: number; entriesEach: number },
): void {
  const then = rig.clock.wallMs() - LONG_AGO_MS;
  for (let log = 0; log < logs; log++) {
    const ids = Array.from({ length: entriesEach }, (_, entry) => `A${log * entriesEach + entry}`);
    for (const id of ids) {
      rig.putMessage(`deferred/A/${id}`);
    }
    const text = ids.map((id) => `${id}\n`).join("");
    rig.putLog(`log_${log}`, text, { atimeMs: then, mtimeMs: then });
  }
}

describe("a refresh wakes the queue manager", () => {
  test("once, at its end, where it takes less than a second", async () => {
    const rig = new FlushRig();
    putDueLogs(rig, { logs: 3, entriesEach: 10 });
    const asked = rig.ask({ name: "refresh" });
    await rig.pass(SECOND_MS - 1);
    expect(asked.isFinished).toBeTrue();
    expect(rig.queueManager.wakeUps).toEqual(["I"]);
  });

  test("each second, where there are many logs that each take less than a slice", async () => {
    const rig = new FlushRig();
    putDueLogs(rig, { logs: 2500, entriesEach: 1 });
    const asked = rig.ask({ name: "refresh" });
    await rig.pass(4 * SECOND_MS);
    expect(asked.isFinished).toBeFalse();
    expect(rig.queueManager.wakeUps.length).toBeGreaterThanOrEqual(3);
  });

  test("in a second, where the pace holds up the next log for longer", async () => {
    const rig = new FlushRig();
    putDueLogs(rig, { logs: 2, entriesEach: 3000 });
    const asked = rig.ask({ name: "refresh" });
    await rig.pass(2 * SECOND_MS);
    expect(Object.keys(rig.disk.filesBelow("incoming"))).toHaveLength(3000);
    expect(asked.isFinished).toBeFalse();
    expect(rig.queueManager.wakeUps).toEqual(["I"]);
  });
});
