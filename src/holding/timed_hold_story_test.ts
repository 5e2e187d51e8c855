/**
 * Holds for a time, from their beginning to their end, with a queue and a postsuper(1) in memory: what was on hold by
 * them is released, and nothing else, whatever happens in between.
 */
import { describe, expect, test } from "bun:test";
import { HoldRig, queueId } from "../../test/support/hold_rig.ts";
import { OsError } from "../effects/os_error.ts";
import { type ChangeOutcome, changeMessages, type Target } from "./change_messages.ts";
import { type Ended, endHolds, forgetHolds } from "./end_holds.ts";
import { type HeldForATime, holdMessages } from "./hold_for_a_time.ts";

const HOUR = 3600;

/** Puts messages on hold for so long; null: for good. Those whose end may be put off are all. */
async function hold(
  rig: HoldRig,
  forSeconds: number | null,
  targets: readonly Target[],
  outcomes: Record<string, ChangeOutcome> = {},
): Promise<HeldForATime> {
  const order = {
    queueDirectory: "/queue",
    targets,
    isMeant: () => true,
    untilSeconds: forSeconds === null ? null : rig.nowSeconds + forSeconds,
    onKept: async () => {},
  };
  return await holdMessages(rig.changing, rig.folder, order, {
    shouldStop: () => false,
    onOutcome: ({ queueId: id }, outcome) => {
      outcomes[id] = outcome;
    },
  });
}

async function end(rig: HoldRig): Promise<Ended> {
  return await endHolds(rig.changing, rig.folder, "/queue", rig.nowSeconds);
}

test("what is put on hold is released when its time has come, and not before", async () => {
  const rig = new HoldRig();
  await hold(rig, 60, [rig.defer("A1", "u@a.example"), rig.defer("B2", "u@a.example")]);
  expect(rig.idsIn("hold")).toEqual(["A1", "B2"]);
  rig.clock.advance(50_000);
  expect(await end(rig)).toMatchObject({ releasedCount: 0 });
  expect(rig.idsIn("hold")).toEqual(["A1", "B2"]);
  rig.clock.advance(10_000);
  expect(await end(rig)).toEqual({
    releasedCount: 2,
    forgottenCount: 0,
    failedCount: 0,
    trouble: [],
  });
  expect([rig.idsIn("hold"), rig.idsIn("deferred"), rig.kept()]).toEqual([[], ["A1", "B2"], {}]);
});

test("which messages are meant is on disk before postsuper is asked, and who ends it is called", async () => {
  const rig = new HoldRig();
  let seen: unknown = null;
  let isCalled = false;
  rig.onAsked = () => {
    seen ??= [Object.keys(rig.kept()), isCalled];
  };
  const order = {
    queueDirectory: "/queue",
    targets: [rig.defer("A1", "u@a.example")],
    isMeant: () => true,
    untilSeconds: rig.nowSeconds + 60,
    onKept: async () => {
      isCalled = true;
    },
  };
  const how = { shouldStop: () => false, onOutcome: () => {} };
  await holdMessages(rig.changing, rig.folder, order, how);
  expect(seen).toEqual([["A1"], true]);
});

test("without a time, nothing is kept", async () => {
  const rig = new HoldRig();
  await hold(rig, null, [rig.defer("A1", "u@a.example")]);
  expect([rig.idsIn("hold"), rig.kept()]).toEqual([["A1"], {}]);
});

