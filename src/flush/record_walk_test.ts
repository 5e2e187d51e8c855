import { expect, test } from "bun:test";
import { FlushRig } from "../../test/support/flush_rig.ts";
import { MemoryClock } from "../memory/clock.ts";
import { type LogfileName, parseLogfileName } from "../names/names.ts";
import { walkLogs } from "./record_walk.ts";
import { Slice } from "./slice.ts";

/** Set aside by src/flush.ts for what isn't a client: with more, a process with many clients could open no log for an add. */
const DESCRIPTORS_RESERVED = 320;

const LOGS = 1000;
const LONG_AGO_MS = 24 * 3600 * 1000;

for (const name of ["purge", "refresh"] as const) {
  test(`a ${name} over ${LOGS} logs keeps no more of them open than there are descriptors for`, async () => {
    const rig = new FlushRig();
    const then = rig.clock.wallMs() - LONG_AGO_MS;
    for (let index = 0; index < LOGS; index++) {
      rig.putLog(`log_${index}`, `GONE${index}\n`, { atimeMs: then, mtimeMs: then });
    }
    let openMax = 0;
    rig.files.fault = () => {
      openMax = Math.max(openMax, rig.files.openCount);
      return null;
    };
    // All that is cut at the same time ends at the same time.
    rig.files.whenCut = (end) => rig.clock.after(20, end);
    const asked = rig.ask({ name });
    await rig.pass(2000);
    expect(asked.isFinished).toBeTrue();
    expect(Object.values(rig.disk.filesBelow("flush")).join("")).toBe("");
    expect(openMax).toBeWithin(1, DESCRIPTORS_RESERVED + 1);
    expect(rig.files.openCount).toBe(0);
  });
}

test("each log is visited once, and the walk ends when all are done that it waits for", async () => {
  const names = Array.from({ length: 200 }, (_, index) => parseLogfileName(`log_${index}`) ?? []);
  const visited: LogfileName[] = [];
  let doneCount = 0;
  const options = { slice: new Slice(new MemoryClock()), shouldStop: () => false };
  await walkLogs(names.flat(), options, (name) => {
    const isWaitedFor = visited.push(name) % 3 === 0;
    return isWaitedFor
      ? Promise.resolve().then(() => {
          doneCount++;
        })
      : null;
  });
  expect(visited).toEqual(names.flat());
  expect(doneCount).toBe(66);
});
