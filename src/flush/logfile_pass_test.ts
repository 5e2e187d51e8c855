/** Entries that are added to a log while it is gone over: neither lost nor doubled. */
import { describe, expect, test } from "bun:test";
import { FlushRig } from "../../test/support/flush_rig.ts";
import { MemoryFiles } from "../memory/files.ts";
import { STATUS } from "../wire/request.ts";

/** Longer than the second look for messages that are in no queue. */
const SEND_MS = 20;

/** Each of another message. */
function manyLines(begin: string): string {
  return Array.from({ length: 100 }, (_, number) => `${begin}_${number}\n`).join("");
}

describe("an add of an entry that stays", () => {
  test("is not lost when somebody removes the log behind the pass's back (postsuper -d ALL)", async () => {
    const rig = new FlushRig();
    rig.putMessage("hold/HELD1");
    rig.putLog("a_example", "HELD1\nGONE1\n");
    rig.sendSite("a.example");
    // HELD1 is settled, GONE1 waits for the second look.
    await rig.pass(5);
    new MemoryFiles(rig.disk).remove("flush/a_example");
    const asked = rig.add("a.example", "HELD1");
    await rig.pass(SEND_MS);
    expect(asked.status).toBe(STATUS.ok);
    expect(rig.readLog("a_example")).toBe("HELD1\n");
  });

  test("when the log is taken, and the pass has not begun: is there once", async () => {
    const rig = new FlushRig();
    rig.putMessage("hold/HELD1");
    rig.putLog("a_example", "GONE1\nHELD1\n");
    const added = rig.add("a.example", "HELD1");
    rig.sendSite("a.example");
    // No promise has been gone through yet.
    rig.clock.runTurn();
    expect(added.status).toBe(STATUS.ok);
    await rig.pass(SEND_MS);
    expect(rig.readLog("a_example")).toBe("HELD1\n");
  });

  for (const [when, before] of [
    ["before the pass comes to it", manyLines("GONE1")],
    ["after the pass has settled it", ""],
  ] as const) {
    test(`${when}: is there once`, async () => {
      const rig = new FlushRig();
      rig.putMessage("hold/HELD1");
      rig.putLog("a_example", `${before}HELD1\n${manyLines("GONE2")}`);
      // Each look at the clock takes a millisecond: a slice ends after a few lines.
      rig.clock.costMs = 1;
      const asked = rig.sendSite("a.example");
      await rig.turn();
      rig.clock.advance(1);
      await rig.turn();
      const added = rig.add("a.example", "HELD1");
      await rig.turn();
      expect([added.status, asked.status]).toEqual([STATUS.ok, null]);
      const during = rig.readLog("a_example");
      expect(during.split("HELD1\n")).toHaveLength(before === "" ? 2 : 3);
      await rig.pass(1400);
      expect(asked.status).toBe(STATUS.ok);
      expect(rig.readLog("a_example")).toBe("HELD1\n");
    });
  }
});
