/**
 * Domain names to their ASCII form: UTS #46 ToASCII, non-transitional unless asked for, with the checks of
 * hyphens and lengths on, and those of bidi and joiners off, as Postfix has it (spec section 2.1).
 *
 * Plain ASCII names, which nearly all are, go without the Unicode tables: those are loaded by the first name
 * that needs them. Pure; a name that has no ASCII form is a value that says why, in ICU's words, as
 * log readers know them. Of several reasons ICU's order is kept; which of two reasons ICU gives for broken
 * Punycode is not always met.
 */
import type * as Tr46 from "tr46";
import { decodeUtf8 } from "../names/byte_string.ts";

/** The ASCII form, or why there is none. */
export type AsciiResult =
  | { readonly kind: "ascii"; readonly name: string }
  | { readonly kind: "none"; readonly why: string };

const LABEL_LENGTH_MAX = 63;
const NAME_LENGTH_MAX = 253;

const ACE_PREFIX = "xn--";
/** The full stops of UTS #46. */
const DOTS = /[.\u3002\uff0e\uff61]/;
const NON_ASCII = /[^\x00-\x7f]/;

/** In the order of ICU's bits. */
const REASONS = [
  "UIDNA_ERROR_EMPTY_LABEL",
  "UIDNA_ERROR_LABEL_TOO_LONG",
  "UIDNA_ERROR_DOMAIN_NAME_TOO_LONG",
  "UIDNA_ERROR_LEADING_HYPHEN",
  "UIDNA_ERROR_TRAILING_HYPHEN",
  "UIDNA_ERROR_HYPHEN_3_4",
  "UIDNA_ERROR_LEADING_COMBINING_MARK",
  "UIDNA_ERROR_DISALLOWED",
  "UIDNA_ERROR_PUNYCODE",
  "UIDNA_ERROR_INVALID_ACE_LABEL",
] as const;

type Reason = (typeof REASONS)[number];

/** The ASCII form of a name (a byte string), in lower case; the result may still be no host name. */
export function domainToAscii(name: string, isTransitional: boolean): AsciiResult {
  const text = decodeUtf8(name);
  if (text === null) {
    return { kind: "none", why: "malformed UTF-8" };
  }
  const lower = name.toLowerCase();
  if (!NON_ASCII.test(text) && !lower.split(".").some((label) => label.startsWith(ACE_PREFIX))) {
    return result(lower, reasonsOf(lower.split("."), lower.split(".")));
  }
  return byTables(text, isTransitional);
}

function byTables(text: string, isTransitional: boolean): AsciiResult {
  const tables = loadTables();
  const options = {
    checkHyphens: false,
    checkBidi: false,
    checkJoiners: false,
    useSTD3ASCIIRules: false,
    transitionalProcessing: isTransitional,
    ignoreInvalidPunycode: false,
  };
  const unicode = tables.toUnicode(text, options);
  const ascii = tables.toASCII(text, { ...options, verifyDNSLength: false });
  const given = text.toLowerCase().split(DOTS);
  const shown = unicode.domain.split(".");
  // What was given as Punycode is judged as a whole: its hyphens are no hyphens.
  const plain = shown.map((label, index) =>
    given[index]?.startsWith(ACE_PREFIX) ? "xn--" : label,
  );
  const reasons = reasonsOf(plain, ascii?.split(".") ?? []);
  if (unicode.error || ascii === null || given.includes(ACE_PREFIX)) {
    const isBroken = (label: string): boolean =>
      label === ACE_PREFIX || tables.toUnicode(label, options).error;
    addTableReasons(reasons, given, shown, isBroken);
  }
  return result(ascii ?? "", reasons);
}

function result(name: string, reasons: ReadonlySet<Reason>): AsciiResult {
  return reasons.size === 0
    ? { kind: "ascii", name }
    : { kind: "none", why: REASONS.filter((reason) => reasons.has(reason)).join(",") };
}

/** What is wrong with the labels of a name: hyphens by what is shown, lengths by what is sent. */
function reasonsOf(shown: readonly string[], sent: readonly string[]): Set<Reason> {
  const reasons = new Set<Reason>();
  shown.forEach((label, index) => {
    const isRoot = index > 0 && index === shown.length - 1;
    if (label === "" && !isRoot) {
      reasons.add("UIDNA_ERROR_EMPTY_LABEL");
    }
    if (!label.startsWith(ACE_PREFIX)) {
      addHyphenReasons(reasons, label);
    }
  });
  if (sent.some((label) => label.length > LABEL_LENGTH_MAX)) {
    reasons.add("UIDNA_ERROR_LABEL_TOO_LONG");
  }
  const length = sent.join(".").length - (sent.at(-1) === "" ? 1 : 0);
  if (length > NAME_LENGTH_MAX) {
    reasons.add("UIDNA_ERROR_DOMAIN_NAME_TOO_LONG");
  }
  return reasons;
}

function addHyphenReasons(reasons: Set<Reason>, label: string): void {
  if (label.startsWith("-")) {
    reasons.add("UIDNA_ERROR_LEADING_HYPHEN");
  }
  if (label.endsWith("-")) {
    reasons.add("UIDNA_ERROR_TRAILING_HYPHEN");
  }
  if (label.slice(2, 4) === "--") {
    reasons.add("UIDNA_ERROR_HYPHEN_3_4");
  }
}

/** Why the tables refuse a name, as far as it shows. */
function addTableReasons(
  reasons: Set<Reason>,
  given: readonly string[],
  shown: readonly string[],
  isBroken: (label: string) => boolean,
): void {
  shown.forEach((label, index) => {
    const source = given[index] ?? "";
    if (source.startsWith(ACE_PREFIX)) {
      if (!isBroken(source)) {
        return;
      }
      const isUnreadable = label.startsWith(ACE_PREFIX) && label !== ACE_PREFIX;
      reasons.add(isUnreadable ? "UIDNA_ERROR_PUNYCODE" : "UIDNA_ERROR_INVALID_ACE_LABEL");
    } else if (/^\p{M}/u.test(label)) {
      reasons.add("UIDNA_ERROR_LEADING_COMBINING_MARK");
    }
  });
  if (reasons.size === 0) {
    reasons.add("UIDNA_ERROR_DISALLOWED");
  }
}

/** The tables cost milliseconds to load, so not before they are needed. */
function loadTables(): typeof Tr46 {
  return require("tr46") as typeof Tr46;
}
