/** The requests that the original does not have: what they report, what they do, and what they leave alone. */
import { describe, expect, test } from "bun:test";
import { askReport as ask, told } from "../../test/support/asked_report.ts";
import { defer, to } from "../../test/support/deferred_mail.ts";
import { FlushClient } from "../../test/support/flush_client.ts";
import { FlushRig } from "../../test/support/flush_rig.ts";
import { putLog, snapshot, stage } from "../../test/support/shared_record.ts";
import { OsError } from "../effects/os_error.ts";
import { MemoryFiles } from "../memory/files.ts";
import { STATUS } from "../wire/request.ts";

const WORK_MS = 300;
const HOUR_MS = 3_600_000;

describe("sites", () => {
  test("tells each log with entries, bytes, times and the sites of its messages", async () => {
    const rig = stage();
    putLog(rig, "empty_example", "");
    const before = snapshot(rig);
    const seconds = Math.floor(rig.clock.wallMs() / 1000);
    const times = `added=${seconds - 3600} sent=${seconds - 7200}`;
    expect((await ask(rig, { name: "sites" })).toSorted()).toEqual([
      "end 0 logs=2 entries=7 bytes=33",
      `site logfile=a_b_example entries=6 bytes=28 ${times} names=a-b.example,a.b.example`,
      `site logfile=sub_b_example entries=1 bytes=5 ${times} names=sub.b.example`,
    ]);
    expect(snapshot(rig)).toEqual(before);
  });

  test("does not claim what the time stamps don't tell", async () => {
    const rig = new FlushRig();
    defer(rig.disk, "A1", to("x@one.example"));
    rig.clock.advance(123);
    rig.add("one.example", "A1");
    await rig.turn();
    const [site = ""] = await ask(rig, { name: "sites" });
    expect(site).toContain(" sent= ");
    expect(site).toMatch(/ added=[0-9]+ /);
  });
});

describe("preview", () => {
  test("tells of each message once what a flush would do, and changes nothing", async () => {
    const rig = stage();
    const before = snapshot(rig);
    const details = "size=43 arrived=1700000000 sender=sender@origin.example";
    const none = "size= arrived= sender= recipients= recipients_count= others=";
    expect(await ask(rig, { name: "preview", sites: "a-b.example" })).toEqual([
      `message queue_id=AB1 queue=deferred ${details} recipients=x@a-b.example recipients_count=1 others=other.example outcome=release`,
      `message queue_id=AB2 queue=deferred ${details} recipients= recipients_count=0 others=a.b.example outcome=skip`,
      `message queue_id=ACT1 queue=active ${none} outcome=keep`,
      `message queue_id=GONE1 queue= ${none} outcome=gone`,
      `message queue_id=BAD1 queue=deferred ${none} outcome=unreadable`,
      "end 0 release=1 skip=1 keep=1 gone=1 unreadable=1",
    ]);
    expect(snapshot(rig)).toEqual(before);
    expect(rig.queueManager.wakeUps).toEqual([]);
  });

  test("of a log larger than a read, each entry", async () => {
    const rig = new FlushRig();
    // Lengths that don't divide a block.
    const ids = Array.from({ length: 3000 }, (_, index) => `GONE${index}${"X".repeat(index % 7)}`);
    putLog(rig, "one_example", ids.map((id) => `${id}\n`).join(""));
    const lines = await ask(rig, { name: "preview", sites: "one.example" }, { ms: 1000 });
    const seen = lines.flatMap((line) => /^message queue_id=(\S+) /.exec(line)?.[1] ?? []);
    expect(seen).toEqual(ids);
  });

  test("a message in hold is kept, whatever it holds", async () => {
    const rig = new FlushRig();
    defer(rig.disk, "A1", to("x@one.example"));
    rig.files.rename("deferred/A/A1", "hold/A1");
    putLog(rig, "one_example", "A1\n");
    const lines = await ask(rig, { name: "preview", sites: "one.example" });
    expect(lines.at(-1)).toBe("end 0 release=0 skip=0 keep=1 gone=0 unreadable=0");
  });

  test("a message of which it can't be told is released, but not with @domain alone: as send does", async () => {
    const rig = new FlushRig();
    defer(rig.disk, "A1", to("x@other.example"));
    rig.files.remove("defer/A/A1");
    putLog(rig, "a_one_example", "A1\n");
    for (const [sites, previewed, sent] of [
      ["@one.example", "release=0 skip=1", "released=0 kept=0 gone=0 skipped=1"],
      ["@one.example a.one.example", "release=1 skip=0", "released=1"],
    ] as const) {
      const lines = await ask(rig, { name: "preview", sites });
      expect(lines.at(-1)).toStartWith(`end 0 ${previewed} `);
      const told = await ask(rig, { name: "send", sites, reason: "" });
      expect(told.at(-1)).toStartWith(`end 0 ${sent} `);
    }
  });

  test("a refresh after it falls due when it would have", async () => {
    const rig = stage();
    for (const request of [
      { name: "preview", sites: "a-b.example" },
      { name: "sites" },
      { name: "verify", sites: "" },
      { name: "compact", sites: "" },
      { name: "rebuild" },
    ] as const) {
      await ask(rig, request, { ms: 1000 });
    }
    const due = rig.clock.wallMs();
    rig.clock.advance(10 * HOUR_MS - 6000);
    rig.ask({ name: "refresh" });
    await rig.pass(WORK_MS);
    expect(rig.readLog("sub_b_example")).toBe("SUB1\n");
    rig.clock.advance(8000);
    rig.ask({ name: "refresh" });
    await rig.pass(WORK_MS);
    expect(rig.readLog("sub_b_example")).toBe("");
    expect(rig.clock.wallMs() - due).toBeLessThan(10 * HOUR_MS + 4000);
  });

  test("@domain means the domain and everything below it", async () => {
    const rig = stage();
    const lines = await ask(rig, { name: "preview", sites: "@b.example" });
    const outcomes = lines.map((line) => /queue_id=(\S+).* outcome=(\S+)/.exec(line)?.slice(1));
    expect(outcomes.filter(Boolean)).toEqual([
      // Of a-b.example, which only shares a logfile with a.b.example.
      ["AB1", "skip"],
      ["AB2", "release"],
      ["ACT1", "keep"],
      ["GONE1", "gone"],
      ["BAD1", "unreadable"],
      ["SUB1", "release"],
    ] as never[]);
  });
});

