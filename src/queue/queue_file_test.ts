import { describe, expect, test } from "bun:test";
import {
  buildQueueFile,
  pointer,
  type QueueFilePlan,
  record,
  sizes,
} from "../../test/support/queue_files.ts";
import { pick, randomFrom } from "../../test/support/random.ts";
import { OsError } from "../effects/os_error.ts";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryDisk } from "../memory/disk.ts";
import type { Fault } from "../memory/faults.ts";
import { MemoryFiles } from "../memory/files.ts";
import { type QueueFileReading, readQueueFile } from "./queue_file.ts";

const PATH = "deferred/ABC123";
const READY_MODE = 0o700;
const POSTFIX = { uid: 102, gid: 105 };

interface Outcome {
  readonly reading: QueueFileReading;
  readonly reads: number;
}

/** A disk with one file on it, and how it is read by a process of `uid`. */
function stage(text: string, mode = READY_MODE) {
  const clock = new MemoryClock();
  const disk = new MemoryDisk(clock, POSTFIX);
  disk.makeDirectories("deferred");
  disk.writeFile(PATH, text, { mode });
  const files = new MemoryFiles(disk, POSTFIX);
  const read = (fault: Fault | null = null): Outcome => {
    let reads = 0;
    files.fault = ({ operation }) => {
      reads += operation === "read" ? 1 : 0;
      return operation === "read" ? fault : null;
    };
    const reading = readQueueFile(files, PATH);
    expect(files.openCount).toBe(0);
    return { reading, reads };
  };
  return { clock, disk, read };
}

const readText = (text: string): QueueFileReading => stage(text).read().reading;

const unreadable = (why: string) => ({ kind: "unreadable", why: expect.stringContaining(why) });

const MIXED: QueueFilePlan = {
  sender: "who@origin.example",
  arrivalSeconds: 1_795_675_045,
  recipients: [
    { address: "a@one.example" },
    { address: "b@two.example", state: "done" },
    { address: "c@two.example", state: "canceled" },
    { address: "from header@three.example", place: "extracted" },
    { address: "done@three.example", place: "extracted", state: "done" },
    { address: "added@four.example", place: "added" },
    { address: "again@four.example", place: "added", state: "done" },
  ],
};

/** A line of the content, and so many of them that they fill several windows. */
const LINE = "x".repeat(70);
const LONG = Array.from({ length: 1_000 }, () => LINE);

/** An envelope record by record, complete but for what `records` is to show. */
function handMade(records: string, rest = record("X", "") + record("E", "")): string {
  const envelope = record("T", "1700000000 1") + record("S", "s@x") + records + record("M", "");
  const contentStart = sizes(0, 0, 0).length + envelope.length;
  return sizes(rest.indexOf("X"), contentStart, 1) + envelope + rest;
}