describe("is not released by it", () => {
  for (const [what, meanwhile, left] of [
    [
      "what was on hold before",
      (rig: HoldRig) => rig.write("hold", "C3", ["u@a.example"], 1),
      ["C3"],
    ],
    [
      "what somebody has released, and put on hold once more",
      (rig: HoldRig) => {
        rig.move("hold", "deferred", "A1");
        rig.move("deferred", "hold", "A1");
      },
      ["A1"],
    ],
    [
      "another message under the same queue ID",
      (rig: HoldRig) => {
        rig.files.remove(rig.path("hold", "A1"));
        rig.write("hold", "A1", ["u@b.example"], 1);
      },
      ["A1"],
    ],
    ["what somebody has deleted", (rig: HoldRig) => rig.files.remove(rig.path("hold", "A1")), []],
    ["what is being delivered", (rig: HoldRig) => rig.move("hold", "active", "A1"), []],
  ] as const) {
    test(what, async () => {
      const rig = new HoldRig();
      await hold(rig, 60, [rig.defer("A1", "u@a.example"), rig.defer("B2", "u@a.example")]);
      meanwhile(rig);
      rig.clock.advance(60_000);
      const forgottenCount = left[0] === "C3" ? 0 : 1;
      expect(await end(rig)).toMatchObject({ releasedCount: 2 - forgottenCount, forgottenCount });
      expect(rig.idsIn("hold")).toEqual([...left]);
      expect(rig.kept()).toEqual({});
    });
  }

  test("what was put on hold by another since it was chosen", async () => {
    const rig = new HoldRig();
    const targets = [rig.defer("A1", "u@a.example"), rig.defer("B2", "u@a.example")];
    rig.onAsked = (id) => {
      if (id === "A1") {
        rig.move("deferred", "hold", id);
      }
    };
    const outcomes = {};
    await hold(rig, 60, targets, outcomes);
    expect(outcomes).toEqual({ A1: "moved", B2: "done" });
    expect(Object.keys(rig.kept())).toEqual(["B2"]);
  });

  test("what postsuper could not put on hold", async () => {
    const rig = new HoldRig();
    rig.stuck.add("A1");
    const outcomes = {};
    await hold(rig, 60, [rig.defer("A1", "u@a.example")], outcomes);
    expect([outcomes, rig.kept()]).toEqual([{ A1: "failed" }, {}]);
  });
});

describe("two holds of one message", () => {
  for (const [what, first, second, kept, extendedCount] of [
    ["a later end counts", 60, HOUR, HOUR, 1],
    ["an earlier one does not", HOUR, 60, HOUR, 0],
    ["none is the latest", HOUR, null, null, 1],
  ] as const) {
    test(what, async () => {
      const rig = new HoldRig();
      await hold(rig, first, [rig.defer("A1", "u@a.example")]);
      const secondHold = await hold(rig, second, [rig.defer("B2", "u@a.example")]);
      expect(secondHold.extendedCount).toBe(extendedCount);
      // postsuper took a second for each.
      const expected = kept === null ? {} : { A1: kept, B2: second };
      const ends = Object.fromEntries(
        Object.entries(rig.kept()).map(([id, end]) => [id, Math.round(end / 60) * 60]),
      );
      expect(ends).toEqual(expected as Record<string, number>);
      rig.clock.advance(HOUR * 1000);
      await end(rig);
      expect(rig.idsIn("hold")).toEqual(kept === null ? ["A1", "B2"] : []);
    });
  }
});

describe("a command that was killed", () => {
  for (const [what, doneCount, held] of [
    ["before postsuper was asked", 0, []],
    ["while postsuper was at it", 1, ["A1"]],
    ["before it noted what postsuper had done", 2, ["A1", "B2"]],
  ] as const) {
    test(what, async () => {
      const rig = new HoldRig();
      const targets = [rig.defer("A1", "u@a.example"), rig.defer("B2", "u@a.example")];
      const onDisk = await keptBefore(rig, targets);
      for (const { queueId: id } of targets.slice(0, doneCount)) {
        rig.move("deferred", "hold", id);
      }
      rig.machineDisk.writeFile("/state/%2fqueue.holds", onDisk);
      rig.clock.advance(60_000);
      expect(await end(rig)).toMatchObject({ releasedCount: held.length, trouble: [] });
      expect([rig.idsIn("deferred"), rig.kept()]).toEqual([["A1", "B2"], {}]);
    });
  }

  test("leaves another file under the same queue ID as one that was about to be held", async () => {
    const rig = new HoldRig();
    const target = rig.defer("A1", "u@a.example");
    const onDisk = await keptBefore(rig, [target]);
    rig.files.remove(rig.path("deferred", "A1"));
    rig.write("hold", "A1", ["u@a.example"], target.arrivalSeconds ?? 0);
    rig.machineDisk.writeFile("/state/%2fqueue.holds", onDisk);
    rig.clock.advance(60_000);
    expect(await end(rig)).toMatchObject({ releasedCount: 0, forgottenCount: 1 });
    expect(rig.idsIn("hold")).toEqual(["A1"]);
  });

  /** What `hold` has on disk when it asks postsuper, which then fails, so that nothing is on hold. */
  async function keptBefore(rig: HoldRig, targets: readonly Target[]): Promise<string> {
    let text = "";
    rig.onAsked = () => {
      text ||= rig.machineDisk.readFile("/state/%2fqueue.holds");
    };
    for (const { queueId: id } of targets) {
      rig.stuck.add(id);
    }
    await hold(rig, 60, targets);
    rig.stuck.clear();
    return text;
  }
});

