import { describe, expect, test } from "bun:test";
import { bytesToString, stringToBytes } from "../names/byte_string.ts";
import { GREETING } from "./greeting.ts";
import { decodeReply, encodeStatus } from "./reply.ts";
import type { Status } from "./request.ts";

// Spec sections 1.2, 1.3 and 1.5, and rows 1, 2, 5, 7 and 14 of section 11.
const rows: ReadonlyArray<readonly [status: Status, reply: string]> = [
  [-1, "status\x004294967295\0\0"],
  [0, "status\x000\0\0"],
  [3, "status\x003\0\0"],
  [4, "status\x004\0\0"],
];

test("row 1: the greeting is the announcement of Postfix 3.6 and later", () => {
  expect(bytesToString(GREETING)).toBe("protocol\0queue_flush_protocol\0\0");
  expect(GREETING.length).toBe(31);
});

describe("a status", () => {
  for (const [status, reply] of rows) {
    test(`${status} is sent as the original sends it, and read back at any length`, () => {
      expect(bytesToString(encodeStatus(status))).toBe(reply);
      const bytes = stringToBytes(`${reply}more`);
      for (let length = 0; length < reply.length; length++) {
        expect(decodeReply(bytes.subarray(0, length))).toEqual({ kind: "more" });
      }
      for (let length = reply.length; length <= bytes.length; length++) {
        expect(decodeReply(bytes.subarray(0, length))).toEqual({ kind: "status", status });
      }
    });
  }

  test("of another version is read too", () => {
    const reply = decodeReply(stringToBytes("status\x0099\0\0"));
    expect(reply).toEqual({ kind: "status", status: 99 });
  });
});

describe("a malformed reply is told", () => {
  const malformed = [
    "3\0\0",
    "\0\0",
    "status\0\0",
    "status\0ok\0\0",
    "status\x00-1\0\0",
    "status\x000\0reason\0x\0\0",
    "status\x004294967296\0\0",
    "status\x0000000000000\0\0",
    "state\x000\0\0",
    " status\x000\0\0",
    "x".repeat(1000),
  ];
  for (const reply of malformed) {
    test(JSON.stringify(reply.slice(0, 30)), () => {
      expect(decodeReply(stringToBytes(reply))).toEqual({ kind: "malformed" });
    });
  }
});
