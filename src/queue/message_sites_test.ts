import { describe, expect, test } from "bun:test";
import {
  buildDeferFile,
  buildQueueFile,
  type PlannedDeferral,
  type PlannedRecipient,
} from "../../test/support/queue_files.ts";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryDisk } from "../memory/disk.ts";
import type { FaultPoint } from "../memory/faults.ts";
import { MemoryFiles } from "../memory/files.ts";
import { parseQueueId } from "../names/names.ts";
import { type MessageReading, readMessage } from "./message_sites.ts";

const QUEUE_FILE = "deferred/A/ABC123";
const DEFER_FILE = "defer/A/ABC123";
const HASHING = { hashedQueues: new Set(["deferred", "defer"]), depth: 1 };

interface Stage {
  readonly disk: MemoryDisk;
  readonly files: MemoryFiles;
  readonly read: () => MessageReading;
}

/** A deferred message; `tried` names the address of each recipient that the defer file has, null: no entry. */
function stage(
  recipients: readonly PlannedRecipient[],
  tried: readonly (string | null)[] | null,
): Stage {
  const disk = new MemoryDisk(new MemoryClock());
  const { text, offsets } = buildQueueFile({ recipients });
  disk.makeDirectories("deferred/A");
  disk.makeDirectories("defer/A");
  disk.writeFile(QUEUE_FILE, text, { mode: 0o700 });
  if (tried !== null) {
    const deferrals = tried.flatMap((recipient, index): PlannedDeferral[] =>
      recipient === null ? [] : [{ recipient, offset: offsets[index] ?? -1 }],
    );
    disk.writeFile(DEFER_FILE, buildDeferFile(deferrals));
  }
  const files = new MemoryFiles(disk);
  const read = (): MessageReading => {
    const id = parseQueueId("ABC123");
    if (id === null) {
      throw new Error("not a queue ID");
    }
    const reading = readMessage({ files, hashing: HASHING }, "deferred", id);
    expect(files.openCount).toBe(0);
    return reading;
  };
  return { disk, files, read };
}

describe("readMessage, domains", () => {
  const rows: ReadonlyArray<
    readonly [what: string, address: string, tried: string, domains: readonly string[]]
  > = [
    ["the usual", "a@one.example", "a@one.example", ["one.example"]],
    ["another one was tried", "x%d.test@mx.test", "x@d.test", ["mx.test", "d.test"]],
    ["quotes in the defer file", "a b@one.example", '"a b"@one.example', ["one.example"]],
    ["the last @ counts", "a@b@one.example", '"a@b"@one.example', ["one.example"]],
    ["as it stands", "a@ONE.Example", "a@one.example", ["ONE.Example", "one.example"]],
    ["UTF-8", "\xc3\xbc@b\xc3\xbc.example", "\xc3\xbc@b\xc3\xbc.example", ["b\xc3\xbc.example"]],
    ["a literal", "a@[127.0.0.1]", "a@[127.0.0.1]", ["[127.0.0.1]"]],
    ["none", "local", "local", []],
    ["none, but tried at one", "local", "local@one.example", ["one.example"]],
  ];
  for (const [what, address, tried, domains] of rows) {
    test(`${what}: ${address}`, () => {
      expect(stage([{ address }], [tried]).read()).toEqual({
        kind: "read",
        sender: "sender@origin.example",
        arrivalSeconds: 1_700_000_000,
        sizeBytes: 43,
        recipients: [{ address, domains: [...domains] }],
        isSure: true,
      });
    });
  }

  test("only of those that are waiting", () => {
    const { read } = stage(
      [
        { address: "a@one.example", state: "done" },
        { address: "b@two.example" },
        { address: "c@three.example", state: "canceled" },
      ],
      ["a@one.example", "b@two.example", null],
    );
    expect(read()).toMatchObject({
      recipients: [{ address: "b@two.example", domains: ["two.example"] }],
      isSure: true,
    });
  });
});

describe("readMessage, what is sure", () => {
  const BOTH = [{ address: "a@one.example" }, { address: "b@two.example" }];

  test("not without a defer file, but the queue file's domains are told", () => {
    const domains = [{ domains: ["one.example"] }, { domains: ["two.example"] }];
    expect(stage(BOTH, null).read()).toMatchObject({ isSure: false, recipients: domains });
  });

  test("not with a defer file that can't be read", () => {
    const { disk, read } = stage(BOTH, null);
    disk.makeDirectories(DEFER_FILE);
    expect(read()).toMatchObject({ kind: "read", isSure: false });
  });

  test("not where one of them is missing in the defer file", () => {
    expect(stage(BOTH, ["a@one.example", null]).read()).toMatchObject({ isSure: false });
    expect(stage(BOTH, ["a@one.example", "b@two.example"]).read()).toMatchObject({ isSure: true });
  });

  test("that nobody waits, whether there is a defer file or not", () => {
    const done = [{ address: "a@one.example", state: "done" as const }];
    expect(stage(done, null).read()).toMatchObject({ recipients: [], isSure: true });
  });
});

describe("readMessage, messages that leave", () => {
  test("absent: not there", () => {
    const { files, read } = stage([{ address: "a@one.example" }], []);
    files.rename(QUEUE_FILE, "deferred/OTHER");
    expect(read()).toEqual({ kind: "absent" });
  });

  test("absent: has left before the defer file could be read, as far as that was removed", () => {
    const { disk, files, read } = stage([{ address: "a@one.example" }], ["a@one.example"]);
    files.fault = (point: FaultPoint) => {
      if (point.operation === "open" && point.path === DEFER_FILE) {
        const manager = new MemoryFiles(disk);
        manager.rename(QUEUE_FILE, "deferred/OTHER");
        manager.remove(DEFER_FILE);
        files.fault = null;
      }
      return null;
    };
    expect(read()).toEqual({ kind: "absent" });
  });

  test("unreadable: its queue file is", () => {
    const { disk, read } = stage([{ address: "a@one.example" }], []);
    disk.writeFile(QUEUE_FILE, "message", { mode: 0o700 });
    expect(read()).toMatchObject({ kind: "unreadable", why: expect.stringContaining("truncated") });
  });
});
