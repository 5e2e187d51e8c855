/**
 * Every row of spec sections 1.5 to 1.7, and rows 32 to 51 of section 11, by number.
 *
 * Answers and warnings were observed on the original (3.7.11: stand-alone on a socket
 * pair, time-outs under master(8) with ipc_timeout=2s), but for those marked "ours".
 */
import { describe, expect, test } from "bun:test";
import { type Finish, readChunks } from "../../test/support/read_chunks.ts";
import { stringToBytes } from "../names/byte_string.ts";
import { siteName } from "../names/names.ts";
import type { FlushRequest, Status } from "./request.ts";
import { REQUEST_BYTES_MAX, type Reading, RequestReader } from "./request_reader.ts";

const MORE: Reading = { kind: "more" };
const REFRESH: FlushRequest = { name: "refresh" };
const PURGE: FlushRequest = { name: "purge" };
const ADD = "request\0add\0";
const ADD_FULL = `${ADD}site\0flush.example\0queue_id\0ABC123\0\0`;

function done(request: FlushRequest, ...warnings: string[]): Reading {
  return { kind: "request", request, warnings };
}

function rejected(answer: Status | null, ...warnings: string[]): Reading {
  return { kind: "rejected", answer, warnings };
}

function add(site: string, queueId: string): FlushRequest {
  return { name: "add", site: siteName(site), queueId };
}

/** All ways to cut a stream in two, and a byte at a time. */
function chunkings(stream: string): string[][] {
  const inTwo = [...stream].map((_, at) => [stream.slice(0, at), stream.slice(at)]);
  return [...inTwo, [...stream]];
}

const unexpectedEnd = (what: string) =>
  `unexpected end-of-input from flush socket while reading input attribute ${what}`;
const prematureEnd = (what: string) =>
  `premature end-of-input on flush socket while reading input attribute ${what}`;
const timeout = (what: string) => `timeout on flush socket while reading input attribute ${what}`;
const unexpected = (name: string, wanted: string) =>
  `unexpected attribute ${name} from flush socket (expecting: ${wanted})`;
const missing = (name: string) => `missing attribute ${name} in input from flush socket`;

interface Row {
  readonly row: string;
  readonly stream: string;
  readonly finish?: Finish;
  readonly want: Reading;
  /** The outcome where the first bytes come one or two at a time, so that they make a trigger. */
  readonly wantAsTrigger?: Reading;
}

const NO_ANSWER = rejected(null);

const complete: readonly Row[] = [
  { row: "2 add", stream: ADD_FULL, want: done(add("flush.example", "ABC123")) },
  {
    row: "1.5 send_site",
    stream: "request\0send_site\0site\0a.example\0\0",
    want: done({ name: "send_site", site: siteName("a.example") }),
  },
  {
    row: "1.5 send_file",
    stream: "request\0send_file\0queue_id\0ABC123\0\0",
    want: done({ name: "send_file", queueId: "ABC123" }),
  },
  {
    row: "27 any bytes",
    stream: `${ADD}site\0\xff\xfe.com\0queue_id\0../x\n\0\0`,
    want: done(add("\xff\xfe.com", "../x\n")),
  },
  { row: "5, 28 empty values", stream: `${ADD}site\0\0queue_id\0\0\0`, want: done(add("", "")) },
  {
    row: "35 extra attribute at the end",
    stream: `${ADD}site\0a.b\0queue_id\0AB\0foo\0bar\0\0`,
    want: done(add("a.b", "AB"), unexpected("foo", "(list terminator)")),
  },
  {
    row: "35 the name of an extra attribute alone",
    stream: `${ADD}site\0a.b\0queue_id\0AB\0foo\0`,
    want: done(add("a.b", "AB"), unexpected("foo", "(list terminator)")),
  },
  {
    row: "35 an extra attribute of the terminator's name",
    stream: `${ADD}site\0a.b\0queue_id\0AB\0(list terminator)\0`,
    want: done(add("a.b", "AB"), unexpected("(list terminator)", "(list terminator)")),
  },
  { row: "43 W", stream: "W\0", want: done(REFRESH) },
  { row: "43 W and end", stream: "W", finish: "end", want: done(REFRESH) },
  { row: "43 W as a list", stream: "request\0W\0\0", want: done(REFRESH) },
  { row: "48 no terminator", stream: "request\0rfrsh\0", want: done(REFRESH) },
  { row: "48 extra attributes", stream: "request\0rfrsh\0foo\0bar\0\0", want: done(REFRESH) },
  { row: "48 purge", stream: "request\0purge\0", want: done(PURGE) },
  {
    row: "49 two requests",
    stream: ADD_FULL + ADD_FULL,
    want: done(add("flush.example", "ABC123")),
  },
  {
    row: "1.7 any length behind the end (ours)",
    stream: ADD_FULL + "x".repeat(REQUEST_BYTES_MAX),
    want: done(add("flush.example", "ABC123")),
  },
];

