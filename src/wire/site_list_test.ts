import { describe, expect, test } from "bun:test";
import { siteName } from "../names/names.ts";
import { isAddress, parseSiteList, SITE_BYTES_MAX, SITES_MAX } from "./site_list.ts";

describe("parseSiteList reads", () => {
  const rows: ReadonlyArray<readonly [text: string, sites: string[], domains: string[]]> = [
    ["", [], []],
    [" ,\t\r\n, ", [], []],
    ["a.example", ["a.example"], []],
    ["@a.example", [], ["a.example"]],
    [" b.example,@a.example\tc.example\r\n@x,", ["b.example", "c.example"], ["a.example", "x"]],
    ["a.example,A.example,a.example @a.example", ["a.example", "A.example"], ["a.example"]],
    ["[10.0.0.1] b\xfccher.example \xa0", ["[10.0.0.1]", "b\xfccher.example", "\xa0"], []],
    ["../x", ["../x"], []],
    ["x".repeat(SITE_BYTES_MAX), ["x".repeat(SITE_BYTES_MAX)], []],
    [`@${"x".repeat(SITE_BYTES_MAX)}`, [], ["x".repeat(SITE_BYTES_MAX)]],
  ];
  for (const [text, sites, domains] of rows) {
    test(JSON.stringify(text.slice(0, 60)), () => {
      expect(parseSiteList(text)).toEqual({
        sites: sites.map(siteName),
        domains: domains.map(siteName),
      });
    });
  }

  test("as many names as the limit, counting each once", () => {
    const names = Array.from({ length: SITES_MAX }, (_, index) => `n${index}`);
    expect(parseSiteList([...names, "n0"].join(" "))?.sites.length).toBe(SITES_MAX);
  });
});

describe("parseSiteList refuses", () => {
  const rows: ReadonlyArray<readonly [what: string, text: string]> = [
    ["a domain without a name", "a.example @"],
    ["a domain marked twice", "@@a.example"],
    ["an address", "user@a.example"],
    ["a name over the limit", `a.example ${"x".repeat(SITE_BYTES_MAX + 1)}`],
    ["a domain over the limit", `@${"x".repeat(SITE_BYTES_MAX + 1)}`],
    [
      "more names than the limit",
      Array.from({ length: SITES_MAX + 1 }, (_, index) => `n${index}`).join(" "),
    ],
  ];
  for (const [what, text] of rows) {
    test(what, () => {
      expect(parseSiteList(text)).toBeNull();
    });
  }
});

describe("an address", () => {
  for (const [name, is] of [
    ["[192.0.2.1]", true],
    ["[IPv6:2001:db8::1]", true],
    ["@[192.0.2.1]", true],
    ["192.0.2.1", true],
    ["192.0.2.example", false],
    ["a.example", false],
    ["[a.example", false],
  ] as const) {
    test(`${name}: ${is}`, () => {
      expect(isAddress(name)).toBe(is);
    });
  }
});
