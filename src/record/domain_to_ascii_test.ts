/**
 * Internationalised names where it gets difficult. Each expectation is what the original did (3.7.11 with ICU 72):
 * the name of the logfile that it made, with `-` and `.` for its underscores, or the reasons that it logged. Only of
 * the very long name is the reason our own.
 */
import { describe, expect, test } from "bun:test";
import { encodeUtf8 } from "../names/byte_string.ts";
import { domainToAscii } from "./domain_to_ascii.ts";

const A60 = "a".repeat(60);
const A63 = "a".repeat(63);

const ROWS: ReadonlyArray<readonly [name: string, ascii: string]> = [
  ["xn--4ca", "xn--4ca"],
  ["½.x", "xn--12-c6t.x"],
  ["ΑΣ", "xn--mxa0b"],
  ["a\u200c\u200d", "xn--a-sgnd"],
  ["\u0915\u094d\u200d\u0937", "xn--11b2ezcw70k"],
  ["1אב", "xn--1-0hcd"],
];

/** Reasons without the `UIDNA_ERROR_` that each begins with. */
const REFUSED: ReadonlyArray<readonly [name: string, ...reasons: string[]]> = [
  ["xn----n3h.x", "LEADING_HYPHEN"],
  ["xn----1ch", "TRAILING_HYPHEN"],
  ["xn--ab---3ra", "HYPHEN_3_4"],
  ["😀--x", "HYPHEN_3_4"],
  ["😀x--", "TRAILING_HYPHEN"],
  ["ü-.x", "TRAILING_HYPHEN"],
  ["xn--a-wbb", "LEADING_COMBINING_MARK", "INVALID_ACE_LABEL"],
  ["xn--tda84h", "INVALID_ACE_LABEL"],
  ["xn--abc-.a..b", "EMPTY_LABEL", "INVALID_ACE_LABEL"],
  ["a\u0301\ue000.b-", "TRAILING_HYPHEN", "DISALLOWED"],
  ["-\u2488..\u0301x", "EMPTY_LABEL", "LEADING_HYPHEN", "LEADING_COMBINING_MARK", "DISALLOWED"],
  ["xn--99999.-ü.xn--a", "LEADING_HYPHEN", "PUNYCODE", "INVALID_ACE_LABEL"],
  [`${A60}ü`, "LABEL_TOO_LONG"],
  [`xn--${A63}`, "INVALID_ACE_LABEL"],
  [`xn--${"_".repeat(70)}`, "LABEL_TOO_LONG", "PUNYCODE"],
  [`xn--ü${A63}`, "PUNYCODE"],
  [`${`${A63}.`.repeat(4)}ü`, "DOMAIN_NAME_TOO_LONG"],
  [`${`${A63}.`.repeat(4)}\ue000`, "DISALLOWED"],
  ["。a", "EMPTY_LABEL"],
];

describe("domainToAscii", () => {
  for (const [name, ascii] of ROWS) {
    test(`${name} becomes ${ascii}`, () => {
      expect(domainToAscii(encodeUtf8(name), false)).toEqual({ kind: "ascii", name: ascii });
    });
  }

  for (const [name, ...reasons] of REFUSED) {
    test(`${JSON.stringify(name.slice(0, 40))} is refused: ${reasons}`, () => {
      const why = reasons.map((reason) => `UIDNA_ERROR_${reason}`).join(",");
      expect(domainToAscii(encodeUtf8(name), false)).toEqual({ kind: "none", why });
    });
  }

  test("transitional rules apply to what is not Punycode", () => {
    const name = encodeUtf8("faß.xn--fa-hia");
    expect(domainToAscii(name, false)).toEqual({ kind: "ascii", name: "xn--fa-hia.xn--fa-hia" });
    expect(domainToAscii(name, true)).toEqual({ kind: "ascii", name: "fass.xn--fa-hia" });
    expect(domainToAscii(encodeUtf8("xn--fa-hia.\ue000"), true)).toEqual({
      kind: "none",
      why: "UIDNA_ERROR_DISALLOWED",
    });
  });

  test("a very long name that is refused is not looked at character by character", () => {
    expect(domainToAscii(encodeUtf8(`\ue000${"ü".repeat(4000)}`), false)).toEqual({
      kind: "none",
      why: "UIDNA_ERROR_LABEL_TOO_LONG",
    });
  });
});
