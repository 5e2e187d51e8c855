import { describe, expect, test } from "bun:test";
import { encodeRequest } from "../wire/encode_request.ts";
import { malformedSite, siteBatches } from "./site_batches.ts";

/** What a service takes (docs/PROTOCOL.md). */
const REQUEST_BYTES_MAX = 8192;

describe("siteBatches", () => {
  const rows: ReadonlyArray<readonly [args: readonly string[], batches: readonly string[]]> = [
    [[], [""]],
    [["", " , "], [""]],
    [["one.example"], ["one.example"]],
    [["one.example", "@two.example,one.example three"], ["one.example,@two.example,three"]],
  ];
  for (const [args, batches] of rows) {
    test(JSON.stringify(args), () => {
      expect(siteBatches(args)).toEqual([...batches]);
    });
  }

  test("many names go into several requests, each once and in order", () => {
    const names = Array.from({ length: 3000 }, (_, index) => `site${index}.example`);
    const batches = siteBatches([...names, ...names]);
    expect(batches.length).toBeGreaterThan(1);
    expect(batches.join(",").split(",")).toEqual(names);
    for (const sites of batches) {
      const request = encodeRequest({ name: "send", sites, reason: "x".repeat(1000) });
      expect(request.length).toBeLessThanOrEqual(REQUEST_BYTES_MAX);
    }
  });

  test("at most a thousand short names to a request, and the longest name fits", () => {
    const names = Array.from({ length: 1500 }, (_, index) => index.toString(36));
    expect(siteBatches(names).map((batch) => batch.split(",").length)).toEqual([1000, 500]);
    const long = Array.from({ length: 7 }, (_, index) => String(index).repeat(1024));
    expect(siteBatches(long).map((batch) => batch.length)).toEqual([5 * 1025 - 1, 2 * 1025 - 1]);
  });
});

describe("malformedSite", () => {
  const rows: ReadonlyArray<readonly [args: readonly string[], malformed: string | null]> = [
    [[], null],
    [["one.example", "@two.example, three"], null],
    [["one.example", "user@two.example"], "user@two.example"],
    [["@"], "@"],
    [["a\0b"], "a\0b"],
    [["x".repeat(1024)], null],
    [["x".repeat(1025)], "x".repeat(1025)],
    [[Array.from({ length: 1500 }, (_, index) => `s${index}`).join(" ")], null],
  ];
  for (const [args, malformed] of rows) {
    test(JSON.stringify(args).slice(0, 60), () => {
      expect(malformedSite(args)).toBe(malformed);
    });
  }
});
