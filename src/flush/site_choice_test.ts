/** Which domains belong to what a flush is for. */
import { describe, expect, test } from "bun:test";
import { encodeUtf8 } from "../names/byte_string.ts";
import { siteName } from "../names/names.ts";
import { CanonicalDomains } from "../record/canonical_domain.ts";
import { chooseAny, chooseDomain, chooseSite, type SiteChoice } from "./site_choice.ts";

const domains = new CanonicalDomains(false);
const tools = { canonicalDomain: (domain: string) => domains.of(domain) };

const site = (name: string): SiteChoice => chooseSite(tools, siteName(encodeUtf8(name)));
const below = (name: string): SiteChoice => chooseDomain(tools, siteName(encodeUtf8(name)));

describe("what a flush is for", () => {
  const rows: ReadonlyArray<
    readonly [what: string, choice: SiteChoice, yes: readonly string[], no: readonly string[]]
  > = [
    [
      "one site",
      site("a-b.example"),
      ["a-b.example", "A-B.EXAMPLE"],
      ["a.b.example", "x.a-b.example", "xa-b.example", "b.example", ""],
    ],
    [
      "a site that is written otherwise",
      site("BÜCHER.example"),
      ["bücher.example", "xn--bcher-kva.example", "XN--Bcher-KVA.Example"],
      ["bucher.example"],
    ],
    [
      "a name that is no domain: nothing, not even itself",
      site("xn--a.example"),
      [],
      ["xn--a.example", "xn--b.example"],
    ],
    [
      "a domain and what is below it",
      below("b.example"),
      ["b.example", "a.B.example", "x.y.b.example", "bücher.b.example"],
      ["a-b.example", "ab.example", "example", "b.example.com", "xn--a.b.example"],
    ],
    [
      "below a name that is no domain: nothing",
      below("xn--a.example"),
      [],
      ["a.xn--a.example", "a.null"],
    ],
    [
      "any of several",
      chooseAny([site("one.example"), below("two.example")]),
      ["one.example", "two.example", "x.two.example"],
      ["x.one.example", "three.example"],
    ],
    ["none", chooseAny([]), [], ["one.example", ""]],
  ];
  for (const [what, choice, yes, no] of rows) {
    test(what, () => {
      expect(yes.filter((name) => !choice(encodeUtf8(name)))).toEqual([]);
      expect(no.filter((name) => choice(encodeUtf8(name)))).toEqual([]);
    });
  }
});
