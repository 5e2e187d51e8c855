/** metrics over deferred mail in memory: which values there are, under which names, and where they go. */
import { describe, expect, test } from "bun:test";
import { end } from "../../../test/support/command_rig.ts";
import { HoldRig, STATE } from "../../../test/support/hold_rig.ts";
import { message, waiting } from "../../../test/support/some_mail.ts";
import { OsError } from "../../effects/os_error.ts";
import { MessagesInMemory } from "../../index/messages_in_memory.ts";
import { encodeUtf8 } from "../../names/byte_string.ts";

const AGREES = end(0, ["missing", 0], ["outdated", 0], ["duplicate", 0]);

const HOUR = 3600;

/** One message of an hour to three destinations, one of a minute to one of them. */
function stage(): HoldRig {
  const rig = new HoldRig();
  rig.mail = new MessagesInMemory([
    message(rig, "A1", HOUR, 60, [
      waiting("u@a.example"),
      waiting("v@a.example"),
      waiting("u@b.example"),
      waiting("u@c.example"),
    ]),
    message(rig, "B1", 60, 60, [waiting("u@b.example")], { sizeBytes: 500 }),
  ]);
  return rig;
}

/** Values by series. */
async function metricsOf(rig: HoldRig, ...words: string[]): Promise<Record<string, number>> {
  rig.replies.push(AGREES);
  expect(await rig.run("metrics", "--state-dir", STATE, ...words)).toBe(0);
  return seriesOf(rig.terminal.outText);
}

function seriesOf(text: string): Record<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const pairs = lines.map((line) => [
    line.slice(0, line.lastIndexOf(" ")),
    Number(line.slice(line.lastIndexOf(" ") + 1)),
  ]);
  const series = Object.fromEntries(pairs);
  expect(Object.keys(series)).toHaveLength(lines.length);
  return series;
}

test("by destination: messages, bytes, the oldest, and recipients by age", async () => {
  const series = await metricsOf(stage());
  expect(series).toMatchObject({
    'fastflush_deferred_messages{destination="a.example"}': 1,
    'fastflush_deferred_messages{destination="b.example"}': 2,
    'fastflush_deferred_bytes{destination="b.example"}': 1524,
    'fastflush_deferred_oldest_message_age_seconds{destination="b.example"}': HOUR,
    'fastflush_deferred_recipients{destination="a.example",age_bucket="80m"}': 2,
    'fastflush_deferred_recipients{destination="b.example",age_bucket="5m"}': 1,
    'fastflush_deferred_recipients{destination="b.example",age_bucket="80m"}': 1,
    'fastflush_deferred_recipients{destination="b.example",age_bucket="1280m+"}': 0,
    fastflush_deferred_destinations: 3,
    fastflush_deferred_unreadable_files: 0,
    'postfix_queue_oldest_message_age_seconds{queue="deferred"}': HOUR,
    'postfix_showq_queue_depth{queue="deferred"}': 2,
  });
});

test("a message has left an age's bucket when it is as old as that; one of later than now is new", async () => {
  const rig = stage();
  const minutes = 60;
  rig.mail = new MessagesInMemory(
    [5 * minutes - 1, 5 * minutes, 1280 * minutes - 1, 1280 * minutes].map((age, index) =>
      message(rig, `A${index}`, age, 60, [waiting("u@a.example")]),
    ),
  );
  const series = await metricsOf(rig);
  const counts = ["5m", "10m", "1280m", "1280m+"].map(
    (bucket) =>
      series[`fastflush_deferred_recipients{destination="a.example",age_bucket="${bucket}"}`],
  );
  expect(counts).toEqual([1, 1, 1, 1]);
  rig.mail = new MessagesInMemory([message(rig, "A1", -HOUR, 60, [waiting("u@a.example")])]);
  rig.terminal.outText = "";
  expect(await metricsOf(rig)).toMatchObject({
    'fastflush_deferred_oldest_message_age_seconds{destination="a.example"}': 0,
    'fastflush_deferred_recipients{destination="a.example",age_bucket="5m"}': 1,
    'postfix_queue_oldest_message_age_seconds{queue="deferred"}': 0,
  });
});