const malformed: readonly Row[] = [
  {
    row: "32 wrong order",
    stream: `${ADD}queue_id\0ABC\0site\0a.b\0\0`,
    want: rejected(3, unexpected("queue_id", "site")),
  },
  {
    row: "33 queue_id missing",
    stream: `${ADD}site\0a.b\0\0`,
    want: rejected(3, missing("queue_id")),
  },
  { row: "33 both missing", stream: `${ADD}\0`, want: rejected(3, missing("site")) },
  {
    row: "34 extra attribute between",
    stream: `${ADD}site\0a.b\0foo\0bar\0queue_id\0AB\0\0`,
    want: rejected(3, unexpected("foo", "queue_id")),
  },
  {
    row: "1.7 duplicate",
    stream: `${ADD}site\0a.b\0site\0AB\0\0`,
    want: rejected(3, unexpected("site", "queue_id")),
  },
  {
    row: "1.7 second request attribute",
    stream: "request\0add\0request\0add\0\0",
    want: rejected(3, unexpected("request", "site")),
  },
  {
    row: "36 the announcement first",
    stream: `protocol\0queue_flush_protocol\0${ADD_FULL}`,
    want: rejected(3, unexpected("protocol", "request")),
    wantAsTrigger: NO_ANSWER,
  },
  {
    row: "41 another attribute first",
    stream: "foo\0bar\0\0",
    want: rejected(3, unexpected("foo", "request")),
    wantAsTrigger: NO_ANSWER,
  },
  {
    row: "1.7 a brace first",
    stream: "{\0request\0\0",
    want: rejected(3, unexpected("{", "request")),
    wantAsTrigger: NO_ANSWER,
  },
  {
    row: "41 empty list",
    stream: "\0\0\0",
    want: rejected(3, missing("request")),
    wantAsTrigger: NO_ANSWER,
  },
  {
    row: "1.6 a word longer than a trigger",
    stream: "purge\0",
    want: rejected(3, unexpected("purge", "request")),
    wantAsTrigger: done(PURGE),
  },
  {
    row: "1.6 three bytes of triggers",
    stream: "W\0W",
    want: rejected(3, unexpected("W", "request")),
    wantAsTrigger: done(REFRESH),
  },
  { row: "40 unknown", stream: "request\0frob\0\0", want: NO_ANSWER },
  { row: "40 refresh is rfrsh", stream: "request\0refresh\0\0", want: NO_ANSWER },
  { row: "40 case counts", stream: "request\0PURGE\0\0", want: NO_ANSWER },
  { row: "40 empty", stream: "request\0\0\0", want: NO_ANSWER },
  { row: "40 a name of every object", stream: "request\0constructor\0\0", want: NO_ANSWER },
  { row: "44 X", stream: "X\0", want: NO_ANSWER },
  { row: "44 X and end", stream: "X", finish: "end", want: NO_ANSWER },
  { row: "44 NUL", stream: "\0", want: NO_ANSWER },
  { row: "1.6 two NULs", stream: "\0\0", want: NO_ANSWER },
  {
    row: "10 #18 a long value (ours)",
    stream: ADD + "site\0".padEnd(REQUEST_BYTES_MAX - ADD.length, "x"),
    want: rejected(3, "request too long from flush socket: no end within 8192 bytes"),
  },
];

