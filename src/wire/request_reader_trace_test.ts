/**
 * The lines that -v adds, as the original (3.7.11) wrote them for the same streams.
 */
import { describe, expect, test } from "bun:test";
import { type Finish, readChunks } from "../../test/support/read_chunks.ts";

const ADD = "request\0add\0";

describe("the trace is that of the original", () => {
  const P = "flush socket: wanted attribute:";
  const request = `${P} request\ninput attribute name: request\n`;
  const started = `${request}input attribute value: add\n`;
  const site = `${P} site\ninput attribute name: site\ninput attribute value: a.b\n`;
  const queueId = `${P} queue_id\ninput attribute name: queue_id\ninput attribute value: AB\n`;
  const list = `${ADD}site\0a.b\0queue_id\0AB\0`;
  const rows: ReadonlyArray<readonly [stream: string, finish: Finish, want: string]> = [
    [
      `${list}\0`,
      "open",
      `${started + site + queueId + P} (list terminator)\ninput attribute name: (end)\n`,
    ],
    [
      `${list}x\0`,
      "open",
      `${started + site + queueId + P} (list terminator)\ninput attribute name: x\n`,
    ],
    [list, "end", `${started + site + queueId + P} (list terminator)\n`],
    [`${list}x`, "end", `${started + site + queueId + P} (list terminator)\n`],
    [
      `${ADD}site\0\0`,
      "open",
      `${started + P} site\ninput attribute name: site\ninput attribute value: (end)\n`,
    ],
    [
      `${ADD}site\0a.b\0\0`,
      "open",
      `${started + site + P} queue_id\ninput attribute name: (end)\n`,
    ],
    [`${ADD}site\0a.b\0`, "timeout", `${started + site + P} queue_id\n`],
    [`${ADD}foo\0`, "open", `${started + P} site\ninput attribute name: foo\n`],
    [`${ADD}si`, "end", `${started + P} site\n`],
    [`${ADD}site\0`, "end", `${started + P} site\ninput attribute name: site\n`],
    [ADD, "end", started],
    [ADD, "timeout", started],
    ["request\0ad", "end", request],
    ["request\0\0", "open", `${request}input attribute value: (end)\n`],
    ["requ", "end", `${P} request\n`],
    ["foo\0bar\0\0", "open", `${P} request\ninput attribute name: foo\n`],
    ["\0\0\0", "open", `${P} request\ninput attribute name: (end)\n`],
    ["W\0", "open", ""],
    ["", "end", ""],
  ];
  for (const [stream, finish, want] of rows) {
    test(`${JSON.stringify(stream)}, ${finish}`, () => {
      expect(readChunks([stream], finish).trace).toBe(want);
    });
  }
});