describe("what others there are is summed up", () => {
  test("behind 20 unless told otherwise", async () => {
    const rig = stage();
    rig.mail = new MessagesInMemory(
      Array.from({ length: 25 }, (_, index) =>
        message(rig, `A${index}`, 60, 60, [waiting(`u@d${index}.example`)]),
      ),
    );
    const series = await metricsOf(rig);
    const named = Object.keys(series).filter((name) => name.startsWith("fastflush_deferred_bytes"));
    expect(named).toHaveLength(21);
    expect(series['fastflush_deferred_messages{destination="other"}']).toBe(5);
  });

  test("behind those with the most recipients", async () => {
    const series = await metricsOf(stage(), "--top", "1");
    expect(series).toMatchObject({
      'fastflush_deferred_messages{destination="a.example"}': 1,
      'fastflush_deferred_messages{destination="other"}': 3,
      'fastflush_deferred_bytes{destination="other"}': 2548,
      'fastflush_deferred_oldest_message_age_seconds{destination="other"}': HOUR,
      'fastflush_deferred_recipients{destination="other",age_bucket="80m"}': 2,
      fastflush_deferred_destinations: 3,
    });
    expect(Object.keys(series).filter((name) => name.includes("b.example"))).toEqual([]);
  });

  test("with the age of the oldest of them all", async () => {
    const rig = stage();
    rig.mail = new MessagesInMemory([
      message(rig, "A1", 60, 60, [waiting("t@a.example"), waiting("u@a.example")]),
      message(rig, "A2", HOUR, HOUR, [waiting("u@b.example")]),
      message(rig, "A3", 2 * HOUR, 2 * HOUR, [waiting("u@c.example")]),
      message(rig, "A4", 60, 60, [waiting("u@d.example")]),
    ]);
    const series = await metricsOf(rig, "--top", "1");
    const age = "fastflush_deferred_oldest_message_age_seconds";
    expect(series).toMatchObject({
      [`${age}{destination="a.example"}`]: 60,
      [`${age}{destination="other"}`]: 2 * HOUR,
    });
  });

  test("nothing where all have names", async () => {
    const series = await metricsOf(stage(), "--top", "3");
    expect(Object.keys(series).filter((name) => name.includes("other"))).toEqual([]);
  });

  test("all of it with --top 0, and a destination of that name is one of them", async () => {
    const rig = stage();
    rig.mail = new MessagesInMemory([
      message(rig, "A1", 60, 60, [waiting("u@other"), waiting("v@other"), waiting("u@a.example")]),
    ]);
    const series = await metricsOf(rig, "--top", "1");
    expect(series).toMatchObject({
      'fastflush_deferred_messages{destination="a.example"}': 1,
      'fastflush_deferred_messages{destination="other"}': 1,
    });
    rig.terminal.outText = "";
    const none = await metricsOf(rig, "--top", "0");
    expect(none['fastflush_deferred_recipients{destination="other",age_bucket="5m"}']).toBe(3);
  });
});

test("names from outside are escaped, cut, and one where they look alike", async () => {
  const rig = stage();
  const sites = ['q"uote\\', "line\nend\x1b", "\xff.example", "\xfe.example", "", "x".repeat(300)];
  rig.mail = new MessagesInMemory(
    sites.map((site, index) =>
      message(rig, `A${index}`, 60, 60, [{ address: "u@x", site, status: "", reason: "" }]),
    ),
  );
  const series = await metricsOf(rig);
  const names = Object.keys(series).flatMap(
    (name) => /^fastflush_deferred_messages\{destination="(.*)"\}$/.exec(name)?.[1] ?? [],
  );
  expect(names.toSorted()).toEqual([
    "(no domain)",
    "line?end?",
    'q\\"uote\\\\',
    "x".repeat(255),
    "\ufffd.example",
  ]);
  expect(series['fastflush_deferred_messages{destination="\ufffd.example"}']).toBe(2);
});

