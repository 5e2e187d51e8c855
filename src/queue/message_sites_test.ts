import { describe, expect, test } from "bun:test";
import {
  buildDeferFile,
  buildQueueFile,
  type PlannedDeferral,
  type PlannedRecipient,
} from "../../test/support/queue_files.ts";
import { OsError } from "../effects/os_error.ts";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryDisk } from "../memory/disk.ts";
import type { FaultPoint } from "../memory/faults.ts";
import { MemoryFiles } from "../memory/files.ts";
import { parseQueueId } from "../names/names.ts";
import {
  type Belonging,
  belongsToSite,
  type MessageReading,
  readMessage,
} from "./message_sites.ts";
import { SoughtDomains } from "./sought_domains.ts";

const QUEUE_FILE = "deferred/A/ABC123";
const DEFER_FILE = "defer/A/ABC123";
const HASHING = { hashedQueues: new Set(["deferred", "defer"]), depth: 1 };

interface Stage {
  readonly disk: MemoryDisk;
  readonly files: MemoryFiles;
  readonly read: () => MessageReading;
  readonly belongsTo: (...sites: readonly string[]) => Belonging;
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
  const id = parseQueueId("ABC123");
  if (id === null) {
    throw new Error("not a queue ID");
  }
  const tools = { files, hashing: HASHING };
  const read = (): MessageReading => {
    const reading = readMessage(tools, "deferred", id);
    expect(files.openCount).toBe(0);
    return reading;
  };
  const belongsTo = (...sites: readonly string[]): Belonging => {
    const domains = new SoughtDomains((domain) => sites.includes(domain));
    const belonging = belongsToSite(tools, "deferred", id, domains);
    expect(files.openCount).toBe(0);
    return belonging;
  };
  return { disk, files, read, belongsTo };
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
        // Recorded under the one that was tried.
        recipients: [
          { address, domains: [...domains], recordedDomains: domains.slice(-1), isTried: true },
        ],
        isSure: true,
      });
    });
  }

  test("of every address that was tried for a recipient", () => {
    const { disk, read, belongsTo } = stage([{ address: "a@one.example" }], ["a@two.example"]);
    const entry = disk.readFile(DEFER_FILE);
    disk.writeFile(DEFER_FILE, entry + entry.replaceAll("two.example", "three.example"));
    const domains = ["one.example", "two.example", "three.example"];
    const recordedDomains = ["two.example", "three.example"];
    expect(read()).toMatchObject({ recipients: [{ domains, recordedDomains }] });
    expect(belongsTo("three.example")).toBe("belongs");
  });

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

describe("belongsToSite", () => {
  const MIXED: readonly PlannedRecipient[] = [
    { address: "a@one.example" },
    { address: "x%d.test@mx.test" },
    { address: "done@two.example", state: "done" },
    { address: "local" },
  ];
  const TRIED = ["a@one.example", "x@d.test", null, "local"];

  const rows: ReadonlyArray<readonly [site: string, belonging: Belonging]> = [
    ["one.example", "belongs"],
    ["mx.test", "belongs"],
    ["d.test", "belongs"],
    ["two.example", "foreign"],
    ["local", "foreign"],
    ["", "foreign"],
  ];
  for (const [site, belonging] of rows) {
    test(`${belonging}: "${site}"`, () => {
      expect(stage(MIXED, TRIED).belongsTo(site)).toBe(belonging);
    });
  }

  test("without a defer file: what the queue file has belongs, the rest is unsure", () => {
    const { belongsTo } = stage(MIXED, null);
    expect(belongsTo("mx.test")).toBe("belongs");
    expect(belongsTo("d.test")).toBe("unsure");
    expect(belongsTo("two.example")).toBe("unsure");
  });

  test("an entry for another place is no entry", () => {
    const { disk, belongsTo } = stage(MIXED, TRIED);
    disk.writeFile(DEFER_FILE, disk.readFile(DEFER_FILE).replace(/offset=\d+/, "offset=1"));
    expect(belongsTo("three.example")).toBe("unsure");
  });

  test("foreign: nobody waits", () => {
    const { belongsTo } = stage([{ address: "a@one.example", state: "done" }], null);
    expect(belongsTo("one.example")).toBe("foreign");
  });

  test("the defer file is not opened where the queue file says enough", () => {
    const { files, belongsTo } = stage(MIXED, TRIED);
    const opened: string[] = [];
    files.fault = ({ operation, path }) => {
      opened.push(...(operation === "open" ? [path] : []));
      return null;
    };
    expect(belongsTo("one.example")).toBe("belongs");
    expect(opened).toEqual([QUEUE_FILE]);
  });
});