describe("readQueueFile", () => {
  test("tells sender, arrival, size and every recipient, wherever it stands", () => {
    const { text, offsets } = buildQueueFile(MIXED);
    const isDone = [false, true, null, false, true, false, true];
    const expected = MIXED.recipients.flatMap(({ address }, index) => {
      const done = isDone[index] ?? null;
      return done === null ? [] : [{ address, offset: offsets[index] ?? -1, isDone: done }];
    });
    // In the order of the walk: those behind the end belong to the envelope.
    const [a, b, header, headerDone, added, again] = expected;
    expect(readText(text)).toEqual({
      kind: "read",
      sender: "who@origin.example",
      arrivalSeconds: 1_795_675_045,
      sizeBytes: 43,
      recipients: [a, b, added, again, header, headerDone] as never,
    });
  });

  test("the empty sender, and a recipient that needs two bytes for its length", () => {
    const address = `${"l".repeat(64)}@${"d".repeat(190)}.example`;
    const { text, offsets } = buildQueueFile({ sender: "", recipients: [{ address }] });
    expect(readText(text)).toMatchObject({
      sender: "",
      recipients: [{ address, offset: offsets[0] ?? -1, isDone: false }],
    });
  });

  test("a large message takes two reads, and its content is not looked at", () => {
    const recipients = MIXED.recipients.filter(({ place }) => place !== "added");
    const { text } = buildQueueFile({ recipients, content: LONG });
    const whole = stage(text).read();
    expect(whole.reading).toMatchObject({ kind: "read", recipients: { length: 4 } });
    expect(whole.reads).toBe(2);
    const spoilt = text.replaceAll(record("N", LINE), "\xff".repeat(record("N", LINE).length));
    expect(readText(spoilt)).toEqual(whole.reading);
  });

  test("a small message takes one read", () => {
    expect(stage(buildQueueFile(MIXED).text).read().reads).toBe(1);
  });

  test("where the size doesn't lead to the content's end, the content is walked through", () => {
    const { text } = buildQueueFile({ ...MIXED, content: LONG });
    const { reading } = stage(text).read();
    const size = /\d+/.exec(text)?.[0] ?? "";
    const walked = stage(text.replace(size, "9".repeat(size.length))).read();
    expect(walked.reading).toEqual({ ...reading, sizeBytes: 99_999 } as QueueFileReading);
    expect(walked.reads).toBeGreaterThan(8);
  });

  test("neither a wrong start of the content nor text that looks like its end misleads", () => {
    const content = `${record("N", "XXX")}${record("X", "")}${record("R", "a@b")}${record("E", "")}`;
    const right = handMade("", content);
    const start = right.indexOf("M\0") + 2;
    const isRead = expect.objectContaining({ kind: "read", recipients: [expect.anything()] });
    for (const [size, contentStart] of [
      [5, start],
      [2, start],
      [4, start],
      [5, start + 1],
    ] as const) {
      const text = sizes(size, contentStart, 1) + right.slice(sizes(0, 0, 0).length);
      expect(readText(text)).toEqual(isRead as never);
    }
    // Only the size is believed where both fit: behind that X there is nothing.
    const text = handMade("", record("N", "X\0E\0") + content);
    const size = sizes(2, text.indexOf("M\0") + 2, 1);
    expect(readText(size + text.slice(size.length))).toMatchObject({ recipients: [] });
    const shifted = sizes(2, text.indexOf("M\0") + 3, 1);
    expect(readText(shifted + text.slice(size.length))).toEqual(isRead as never);
  });

  test("of two senders and times, the first counts", () => {
    const again = record("S", "other@x") + record("T", "1800000000 1");
    expect(readText(handMade(again))).toMatchObject({
      sender: "s@x",
      arrivalSeconds: 1_700_000_000,
    });
  });

  test("short reads make no difference", () => {
    const { read } = stage(buildQueueFile({ ...MIXED, content: LONG }).text);
    expect(read({ takeBytes: 7 }).reading).toEqual(read().reading);
  });

  test("atime stays; the file of another user, whose atime would not, is not read", () => {
    const { clock, disk, read } = stage(buildQueueFile(MIXED).text);
    const root = new MemoryFiles(disk);
    clock.advance(1_000);
    const before = root.statusOf(PATH).atimeNs;
    expect(read().reading.kind).toBe("read");
    expect(root.statusOf(PATH).atimeNs).toBe(before);
    disk.writeFile(PATH, buildQueueFile(MIXED).text, { uid: 7, gid: 7, mode: 0o704 });
    expect(read().reading).toEqual({ kind: "unreadable", why: "open: Operation not permitted" });
  });
});

