import { describe, expect, test } from "bun:test";
import { encodeUtf8 } from "../names/byte_string.ts";
import { CanonicalDomains } from "./canonical_domain.ts";

describe("CanonicalDomains", () => {
  const rows: ReadonlyArray<readonly [name: string, want: string | null]> = [
    ["example.com", "example.com"],
    ["Example.COM", "example.com"],
    ["bücher.example", "xn--bcher-kva.example"],
    ["BÜCHER.example", "xn--bcher-kva.example"],
    ["XN--Bcher-KVA.example", "xn--bcher-kva.example"],
    ["straße.example", "xn--strae-oqa.example"],
    ["example。com", "example.com"],
    ["a-b.example", "a-b.example"],
    ["xn--a.example", null],
  ];
  for (const [name, want] of rows) {
    test(`${name} is ${want}`, () => {
      const domains = new CanonicalDomains(false);
      expect(domains.of(encodeUtf8(name))).toBe(want);
      expect(domains.of(encodeUtf8(name))).toBe(want);
    });
  }

  test("with IDNA2003, ß is ss", () => {
    expect(new CanonicalDomains(true).of(encodeUtf8("straße.example"))).toBe("strasse.example");
  });

  test("bytes that are no UTF-8 are no domain", () => {
    expect(new CanonicalDomains(false).of("\xff\xfe.example")).toBeNull();
  });
});
