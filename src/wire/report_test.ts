/**
 * Reports as they are written and read, at any chunking; and random streams, which must have one outcome
 * whatever their chunks. Run again with the seed in the test's title: FUZZ_SEED=N bun test src/wire
 */
import { describe, expect, test } from "bun:test";
import { pick, type Random, randomFrom } from "../../test/support/random.ts";
import { bytesToString, stringToBytes } from "../names/byte_string.ts";
import {
  encodeEnd,
  encodeItem,
  LIST_BYTES_MAX,
  type Pair,
  type ReportPart,
  ReportReader,
  VALUE_BYTES_MAX,
} from "./report.ts";
import { STATUS, type Status } from "./request.ts";

/** Reads a stream in chunks; each is spoilt as soon as it was handed over. */
function read(chunks: readonly string[]): ReportPart[] {
  const reader = new ReportReader();
  return chunks.flatMap((chunk) => {
    const bytes = Uint8Array.from(stringToBytes(chunk));
    const parts = reader.push(bytes);
    bytes.fill(0x58);
    return parts;
  });
}

/** In one piece, in two at every place, and a byte at a time. */
function expectRead(stream: string, want: readonly ReportPart[]): void {
  expect(read([stream])).toEqual([...want]);
  for (let at = 1; at < stream.length; at++) {
    expect(read([stream.slice(0, at), stream.slice(at)])).toEqual([...want]);
  }
  expect(read([...stream])).toEqual([...want]);
}

function item(kind: string, ...attributes: readonly (readonly [string, string])[]): ReportPart {
  return { kind: "item", item: kind, attributes: new Map(attributes) };
}

function end(status: number, ...totals: readonly (readonly [string, string])[]): ReportPart {
  return { kind: "end", status, totals: new Map(totals) };
}

const malformed = (why: string): ReportPart => ({ kind: "malformed", why });

const ITEM = encodeItem("site", [
  ["logfile", "a_example"],
  ["entries", 17],
  ["added", ""],
]);
const END = encodeEnd(STATUS.ok, [["sites", 1]]);

describe("a report", () => {
  test("is written as attribute lists", () => {
    expect(bytesToString(ITEM)).toBe("item\0site\0logfile\0a_example\0entries\x0017\0added\0\0\0");
    expect(bytesToString(END)).toBe("status\x000\0sites\x001\0\0");
    expect(bytesToString(encodeEnd(STATUS.fail, []))).toBe("status\x004294967295\0\0");
  });

  test("is read at any chunking, and nothing behind its end", () => {
    const stream = bytesToString(ITEM) + bytesToString(ITEM) + bytesToString(END);
    const site = item("site", ["logfile", "a_example"], ["entries", "17"], ["added", ""]);
    expectRead(`${stream}item\0late\0\0`, [site, site, end(0, ["sites", "1"])]);
    expectRead(stream.slice(0, -1), [site, site]);
  });

  test("may be the original's reply", () => {
    for (const status of Object.values(STATUS)) {
      expectRead(`status\0${status >>> 0}\0\0`, [end(status)]);
    }
  });

  test("may be longer than one list", () => {
    const reader = new ReportReader();
    const piece = encodeItem("x", [["v", "x".repeat(VALUE_BYTES_MAX)]]);
    for (let bytes = 0; bytes <= 2 * LIST_BYTES_MAX; bytes += piece.length) {
      expect(reader.push(piece).map(({ kind }) => kind)).toEqual(["item"]);
    }
    expect(reader.push(END)).toEqual([end(0, ["sites", "1"])]);
  });

  test("says when it is over", () => {
    const reader = new ReportReader();
    reader.push(ITEM);
    expect(reader.isOver).toBeFalse();
    reader.push(END);
    expect(reader.isOver).toBeTrue();
  });
});

describe("a value", () => {
  test("holds any byte but NUL", () => {
    const stream = bytesToString(encodeItem("x", [["v", "a\0b\xff\n\0"]]));
    expect(read([stream])).toEqual([item("x", ["v", "a?b\xff\n?"])]);
  });

  test("is cut where it is too long, so that its list can be read", () => {
    const fits = "x".repeat(VALUE_BYTES_MAX);
    const pairs: Pair[] = [1, 2, 3, 4, 5, 6, 7].map((n) => [`v${n}`, `${fits}y`]);
    const cut = `${"x".repeat(VALUE_BYTES_MAX - 3)}...`;
    const want = item("x", ...pairs.map(([name]): [string, string] => [name, cut]));
    expect(read([bytesToString(encodeItem("x", pairs))])).toEqual([want]);
    expect(read([bytesToString(encodeItem("x", [["v", fits]]))])).toEqual([item("x", ["v", fits])]);
  });
});