test("what can't be released stays kept, and is tried again", async () => {
  const rig = new HoldRig();
  await hold(rig, 60, [rig.defer("A1", "u@a.example")]);
  rig.clock.advance(60_000);
  rig.stuck.add("A1");
  rig.complaint = "postsuper: warning: rename A1: Read-only file system\n";
  expect(await end(rig)).toEqual({
    releasedCount: 0,
    forgottenCount: 0,
    failedCount: 1,
    trouble: ["warning: rename A1: Read-only file system"],
  });
  expect(Object.keys(rig.kept())).toEqual(["A1"]);
  rig.stuck.clear();
  rig.complaint = "";
  expect(await end(rig)).toMatchObject({ releasedCount: 1, failedCount: 0 });
});

test("nothing is put on hold where it can't be kept", async () => {
  const rig = new HoldRig();
  const error = new OsError("ENOSPC", "write");
  rig.machineFiles.fault = ({ operation }) => (operation === "write" ? { error } : null);
  await expect(hold(rig, 60, [rig.defer("A1", "u@a.example")])).rejects.toThrow("No space left");
  expect([rig.idsIn("deferred"), rig.programs.lines]).toEqual([["A1"], []]);
});

test("what was released or deleted by a command is forgotten", async () => {
  const rig = new HoldRig();
  await hold(rig, 60, [rig.defer("A1", "u@a.example"), rig.defer("B2", "u@a.example")]);
  await forgetHolds(rig.folder, "/queue", new Set([queueId("A1"), queueId("C3")]));
  expect(Object.keys(rig.kept())).toEqual(["B2"]);
});

describe("changeMessages", () => {
  test("leaves alone what has become another message, and what moved on", async () => {
    const rig = new HoldRig();
    const targets = ["A1", "B2", "C3", "D4"].map((id) => rig.defer(id, "u@a.example"));
    rig.write("deferred", "A1", ["u@b.example"], 1);
    rig.move("deferred", "active", "B2");
    rig.files.remove(rig.path("deferred", "C3"));
    const outcomes: Record<string, ChangeOutcome> = {};
    const how = {
      shouldStop: () => false,
      onOutcome: ({ queueId: id }: Target, outcome: ChangeOutcome) => {
        outcomes[id] = outcome;
      },
    };
    expect(await changeMessages(rig.changing, "delete", targets, how)).toEqual([]);
    expect(outcomes).toEqual({ A1: "replaced", B2: "moved", C3: "gone", D4: "done" });
    expect(rig.idsIn("deferred")).toEqual(["A1"]);
    expect(rig.idsIn("active")).toEqual(["B2"]);
  });

  test("asks for 500 at a time, can be ended in between, and ends at trouble", async () => {
    const rig = new HoldRig();
    const targets = Array.from({ length: 1200 }, (_, at) =>
      rig.write("deferred", `A${at}`, ["u@a.example"], 5),
    );
    let isEnough = false;
    rig.onDone = () => {
      isEnough = true;
    };
    let count = 0;
    const how = { shouldStop: () => isEnough, onOutcome: () => count++ };
    await changeMessages(rig.changing, "hold", targets, how);
    expect([count, rig.programs.lines.length]).toEqual([500, 1]);
    isEnough = false;
    rig.onDone = () => {};
    rig.complaint = "postsuper: warning: trouble\n";
    expect(await changeMessages(rig.changing, "hold", targets.slice(500), how)).toEqual([
      "warning: trouble",
    ]);
    expect([count, rig.programs.lines.length]).toEqual([1000, 2]);
  });
});
