/**
 * Requests of our own (docs/PROTOCOL.md): read from those who may ask; to others not there.
 */
import { describe, expect, test } from "bun:test";
import { readChunks } from "../../test/support/read_chunks.ts";
import { stringToBytes } from "../names/byte_string.ts";
import type { FlushRequest, Status } from "./request.ts";
import { type Reading, RequestReader } from "./request_reader.ts";

function done(request: FlushRequest, ...warnings: string[]): Reading {
  return { kind: "request", request, warnings };
}

function rejected(answer: Status | null, ...warnings: string[]): Reading {
  return { kind: "rejected", answer, warnings };
}

const NO_ANSWER = rejected(null);
const ADD_FULL = "request\0add\0site\0flush.example\0queue_id\0ABC123\0\0";

const unexpected = (name: string, wanted: string) =>
  `unexpected attribute ${name} from flush socket (expecting: ${wanted})`;
const missing = (name: string) => `missing attribute ${name} in input from flush socket`;

describe("a request of our own", () => {
  const VERSION = "version\x001\0";
  const SEND = "request\0fastflush_send\0";
  const rows: ReadonlyArray<readonly [stream: string, want: Reading]> = [
    [`request\0fastflush_sites\0${VERSION}\0`, done({ name: "sites" })],
    [`request\0fastflush_rebuild\0${VERSION}\0`, done({ name: "rebuild" })],
    [
      `${SEND}${VERSION}sites\0a.b @c\0reason\0\0\0`,
      done({ name: "send", sites: "a.b @c", reason: "" }),
    ],
    [
      `request\0fastflush_verify\0${VERSION}sites\0\0foo\0bar\0\0`,
      done({ name: "verify", sites: "" }, unexpected("foo", "(list terminator)")),
    ],
    [`${SEND}\0`, rejected(3, missing("version"))],
    [`${SEND}sites\0a.b\0\0`, rejected(3, unexpected("sites", "version"))],
    [`${SEND}${VERSION}sites\0a.b\0\0`, rejected(3, missing("reason"))],
    ...["2", "", "01", "1 "].map((version): [string, Reading] => [
      `${SEND}version\0${version}\0colour\0red\0\0`,
      rejected(
        3,
        `unsupported version ${version} of request fastflush_send from flush socket (expecting: 1)`,
      ),
    ]),
  ];
  for (const [stream, want] of rows) {
    test(`is read from those who may ask: ${JSON.stringify(stream)}`, () => {
      for (const chunks of [[stream], [stream.slice(0, 3), ...stream.slice(3)]]) {
        expect(readChunks(chunks, "open").reading).toEqual(want);
      }
    });

    test(`is to others what an unknown one is: ${JSON.stringify(stream)}`, () => {
      const unknown = stream.replace("fastflush_", "frob_");
      const outcome = readChunks([stream], "open", false);
      expect(outcome.reading).toEqual(NO_ANSWER);
      const { reading, trace } = readChunks([unknown], "open", false);
      expect(outcome).toEqual({ reading, trace: trace.replace("frob_", "fastflush_") });
    });
  }

  test("is what makes a reader ask who the peer is, and nothing else does", () => {
    const ask = (stream: string): number => {
      let asked = 0;
      const asker = {
        get isTrusted() {
          asked++;
          return false;
        },
      };
      new RequestReader({ peerName: "flush socket" }, asker).push(stringToBytes(stream));
      return asked;
    };
    expect([ADD_FULL, "W\0", "request\0frob\0", "request\0purge\0"].map(ask)).toEqual([0, 0, 0, 0]);
    expect(ask("request\0fastflush_sites\0version\x001\0\0")).toBe(1);
  });
});