describe("readMessage, what is sure", () => {
  const BOTH = [{ address: "a@one.example" }, { address: "b@two.example" }];

  test("not without a defer file, but the queue file's domains are told", () => {
    const domains = [
      { domains: ["one.example"], recordedDomains: ["one.example"], isTried: false },
      { domains: ["two.example"], recordedDomains: ["two.example"], isTried: false },
    ];
    expect(stage(BOTH, null).read()).toMatchObject({ isSure: false, recipients: domains });
  });

  test("not where it can't be seen whether the message is still there; it is not absent", () => {
    const { files, read, belongsTo } = stage(BOTH, null);
    files.fault = ({ operation }) =>
      operation === "isThere" ? { error: new OsError("EIO", "lstat") } : null;
    expect(read()).toMatchObject({ kind: "read", isSure: false });
    expect(belongsTo("three.example")).toBe("unsure");
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

  test("not with a defer file that names hundreds of thousands of addresses for one recipient", () => {
    const { disk, read, belongsTo } = stage(BOTH, ["a@one.example", "b@two.example"]);
    const [offset = ""] = /offset=\d+/.exec(disk.readFile(DEFER_FILE)) ?? [];
    const entries = Array.from(
      { length: 200_000 },
      (_, index) => `recipient=a@${index}\n${offset}`,
    );
    disk.writeFile(DEFER_FILE, `${entries.join("\n\n")}\n\n`);
    expect(read()).toMatchObject({ isSure: false, recipients: [{}, {}] });
    expect(belongsTo("three.example")).toBe("unsure");
  });

  test("not with a defer file that names more addresses for a recipient than a list can make of it", () => {
    const { disk, belongsTo } = stage([{ address: "a@one.example" }], ["a@one.example"]);
    const [offset = ""] = /offset=\d+/.exec(disk.readFile(DEFER_FILE)) ?? [];
    const writeAddresses = (count: number): void => {
      const entries = Array.from({ length: count }, (_, index) => {
        return `recipient=a@d${index}.example\n${offset}`;
      });
      disk.writeFile(DEFER_FILE, `${entries.join("\n\n")}\n\n`);
    };
    writeAddresses(20);
    expect(["d19.example", "d20.example"].map((site) => belongsTo(site))).toEqual([
      "belongs",
      "foreign",
    ]);
    writeAddresses(21);
    expect(["d20.example", "d21.example"].map((site) => belongsTo(site))).toEqual([
      "unsure",
      "unsure",
    ]);
  });

  test("that nobody waits, whether there is a defer file or not", () => {
    const done = [{ address: "a@one.example", state: "done" as const }];
    expect(stage(done, null).read()).toMatchObject({ recipients: [], isSure: true });
  });
});

describe("readMessage, messages that leave", () => {
  test("absent: not there", () => {
    const { files, read, belongsTo } = stage([{ address: "a@one.example" }], []);
    files.rename(QUEUE_FILE, "deferred/OTHER");
    expect(read()).toEqual({ kind: "absent" });
    expect(belongsTo("one.example")).toEqual({ kind: "absent" });
  });

  test("absent: has left before the defer file could be read, which goes then", () => {
    for (const ask of ["read", "belongsTo"] as const) {
      const asked = stage([{ address: "a@one.example" }], ["a@one.example"]);
      const { disk, files } = asked;
      files.fault = (point: FaultPoint) => {
        if (point.operation === "open" && point.path === DEFER_FILE) {
          const manager = new MemoryFiles(disk);
          manager.rename(QUEUE_FILE, "deferred/OTHER");
          manager.remove(DEFER_FILE);
          files.fault = null;
        }
        return null;
      };
      expect(asked[ask]("two.example")).toEqual({ kind: "absent" });
    }
  });

  test("unreadable: its queue file is", () => {
    const { disk, read, belongsTo } = stage([{ address: "a@one.example" }], []);
    disk.writeFile(QUEUE_FILE, "message", { mode: 0o700 });
    expect(belongsTo("one.example")).toMatchObject({ kind: "unreadable" });
    expect(read()).toMatchObject({ kind: "unreadable", why: expect.stringContaining("truncated") });
  });
});
