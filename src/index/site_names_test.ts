/** Destinations as operators name them. */
import { describe, expect, test } from "bun:test";
import { encodeUtf8 } from "../names/byte_string.ts";
import { SiteNames } from "./site_names.ts";

const names = new SiteNames(false);

test("the destination of an address", () => {
  for (const [address, site] of [
    ["user@Example.COM", "example.com"],
    ['"a@b"@x.example', "x.example"],
    [encodeUtf8("user@BÜCHER.example"), "xn--bcher-kva.example"],
    ["user", ""],
    ["user@", ""],
  ] as const) {
    expect(names.siteOf(address)).toBe(site);
  }
});

describe("sites and domains that were named", () => {
  const rows: ReadonlyArray<
    readonly [sites: string[], domains: string[], yes: string[], no: string[]]
  > = [
    [["A.Example"], [], ["a.example"], ["b.a.example", "xa.example", ""]],
    [[], ["a.example"], ["a.example", "c.b.a.example"], ["xa.example", "example", ""]],
    [
      [encodeUtf8("bücher.example")],
      ["b.example"],
      ["xn--bcher-kva.example", "x.b.example"],
      ["a.xn--bcher-kva.example"],
    ],
    [[], [], [], ["a.example", ""]],
    [[""], [""], [], ["a.example", ""]],
  ];
  for (const [sites, domains, yes, no] of rows) {
    test(JSON.stringify([sites, domains]), () => {
      const isAmong = names.isAmong({ sites, domains });
      expect(yes.filter((site) => !isAmong(site))).toEqual([]);
      expect(no.filter(isAmong)).toEqual([]);
    });
  }
});