test("a bad name, and a list that nobody would read, are bugs", () => {
  expect(() => encodeItem("x", [["", "v"]])).toThrow('encode report: bad attribute name ""');
  expect(() => encodeEnd(0, [["a\0b", "v"]])).toThrow("encode report: bad attribute name");
  const long = "x".repeat(VALUE_BYTES_MAX);
  const pairs: Pair[] = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => [`v${n}`, long]);
  expect(() => encodeItem("x", pairs)).toThrow("encode report: a list of ");
});

describe("a malformed report is told once", () => {
  const neither = malformed("neither item nor status");
  const rows: ReadonlyArray<readonly [stream: string, want: ReportPart]> = [
    ["\0", neither],
    ["\0\0\0", neither],
    ["foo\0bar\0\0", neither],
    ["Item\0x\0\0", neither],
    ["logfile\0a\0item\0x\0\0", neither],
    ["status\0\0\0", neither],
    ["status\0ok\0\0", neither],
    ["status\x00-1\0\0", neither],
    ["status\x004294967296\0\0", neither],
    ["item\0x\0a\x001\0a\x002\0\0", malformed("an attribute comes twice")],
  ];
  for (const [stream, want] of rows) {
    test(JSON.stringify(stream), () => {
      expectRead(`${stream}item\0late\0\0`, [want]);
    });
  }

  test("a list without end, at exactly the limit", () => {
    const stream = (bytes: number) => `${"item\0x\0v\0".padEnd(bytes - 2, "x")}\0\0`;
    expect(read([stream(LIST_BYTES_MAX)]).map(({ kind }) => kind)).toEqual(["item"]);
    const want = [malformed("no end within 524288 bytes")];
    expect(read([stream(LIST_BYTES_MAX + 1)])).toEqual(want);
    expect(read(["x".repeat(LIST_BYTES_MAX), "x", "x"])).toEqual(want);
    expect(read(["x\0".repeat(LIST_BYTES_MAX)])).toEqual(want);
  });
});

const seed = Number(Bun.env["FUZZ_SEED"] ?? Date.now() % 2 ** 32);
const STREAMS = 3000;
const PIECES = ["item", "status", "\0", "\0", "\0\0", "0", "4294967295", "site", "\xff", "x\0y\0"];

function randomText(random: Random): string {
  return String.fromCharCode(...Array.from({ length: random(20) }, () => random(256)));
}

function randomPairs(random: Random): Pair[] {
  return Array.from({ length: random(5) }, (_, index) => [
    `n${index}`,
    random(2) === 0 ? randomText(random) : random(1e9),
  ]);
}

/** A report as it should be, and what it should be read as. */
function randomReport(random: Random): { stream: string; want: ReportPart[] } {
  const sane = (value: string | number) => String(value).replaceAll("\0", "?");
  const read = (pairs: Pair[]) =>
    pairs.map(([name, value]): [string, string] => [name, sane(value)]);
  let stream = "";
  const want: ReportPart[] = [];
  for (let count = random(4); count > 0; count--) {
    const kind = randomText(random);
    const pairs = randomPairs(random);
    stream += bytesToString(encodeItem(kind, pairs));
    want.push(item(sane(kind), ...read(pairs)));
  }
  const status: Status = pick(random, Object.values(STATUS));
  const totals = randomPairs(random);
  stream += bytesToString(encodeEnd(status, totals));
  return { stream, want: [...want, end(status, ...read(totals))] };
}

function mutate(random: Random, stream: string): string {
  const at = random(stream.length + 1);
  const behind = random(2) === 0 ? at : at + random(8);
  return stream.slice(0, at) + pick(random, PIECES) + stream.slice(behind);
}

function randomChunks(random: Random, stream: string): string[] {
  const bytesMax = pick(random, [1, 7, stream.length + 1]);
  const chunks: string[] = [];
  for (let at = 0; at < stream.length; ) {
    const length = 1 + random(bytesMax);
    chunks.push(stream.slice(at, at + length));
    at += length;
  }
  return chunks;
}

test(`any report is read as it was written; any stream has one outcome (FUZZ_SEED=${seed})`, () => {
  const random = randomFrom(seed);
  const outcomes = { item: 0, end: 0, malformed: 0 };
  for (let count = 0; count < STREAMS; count++) {
    const { stream, want } = randomReport(random);
    const context = `stream ${count}: ${JSON.stringify(stream)}`;
    expect(read(randomChunks(random, stream)), context).toEqual(want);
    const bent = mutate(random, mutate(random, stream));
    const whole = read([bent]);
    expect(read(randomChunks(random, bent)), `bent ${context}`).toEqual(whole);
    for (const { kind } of whole) {
      outcomes[kind]++;
    }
  }
  // A generator that has gone stale would find nothing.
  expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(STREAMS / 50);
});