const atEnd: readonly Row[] = [
  {
    row: "42 at once",
    stream: "",
    want: rejected(3, "end-of-input while reading request from flush socket: Application error"),
  },
  {
    row: "37 no terminator",
    stream: ADD_FULL.slice(0, -1),
    want: rejected(3, prematureEnd("name")),
  },
  {
    row: "38 value cut",
    stream: `${ADD}site\0flush.ex`,
    want: rejected(3, unexpectedEnd("value")),
  },
  { row: "1.7 name cut", stream: `${ADD}si`, want: rejected(3, unexpectedEnd("name")) },
  { row: "1.7 before a value", stream: `${ADD}site\0`, want: rejected(3, prematureEnd("value")) },
  { row: "1.7 before a name", stream: `${ADD}site\0a\0`, want: rejected(3, prematureEnd("name")) },
  {
    row: "1.7 the name of an extra attribute cut",
    stream: `${ADD}site\0a\0queue_id\0AB\0foo`,
    want: rejected(3, unexpectedEnd("name")),
  },
  { row: "39 before the attributes", stream: ADD, want: rejected(3) },
  { row: "39 of send_site", stream: "request\0send_site\0", want: rejected(3) },
  { row: "1.7 before the request", stream: "request\0", want: rejected(3, prematureEnd("value")) },
  { row: "1.7 request name cut", stream: "requ", want: rejected(3, unexpectedEnd("name")) },
  { row: "1.7 request cut", stream: "request\0ad", want: rejected(3, unexpectedEnd("value")) },
  { row: "1.7 purge cut", stream: "request\0purge", want: rejected(3, unexpectedEnd("value")) },
  {
    row: "41 another name cut",
    stream: "foo",
    want: rejected(3, unexpectedEnd("name")),
    wantAsTrigger: NO_ANSWER,
  },
  { row: "1.6 r", stream: "r", want: NO_ANSWER },
  { row: "1.6 re", stream: "re", want: NO_ANSWER },
  {
    row: "1.6 a trigger of one write",
    stream: "purge",
    want: rejected(3, unexpectedEnd("name")),
    wantAsTrigger: done(PURGE),
  },
  {
    row: "1.6 add",
    stream: "add",
    want: rejected(3, unexpectedEnd("name")),
    wantAsTrigger: rejected(3),
  },
];

const atTimeout: readonly Row[] = [
  {
    row: "50 at once",
    stream: "",
    want: rejected(3, "timeout while waiting for data from flush socket"),
  },
  { row: "51 request cut", stream: "request\0ad", want: rejected(null, unexpectedEnd("value")) },
  { row: "1.7 request name cut", stream: "requ", want: rejected(null, unexpectedEnd("name")) },
  { row: "1.7 before the request", stream: "request\0", want: rejected(null, timeout("value")) },
  { row: "1.7 before the attributes", stream: ADD, want: NO_ANSWER },
  { row: "1.7 name cut", stream: `${ADD}si`, want: rejected(null, unexpectedEnd("name")) },
  { row: "1.7 before a value", stream: `${ADD}site\0`, want: rejected(null, timeout("value")) },
  { row: "1.7 value cut", stream: `${ADD}site\0a.`, want: rejected(null, unexpectedEnd("value")) },
  { row: "1.7 before a name", stream: `${ADD}site\0a\0`, want: rejected(null, timeout("name")) },
  {
    row: "1.7 no terminator",
    stream: ADD_FULL.slice(0, -1),
    want: rejected(null, timeout("name")),
  },
  {
    row: "1.7 the name of an extra attribute cut",
    stream: `${ADD}site\0a\0queue_id\0AB\0foo`,
    want: rejected(null, unexpectedEnd("name")),
  },
  { row: "1.7 lone W (ours: not executed)", stream: "W", want: NO_ANSWER },
  { row: "1.7 lone X", stream: "X", want: NO_ANSWER },
  { row: "1.7 lone r", stream: "r", want: NO_ANSWER },
];

/** Shows a row at all chunkings. Chunks of a long stream's middle add nothing but time. */
function check(rows: readonly Row[], finish: Finish): void {
  for (const row of rows) {
    test(`row ${row.row}`, () => {
      const end = row.finish ?? finish;
      const whole = readChunks([row.stream], end);
      expect(whole.reading).toEqual(row.want);
      for (const chunks of chunkings(row.stream.slice(0, 100))) {
        const sent = [...chunks, row.stream.slice(100)];
        const first = sent.find((chunk) => chunk !== "") ?? "";
        const isTrigger = first.length <= 2 && row.wantAsTrigger !== undefined;
        const { reading, trace } = readChunks(sent, end);
        expect(reading, JSON.stringify(sent)).toEqual(isTrigger ? row.wantAsTrigger : row.want);
        expect(trace, JSON.stringify(sent)).toBe(isTrigger ? "" : whole.trace);
      }
    });
  }
}

describe("a stream that says enough is read", () => check(complete, "open"));
describe("a malformed stream is rejected", () => check(malformed, "open"));
describe("a stream that ends", () => check(atEnd, "end"));
describe("a stream that falls silent", () => check(atTimeout, "timeout"));

