/** The verify request: what it tells of the record and the queue, and that it holds nobody up. */
import { describe, expect, test } from "bun:test";
import { askReport as ask, told } from "../../test/support/asked_report.ts";
import { defer, to } from "../../test/support/deferred_mail.ts";
import { FlushClient } from "../../test/support/flush_client.ts";
import { FlushRig } from "../../test/support/flush_rig.ts";
import { putLog, snapshot, stage } from "../../test/support/shared_record.ts";
import { TurnCounter } from "../../test/support/turn_counter.ts";

const WORK_MS = 300;

describe("verify", () => {
  test("tells what is missing, outdated and double, and changes nothing", async () => {
    const rig = stage();
    defer(rig.disk, "NEW1", to("x@a-b.example", "x@new.example"));
    rig.putMessage("hold/HELD1");
    putLog(rig, "held_example", "HELD1\n");
    const before = snapshot(rig);
    const lines = await ask(rig, { name: "verify", sites: "" });
    expect(lines.toSorted()).toEqual([
      "difference logfile=a_b_example queue_id=AB1 kind=duplicate",
      "difference logfile=a_b_example queue_id=GONE1 kind=outdated",
      "difference logfile=a_b_example queue_id=NEW1 kind=missing",
      "difference logfile=new_example queue_id=NEW1 kind=missing",
      "difference logfile=other_example queue_id=AB1 kind=missing",
      // BAD1 can't be read.
      "end -1 messages=5 logs=5 entries=7 missing=3 outdated=1 duplicate=1",
    ]);
    expect(snapshot(rig)).toEqual(before);
  });

  test("of some sites only", async () => {
    const rig = stage();
    const lines = await ask(rig, { name: "verify", sites: "sub.b.example other.example" });
    expect(lines).toEqual([
      "difference logfile=other_example queue_id=AB1 kind=missing",
      "end -1 messages=4 logs=2 entries=1 missing=1 outdated=0 duplicate=0",
    ]);
  });

  for (const [queue, status] of [
    ["deferred", -1],
    ["hold", 0],
  ] as const) {
    test(`no entry is outdated while ${queue} itself is not there: compact leaves it as well`, async () => {
      const rig = new FlushRig();
      putLog(rig, "one_example", "GONE1\n");
      rig.files.rename(queue, "aside");
      expect(await ask(rig, { name: "verify", sites: "" })).toEqual([
        `end ${status} messages=0 logs=1 entries=1 missing=0 outdated=0 duplicate=0`,
      ]);
    });
  }

  test("a message that leaves between the two looks is not missing", async () => {
    const rig = new FlushRig();
    defer(rig.disk, "A1", to("x@one.example"));
    putLog(rig, "one_example", "");
    const client = new FlushClient();
    rig.ask({ name: "verify", sites: "" }, client);
    await rig.pass(10);
    rig.files.remove("deferred/A/A1");
    await rig.pass(WORK_MS);
    expect(told(client)).toEqual([
      "end 0 messages=1 logs=1 entries=0 missing=0 outdated=0 duplicate=0",
    ]);
  });

  test("compares a large log in slices as well", async () => {
    const rig = new FlushRig();
    const ids = Array.from({ length: 100 }, (_, index) => `A${index}`);
    for (const id of ids) {
      defer(rig.disk, id, to("x@one.example"));
    }
    putLog(rig, "one_example", `${ids.join("\n")}\n`);
    rig.clock.costMs = 1;
    let turnsBehindReading = 0;
    rig.files.fault = ({ operation, path }) => {
      turnsBehindReading = operation === "close" && path === "flush/one_example" ? 0 : Number.NaN;
      return null;
    };
    const nextTurn = rig.clock.nextTurn.bind(rig.clock);
    rig.clock.nextTurn = (run) => {
      turnsBehindReading++;
      nextTurn(run);
    };
    const lines = await ask(rig, { name: "verify", sites: "one.example" }, { ms: 1000 });
    expect(lines.at(-1)).toBe(
      "end 0 messages=100 logs=1 entries=100 missing=0 outdated=0 duplicate=0",
    );
    expect(turnsBehindReading).toBeGreaterThan(20);
  });

  test("reads what many messages are missing from a log in slices, each time", async () => {
    const rig = new FlushRig();
    const missingCount = 50;
    for (let index = 0; index < missingCount; index++) {
      defer(rig.disk, `A${index}`, to("x@one.example"));
    }
    rig.clock.costMs = 1;
    const reads = new TurnCounter();
    rig.files.fault = ({ operation, path }) => {
      if (operation === "open" && path.startsWith("deferred/")) {
        reads.count();
      }
      return null;
    };
    reads.watch(rig.clock);
    const lines = await ask(rig, { name: "verify", sites: "one.example" }, { ms: 1000 });
    expect(lines.at(-1)).toBe(
      `end 0 messages=50 logs=1 entries=0 missing=${missingCount} outdated=0 duplicate=0`,
    );
    expect(reads.most).toBeLessThan(5);
  });

  test("asks for the many sites of one message in slices", async () => {
    const asks = new TurnCounter();
    const rig = new FlushRig({
      eligible: () => {
        asks.count();
        return "no-match";
      },
    });
    defer(rig.disk, "A1", to(...Array.from({ length: 50 }, (_, at) => `x@${at}.example`)));
    rig.clock.costMs = 1;
    asks.watch(rig.clock);
    const lines = await ask(rig, { name: "verify", sites: "" }, { ms: 1000 });
    expect(lines.at(-1)).toStartWith("end 0 messages=1 ");
    expect(asks.most).toBeLessThan(5);
  });

  test("what is only under way is no difference", async () => {
    const rig = new FlushRig();
    defer(rig.disk, "A1", to("x@one.example"));
    defer(rig.disk, "A2", to("x@one.example"));
    putLog(rig, "one_example", "A2\nA3\n");
    const client = new FlushClient();
    rig.ask({ name: "verify", sites: "" }, client);
    await rig.pass(10);
    // Between the two looks: A1 is recorded, A2 delivered, A3 deferred.
    rig.putLog("one_example", "A2\nA3\nA1\n");
    rig.files.remove("deferred/A/A2");
    rig.putMessage("deferred/A/A3");
    await rig.pass(WORK_MS);
    expect(told(client)).toEqual([
      "end 0 messages=2 logs=1 entries=2 missing=0 outdated=0 duplicate=0",
    ]);
  });
});