describe("send", () => {
  test("releases as send_site does, and tells of each message", async () => {
    const rig = stage();
    const lines = await ask(rig, { name: "send", sites: "a-b.example", reason: "it is back" });
    expect(lines).toEqual([
      "message queue_id=AB1 logfile=a_b_example outcome=released why=",
      "message queue_id=AB2 logfile=a_b_example outcome=skipped why=no undelivered recipient is at a selected site",
      "message queue_id=ACT1 logfile=a_b_example outcome=kept why=in active or hold",
      "message queue_id=BAD1 logfile=a_b_example outcome=released why=",
      "message queue_id=GONE1 logfile=a_b_example outcome=gone why=in none of the queues",
      "end 0 released=2 kept=1 gone=1 skipped=1 failed=0 omitted=0",
    ]);
    expect(Object.keys(rig.disk.filesBelow("incoming"))).toEqual(["incoming/AB1", "incoming/BAD1"]);
    expect(rig.readLog("a_b_example")).toBe("AB2\nACT1\n");
    expect(rig.queueManager.wakeUps).toEqual(["F", "FI"]);
    expect(rig.log.texts("info")).toEqual([
      expect.stringMatching(
        /^flush: sites=a-b.example, uid=0, pid=4711, released=2, kept=1, gone=1, skipped=1, failed=0, seconds=0\.[0-9]+, reason=it is back$/,
      ),
    ]);
  });

  test("of @domain: nobody else's, also where it can't be told", async () => {
    const rig = stage();
    rig.putLog("c_b_example", "BAD1\n");
    await ask(rig, { name: "send", sites: "@b.example", reason: "" });
    expect(Object.keys(rig.disk.filesBelow("incoming"))).toEqual(["incoming/AB2", "incoming/SUB1"]);
    expect(rig.readLog("a_b_example")).toBe("AB1\nACT1\nBAD1\n");
    expect(rig.readLog("c_b_example")).toBe("BAD1\n");
  });

  test("several sites unthrottle once, and wake the queue manager once", async () => {
    const rig = stage();
    const lines = await ask(rig, { name: "send", sites: "a.b.example, sub.b.example", reason: "" });
    expect(lines.at(-1)).toBe("end 0 released=3 kept=1 gone=1 skipped=1 failed=0 omitted=0");
    expect(rig.queueManager.wakeUps).toEqual(["F", "FI"]);
  });

  test("a client that does not read, or hangs up, delays nothing", async () => {
    for (const spoil of ["pause", "hangUp"] as const) {
      const rig = new FlushRig();
      const ids = Array.from({ length: 3000 }, (_, index) => `A${index}`);
      for (const id of ids) {
        rig.putMessage(`deferred/A/${id}`);
      }
      putLog(rig, "one_example", ids.map((id) => `${id}\n`).join(""));
      const client = new FlushClient();
      client[spoil]();
      rig.ask({ name: "send", sites: "one.example", reason: "" }, client);
      await rig.pass(WORK_MS);
      expect(rig.readLog("one_example")).toBe("");
      client.readOn();
      await rig.pass(WORK_MS);
      expect(client.asked.isFinished).toBeTrue();
    }
  });

  test("what waits for a slow client is bounded, and what is left out is counted", async () => {
    const rig = new FlushRig();
    const ids = Array.from({ length: 20_000 }, (_, index) => `A${index}`);
    for (const id of ids) {
      rig.putMessage(`deferred/A/${id}`);
    }
    putLog(rig, "one_example", ids.map((id) => `${id}\n`).join(""));
    const client = new FlushClient();
    client.pause();
    rig.ask({ name: "send", sites: "one.example", reason: "" }, client);
    await rig.pass(WORK_MS);
    client.readOn();
    await rig.pass(WORK_MS);
    const lines = told(client);
    const omitted = Number(/omitted=([0-9]+)/.exec(lines.at(-1) ?? "")?.[1]);
    expect(omitted).toBeGreaterThan(0);
    expect(omitted + lines.length - 1).toBe(20_000);
  });
});