describe("the first bytes decide", () => {
  const rows: ReadonlyArray<
    readonly [row: string, chunks: string[], finish: Finish, want: Reading]
  > = [
    ["45 (ours)", ["r", ADD_FULL.slice(1)], "open", done(add("flush.example", "ABC123"))],
    ["45 (ours)", ["re", "quest", "\0add\0\0"], "open", rejected(3, missing("site"))],
    ["46", ["req", ADD_FULL.slice(3)], "open", done(add("flush.example", "ABC123"))],
    ["47", ["pu", "rge\0"], "open", done(PURGE)],
    ["47 without NUL", ["pu", "rge"], "end", done(PURGE)],
    ["1.6 begins like request", ["r", "frsh\0"], "open", done(REFRESH)],
    ["1.6 begins like request", ["rf", "rsh"], "end", done(REFRESH)],
    ["1.6 longer than request", ["r", "equestX\0"], "open", NO_ANSWER],
    ["1.6 cut within request (ours)", ["r", "eq"], "end", rejected(3, unexpectedEnd("name"))],
    [
      "1.6 cut within request (ours)",
      ["r", "eq"],
      "timeout",
      rejected(null, unexpectedEnd("name")),
    ],
    ["1.6 a word", ["pu", "rge"], "timeout", NO_ANSWER],
    ["1.6 attributes follow", ["ad", "d\0site\0a\0queue_id\0AB\0\0"], "open", done(add("a", "AB"))],
    ["1.6 attributes follow", ["ad", "d\0si"], "timeout", rejected(null, unexpectedEnd("name"))],
    ["1.6 attributes missing", ["ad", "d\0"], "timeout", NO_ANSWER],
    ["1.6 attributes missing", ["ad", "d\0"], "end", rejected(3)],
    ["1.6 attributes missing", ["ad", "d"], "end", rejected(3)],
    ["1.6 W in two writes", ["W", "\0"], "open", done(REFRESH)],
    ["1.6 nothing is no first byte", ["", ADD_FULL], "open", done(add("flush.example", "ABC123"))],
  ];
  for (const [row, chunks, finish, want] of rows) {
    test(`row ${row}: ${JSON.stringify(chunks)}, ${finish}`, () => {
      expect(readChunks(chunks, finish).reading).toEqual(want);
    });
  }
});

test("an outcome is told once, whatever follows", () => {
  for (const first of [ADD_FULL, "request\0frob\0", "x".repeat(REQUEST_BYTES_MAX)]) {
    const reader = new RequestReader({ peerName: "flush socket" }, { isTrusted: true });
    expect(reader.push(stringToBytes(first)).kind).not.toBe("more");
    expect(reader.push(stringToBytes(ADD_FULL))).toEqual(MORE);
    expect(reader.end()).toEqual(MORE);
    expect(reader.timedOut()).toEqual(MORE);
  }
});

test("a request may be as long as the limit, and no byte longer", () => {
  const long = (bytes: number) =>
    `${ADD}site\0`.padEnd(bytes - 14, "x").concat("\0queue_id\0AB\0\0");
  const fits = long(REQUEST_BYTES_MAX);
  expect(fits.length).toBe(8192);
  expect(readChunks([fits], "open").reading.kind).toBe("request");
  const tooLong = long(REQUEST_BYTES_MAX + 1);
  const want = rejected(3, "request too long from flush socket: no end within 8192 bytes");
  expect(readChunks([tooLong], "open").reading).toEqual(want);
  expect(readChunks([...tooLong], "open").reading).toEqual(want);
});

describe("what a reader keeps is bounded: not the chunks it was given", () => {
  const READERS = 100;
  const CHUNK_BYTES = 2 ** 20;
  for (const [state, stream] of [
    ["waiting", `${ADD}si`],
    ["done", ADD_FULL],
  ] as const) {
    test(`while it is ${state}`, () => {
      const before = process.memoryUsage().external;
      const readers = Array.from({ length: READERS }, () => {
        const reader = new RequestReader({ peerName: "flush socket" }, { isTrusted: true });
        const memory = Buffer.alloc(CHUNK_BYTES, stream, "latin1");
        reader.push(memory.subarray(0, stream.length));
        return reader;
      });
      Bun.gc(true);
      const growth = process.memoryUsage().external - before;
      expect(growth).toBeLessThan((READERS * CHUNK_BYTES) / 4);
      expect(readers.length).toBe(READERS);
    });
  }
});