describe("readQueueFile, what it can't read", () => {
  const built = buildQueueFile(MIXED).text;
  const recipient = record("R", "a@b");
  const ahead = (count: number): string => pointer(sizes(0, 0, 0).length + 19 + count);

  const rows: ReadonlyArray<readonly [what: string, text: string, why: string]> = [
    ["an empty file", "", "truncated"],
    ["another kind of file", "Hello, world.\n".repeat(20), "size of a message"],
    ["a size record without sizes", built.replace(/\d+/, "x"), "size of a message"],
    [
      "a length without an end",
      built.replace("T\x11", "T\xff").replace("17956", "\xff\xff\xff\xff\xff"),
      "length",
    ],
    ["a record longer than the file", built.replace("T\x11", "T\xff"), "longer than the file"],
    ["no time of arrival", built.replace("T\x11", "c\x11"), "no sender or no time"],
    ["a time that is no number", built.replace("T\x111", "T\x11x"), "number"],
    ["no sender", built.replace("S\x12", "F\x12"), "no sender or no time"],
    ["a type that is not known", built.replace("A\x15", "Z\x15"), "a record of type 90"],
    ["text in the envelope", handMade(record("N", "x")), "a record of type 78"],
    ["the end within the envelope", handMade(record("E", "")), "a record of type 69"],
    ["a pointer that is no number", handMade(record("p", "here")), "number"],
    ["a pointer out of the file", handMade(pointer(1e9)), "truncated"],
    ["a pointer to itself", handMade(ahead(0)), "records to follow"],
    ["pointers in a circle", handMade(recipient + pointer(sizes(0, 0, 0).length)), "to follow"],
    ["an address of 5,000 bytes", handMade(record("R", "a".repeat(5_000))), "has 5000 bytes"],
    ["more than 8 MB", handMade(record("A", "x".repeat(1_000_000)).repeat(9)), "8388608 bytes"],
    ["20,001 recipients", handMade(recipient.repeat(20_001)), "more than 20000 recipients"],
  ];
  for (const [what, text, why] of rows) {
    test(what, () => {
      expect(readText(text)).toEqual(unreadable(why) as never);
    });
  }

  test("20,000 recipients are read", () => {
    const reading = readText(handMade(recipient.repeat(20_000)));
    expect(reading).toMatchObject({ kind: "read", recipients: { length: 20_000 } });
  });

  test("pointers to and fro over a large file end after a bounded number of reads", () => {
    const hops = 5_000;
    const hop = pointer(0).length;
    const gap = 64 * 1024;
    const near = handMade("").indexOf("M\0");
    const far = near + hops * hop + gap;
    const forth = Array.from({ length: hops }, (_, index) => pointer(far + index * hop)).join("");
    const back = Array.from({ length: hops }, (_, index) => pointer(near + (index + 1) * hop));
    const { reading, reads } = stage(handMade(forth + "x".repeat(gap) + back.join(""))).read();
    expect(reading).toEqual(unreadable("scattered") as never);
    expect(reads).toBeLessThanOrEqual(2_048);
  });

  test("every truncated file", () => {
    const { text } = buildQueueFile({ recipients: [{ address: "a@one.example" }] });
    for (let length = 0; length < text.length; length++) {
      expect(readText(text.slice(0, length))).toEqual(unreadable("") as never);
    }
  });

  test("what is still being received", () => {
    expect(stage(built, 0o600).read().reading).toEqual(unreadable("not received") as never);
  });

  test("no file, and what is no file", () => {
    const { disk, read } = stage(built);
    const root = new MemoryFiles(disk);
    root.rename(PATH, "deferred/OTHER");
    expect(read().reading).toEqual({ kind: "absent" });
    disk.addLink(PATH, "OTHER");
    expect(read().reading).toEqual(unreadable("symbolic links") as never);
    root.remove(PATH);
    disk.addSpecial(PATH, "fifo");
    expect(read().reading).toEqual(unreadable("is a fifo") as never);
    root.remove(PATH);
    disk.makeDirectories(PATH);
    expect(read().reading).toEqual(unreadable("is a directory") as never);
  });

  test("a disk with errors, and a file that is cut meanwhile", () => {
    const { read } = stage(built);
    expect(read({ error: new OsError("EIO", "read") }).reading).toEqual({
      kind: "unreadable",
      why: "read: Input/output error",
      mayPass: true,
    });
    expect(read({ takeBytes: 0 }).reading).toEqual(unreadable("while it was read") as never);
  });
});

describe("readQueueFile, mutated files", () => {
  const small = buildQueueFile(MIXED).text;
  const large = buildQueueFile({ ...MIXED, content: LONG }).text;

  for (const seed of [1, 2, 3, 4]) {
    test(`seed ${seed}: no exception, no endless loop, no descriptor left`, () => {
      const random = randomFrom(seed);
      const kinds = new Set<string>();
      for (let round = 0; round < 500; round++) {
        const isSmall = random(4) > 0;
        const { reading, reads } = stage(mutated(isSmall ? small : large, random)).read();
        kinds.add(reading.kind);
        expect(reads).toBeLessThanOrEqual(isSmall ? 1 : 2_048);
      }
      expect(kinds).toEqual(new Set(["read", "unreadable"]));
    });
  }
});

/** One to four bytes, runs or numbers changed, mostly in the envelope. */
function mutated(text: string, random: (below: number) => number): string {
  let bytes = text;
  for (let count = 1 + random(4); count > 0; count--) {
    const at = random(random(4) === 0 ? bytes.length : Math.min(bytes.length, 600));
    const byte = String.fromCharCode(random(256));
    const after = at + 1 + random(20);
    bytes = pick(random, [
      bytes.slice(0, at) + byte + bytes.slice(at + 1),
      bytes.slice(0, at) + byte.repeat(random(8)) + bytes.slice(at),
      bytes.slice(0, at) + bytes.slice(after),
      bytes.slice(0, at) + pointer(random(text.length)) + bytes.slice(at + 17),
      bytes.replace(/\d{2,}/, String(random(text.length))),
      bytes.slice(0, random(4) === 0 ? at : undefined),
    ]);
  }
  return bytes;
}