test("what a cut leaves of characters is one name where it looks alike", async () => {
  const rig = stage();
  const start = "x".repeat(254);
  rig.mail = new MessagesInMemory(
    ["\u{1f600}", "\u{10400}"].map((last, index) => {
      const site = encodeUtf8(start + last);
      return message(rig, `A${index}`, 60, 60, [{ address: "u@x", site, status: "", reason: "" }]);
    }),
  );
  const series = await metricsOf(rig);
  expect(series[`fastflush_deferred_messages{destination="${start}?"}`]).toBe(2);
});

test("an empty queue has a depth, and no age", async () => {
  const rig = new HoldRig();
  const series = await metricsOf(rig);
  expect(series['postfix_showq_queue_depth{queue="deferred"}']).toBe(0);
  expect(Object.keys(series).filter((name) => /oldest|destination=/.test(name))).toEqual([]);
});

test("messages in the other queues are counted; a queue that can't be listed is left out", async () => {
  const rig = stage();
  rig.write("hold", "H1", ["u@a.example"], 1);
  rig.write("active", "C1", ["u@a.example"], 1);
  rig.write("active", "C2", ["u@a.example"], 1);
  rig.files.fault = ({ operation, path }) =>
    operation === "openDirectory" && path === "incoming"
      ? { error: new OsError("EIO", "opendir") }
      : null;
  const series = await metricsOf(rig);
  const depths = Object.entries(series).filter(([name]) => name.startsWith("postfix_showq"));
  expect(depths).toEqual([
    ['postfix_showq_queue_depth{queue="active"}', 2],
    ['postfix_showq_queue_depth{queue="hold"}', 1],
    ['postfix_showq_queue_depth{queue="deferred"}', 2],
  ]);
});

describe("the record", () => {
  test("its differences, by kind", async () => {
    const rig = stage();
    rig.replies.push(end(0, ["missing", 3], ["outdated", 2], ["duplicate", 1]));
    const series = await metricsOf(rig);
    expect(rig.requests).toEqual(["request fastflush_verify version 1 sites"]);
    expect(series).toMatchObject({
      fastflush_record_compared: 1,
      'fastflush_record_differences{kind="missing"}': 3,
      'fastflush_record_differences{kind="outdated"}': 2,
      'fastflush_record_differences{kind="duplicate"}': 1,
    });
  });

  for (const [what, prepare] of [
    ["nobody answers", (rig: HoldRig) => rig.refuse("ECONNREFUSED")],
    ["the answer breaks off", (rig: HoldRig) => rig.replies.push("item\0")],
    ["not all could be read", (rig: HoldRig) => rig.replies.push(end(-1, ["missing", 1]))],
  ] as const) {
    test(`no differences where ${what}: that is no error`, async () => {
      const rig = stage();
      prepare(rig);
      const series = await metricsOf(rig);
      expect(series["fastflush_record_compared"]).toBe(0);
      expect(Object.keys(series).filter((name) => name.includes("differences"))).toEqual([]);
      expect(rig.terminal.errText).toBe("");
    });
  }

  test("--no-record asks nobody", async () => {
    const rig = stage();
    const series = await metricsOf(rig, "--no-record");
    expect(rig.requests).toEqual([]);
    expect(Object.keys(series).filter((name) => name.includes("record"))).toEqual([]);
  });
});