describe("compact and rebuild", () => {
  test("compact takes out of the named logs what verify complains of", async () => {
    const rig = stage();
    putLog(rig, "old_example", "GONE2\n");
    const lines = await ask(rig, { name: "compact", sites: "a-b.example" });
    expect(lines).toEqual(["end 0 logs=1 removed=2 gone=1 repeated=1 bad=0 kept=4"]);
    expect(rig.readLog("a_b_example").split("\n").toSorted()).toEqual([
      "",
      "AB1",
      "AB2",
      "ACT1",
      "BAD1",
    ]);
    expect(rig.readLog("old_example")).toBe("GONE2\n");
    await ask(rig, { name: "compact", sites: "" });
    expect(rig.readLog("old_example")).toBe("");
  });

  test("rebuild completes the record, after which verify finds nothing", async () => {
    const rig = stage();
    rig.files.remove("deferred/B/BAD1");
    defer(rig.disk, "NEW1", to("x@a-b.example", "x@new.example"));
    const lines = await ask(rig, { name: "rebuild" });
    expect(lines).toEqual([
      "end 0 messages=4 unreadable=0 added=3 logs=1 removed=3 gone=2 repeated=1 bad=0 kept=7",
    ]);
    expect(await ask(rig, { name: "verify", sites: "" })).toEqual([
      "end 0 messages=4 logs=5 entries=7 missing=0 outdated=0 duplicate=0",
    ]);
  });

  test("rebuild has failed where a log can't be written", async () => {
    const rig = stage();
    rig.files.fault = ({ operation, path }) =>
      operation === "write" && path === "flush/other_example"
        ? { error: new OsError("ENOSPC", "write") }
        : null;
    const lines = await ask(rig, { name: "rebuild" });
    expect(lines.at(-1)).toStartWith("end -1 messages=4 ");
    expect(rig.disk.has("flush/REBUILT")).toBeFalse();
  });

  test("rebuild marks anew a record that was rebuilt before", async () => {
    const rig = new FlushRig();
    putLog(rig, "REBUILT", "");
    await ask(rig, { name: "rebuild" });
    const seconds = Math.floor(rig.clock.wallMs() / 1000);
    const { mtimeNs } = rig.files.statusOf("flush/REBUILT");
    expect(Number(mtimeNs / 1_000_000_000n)).toBeWithin(seconds - 1, seconds + 1);
  });

  test("tell how far they are, twice a second", async () => {
    const rig = new FlushRig();
    for (let index = 0; index < 400; index++) {
      defer(rig.disk, `A${index}`, to(`x@site-${index}.example`));
    }
    rig.clock.costMs = 1;
    const lines = await ask(rig, { name: "rebuild" }, { ms: 20_000 });
    const progress = lines.filter((line) => line.startsWith("progress "));
    expect(progress.length).toBeGreaterThan(2);
    expect(progress[0]).toMatch(/^progress done=[0-9]+ added=[0-9]+$/);
    expect(progress.at(-1)).toMatch(/^progress done=[0-9]+ removed=0 logs=0$/);
  });

  test("a process that is being replaced says that they are not done", async () => {
    const rig = stage();
    const other = new MemoryFiles(rig.disk);
    const directory = other.open("flush", { access: "read" });
    other.tryLock(directory);
    const client = new FlushClient();
    rig.ask({ name: "rebuild" }, client);
    await rig.pass(20);
    rig.service.leave();
    await rig.pass(WORK_MS);
    expect(told(client)).toEqual(["end -1"]);
    expect(client.asked.isFinished).toBeTrue();
  });
});

describe("lists of sites", () => {
  test("that can't be read are bad", async () => {
    expect(await ask(stage(), { name: "preview", sites: "a@b" })).toEqual([`end ${STATUS.bad}`]);
  });

  test("names without a log are told; if none has one, the status is theirs", async () => {
    const rig = new FlushRig({
      eligible: (site) => (site.startsWith("no") ? "no-match" : "match"),
    });
    expect(await ask(rig, { name: "preview", sites: "no.example" })).toEqual([
      "refused site=no.example status=4",
      `end ${STATUS.deny}`,
    ]);
    expect(await ask(rig, { name: "send", sites: "no.example yes.example", reason: "" })).toEqual([
      "refused site=no.example status=4",
      "end 0 released=0 kept=0 gone=0 skipped=0 failed=0 omitted=0",
    ]);
  });
});
