import { describe, expect, test } from "bun:test";
import { bytesToString } from "../names/byte_string.ts";
import { siteName } from "../names/names.ts";
import { encodeRequest } from "./encode_request.ts";
import type { FlushRequest } from "./request.ts";
import {
  REQUEST_KINDS,
  REQUEST_VERSION,
  type RequestKind,
  requestKind,
  VERSION_ATTRIBUTE,
} from "./request_kinds.ts";

const site = siteName("flush.example");

// Spec section 1.5.
const rows: ReadonlyArray<readonly [request: FlushRequest, bytes: string]> = [
  [
    { name: "add", site, queueId: "ABC123" },
    "request\0add\0site\0flush.example\0queue_id\0ABC123\0\0",
  ],
  [{ name: "send_site", site }, "request\0send_site\0site\0flush.example\0\0"],
  [{ name: "send_file", queueId: "ABC123" }, "request\0send_file\0queue_id\0ABC123\0\0"],
  [{ name: "refresh" }, "request\0rfrsh\0\0"],
  [{ name: "purge" }, "request\0purge\0\0"],
  // docs/PROTOCOL.md
  [{ name: "sites" }, "request\0fastflush_sites\0version\x001\0\0"],
  [
    { name: "preview", sites: "a.b,@c" },
    "request\0fastflush_preview\0version\x001\0sites\0a.b,@c\0\0",
  ],
  [
    { name: "send", sites: "a.b", reason: "a whim" },
    "request\0fastflush_send\0version\x001\0sites\0a.b\0reason\0a whim\0\0",
  ],
  [{ name: "verify", sites: "" }, "request\0fastflush_verify\0version\x001\0sites\0\0\0"],
  [{ name: "compact", sites: "" }, "request\0fastflush_compact\0version\x001\0sites\0\0\0"],
  [{ name: "rebuild" }, "request\0fastflush_rebuild\0version\x001\0\0"],
];

describe("encodeRequest", () => {
  for (const [request, bytes] of rows) {
    test(`writes ${request.name} as clients do`, () => {
      expect(bytesToString(encodeRequest(request))).toBe(bytes);
    });
  }

  test("writes a byte string's bytes as they are", () => {
    const bytes = encodeRequest({ name: "send_site", site: siteName("\xff\n") });
    expect(bytesToString(bytes)).toBe("request\0send_site\0site\0\xff\n\0\0");
  });

  test("refuses a NUL, which would begin another attribute", () => {
    const request: FlushRequest = { name: "add", site, queueId: "A\0foo" };
    expect(() => encodeRequest(request)).toThrow(
      new RangeError("encode add request: bad value of attribute queue_id"),
    );
  });
});

describe("the table of requests", () => {
  const kinds: ReadonlyArray<readonly [string, RequestKind]> = Object.entries(REQUEST_KINDS);
  for (const [name, kind] of kinds) {
    test(`${name} is built of the values that it has`, () => {
      const values = kind.attributes.map((attribute) =>
        attribute === VERSION_ATTRIBUTE ? REQUEST_VERSION : `value of ${attribute}`,
      );
      const request = kind.build(...values);
      expect(request.name).toBe(name as FlushRequest["name"]);
      expect(kind.build.length).toBe(kind.attributes.length);
      expect(kind.values(request)).toEqual(values);
      for (const wireName of kind.wireNames) {
        expect(requestKind(wireName)).toBe(kind);
      }
    });
  }
});