describe("timed holds", () => {
  test("how many messages, and for how long the first is overdue", async () => {
    const rig = stage();
    rig.defer("A1", "u@a.example");
    rig.defer("A2", "u@a.example");
    await rig.fastflush("hold", "--id", "A1", "--for", "10m", "--yes");
    await rig.fastflush("hold", "--id", "A2", "--for", "2h", "--yes");
    rig.terminal.outText = "";
    const series = await metricsOf(rig);
    expect(series).toMatchObject({
      fastflush_timed_hold_messages: 2,
      fastflush_timed_hold_overdue_seconds: 0,
    });
    rig.clock.advance(660_000);
    rig.terminal.outText = "";
    const late = (await metricsOf(rig))["fastflush_timed_hold_overdue_seconds"];
    expect(late).toBeGreaterThanOrEqual(60);
    expect(late).toBeLessThan(70);
  });

  test("left out where they can't be seen", async () => {
    const rig = stage();
    rig.machineDisk.writeFile(`${STATE}/%2fqueue.holds`, "{");
    const series = await metricsOf(rig);
    expect(Object.keys(series).filter((name) => name.includes("hold_"))).toEqual([]);
  });
});

describe("--output", () => {
  test("writes the whole file, readable for others, and prints nothing", async () => {
    const rig = stage();
    rig.host.put("/textfiles/fastflush.prom", "old");
    rig.replies.push(AGREES);
    const words = ["metrics", "--output", "/textfiles/fastflush.prom", "--state-dir", STATE];
    expect(await rig.run(...words)).toBe(0);
    expect([rig.terminal.outText, rig.terminal.errText]).toEqual(["", ""]);
    expect(rig.host.statusOf("/textfiles/fastflush.prom")?.mode).toBe(0o644);
    const series = seriesOf(rig.host.read("/textfiles/fastflush.prom"));
    expect(series["fastflush_deferred_destinations"]).toBe(3);
  });

  for (const [code, status, said] of [
    ["ENOSPC", 1, "can't be written: No space left on device."],
    ["EACCES", 77, "can't be written: Permission denied."],
    ["EBUSY", 75, "is being written by another command."],
  ] as const) {
    test(`leaves the old file where it can't be written: ${code}`, async () => {
      const rig = stage();
      rig.host.put("/textfiles/x.prom", "old");
      rig.host.fault = () => new OsError(code, "write");
      rig.replies.push(AGREES);
      expect(await rig.run("metrics", "--output", "/textfiles/x.prom")).toBe(status);
      expect(rig.terminal.errText).toBe(`/textfiles/x.prom ${said}\n`);
      expect(rig.host.read("/textfiles/x.prom")).toBe("old");
    });
  }
});

describe("--output replaces nothing but a file", () => {
  const PATH = "/textfiles/x.prom";
  const DEVICE = { kind: "other", mode: 0o666, uid: 0, gid: 0 } as const;
  for (const [what, put] of [
    ["a directory", ({ host }: HoldRig) => host.putDirectory(PATH)],
    ["a link", ({ host }: HoldRig) => host.putLink(PATH, "/textfiles/real")],
    ["no file", ({ host }: HoldRig) => Object.assign(host, { statusOf: () => DEVICE })],
  ] as const) {
    test(what, async () => {
      const rig = stage();
      put(rig);
      const before = rig.host.tree("/textfiles");
      expect(await rig.run("metrics", "--output", PATH)).toBe(64);
      expect(rig.terminal.errText).toStartWith(`${PATH} is ${what}. --output takes a file, `);
      expect(rig.host.tree("/textfiles")).toEqual(before);
      expect(rig.requests).toEqual([]);
    });
  }

  test("nor what may not be looked at", async () => {
    const rig = stage();
    rig.host.forbidden = "/textfiles";
    expect(await rig.run("metrics", "--output", PATH)).toBe(77);
    expect(rig.terminal.errText).toBe(`${PATH} can't be written: Permission denied.\n`);
  });
});

describe("wrong usage", () => {
  for (const top of ["-1", "1001", "ten", "1.5", ""]) {
    test(`--top=${top}`, async () => {
      const rig = stage();
      expect(await rig.run("metrics", `--top=${top}`)).toBe(64);
      expect(rig.terminal.outText).toBe("");
    });
  }
});
