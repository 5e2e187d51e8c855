/**
 * Domain names to their ASCII form: UTS #46 ToASCII, non-transitional unless asked for, with the checks of
 * hyphens and lengths on, and those of bidi and joiners off, as Postfix has it (spec section 2.1).
 *
 * Plain ASCII names, which nearly all are, go without the Unicode tables: those are loaded by the first name
 * that needs them. Pure; a name that has no ASCII form is a value that says why, in ICU's words, as
 * log readers know them. The tables are those of tr46, of Unicode 17: where the original's ICU is older, it
 * refuses characters that are newer, and up to Unicode 15.0 maps the capital sharp s to `ss`.
 */
import type * as Tr46 from "tr46";
import { decodeUtf8 } from "../names/byte_string.ts";
import { ACE_PREFIX, IdnaReasons, mapName } from "./idna_reasons.ts";

/** The ASCII form, or why there is none. */
export type AsciiResult =
  | { readonly kind: "ascii"; readonly name: string }
  | { readonly kind: "none"; readonly why: string };

/** Of longer names that are refused, only their length is given as reason: a look at each character costs time. */
const JUDGED_LENGTH_MAX = 1000;

/** Stands for a label without an ASCII form: ICU judges neither its length nor that of the whole name then. */
const REFUSED_LABEL = "\ufffd";

/** An exception: bad Punycode in ASCII with more than letters, digits and hyphens is judged as it is. */
const BAD_ACE_THAT_STAYS = /^xn--[a-z0-9-]*[^a-z0-9-\x80-\uffff][\x00-\x7f]*$/;

const NON_ASCII = /[^\x00-\x7f]/;

/** The ASCII form of a name (a byte string), in lower case; the result may still be no host name. */
export function domainToAscii(name: string, isTransitional: boolean): AsciiResult {
  const text = NON_ASCII.test(name) ? decodeUtf8(name) : name;
  if (text === null) {
    return { kind: "none", why: "malformed UTF-8" };
  }
  const lower = name.toLowerCase();
  const labels = lower.split(".");
  if (NON_ASCII.test(text) || labels.some((label) => label.startsWith(ACE_PREFIX))) {
    return byTables(text, isTransitional);
  }
  const reasons = new IdnaReasons();
  reasons.addLengths(labels);
  for (const label of labels) {
    reasons.addHyphens(label);
  }
  return result(lower, reasons);
}

function byTables(text: string, isTransitional: boolean): AsciiResult {
  const tables = loadTables();
  const options = {
    // Ours to check: ICU counts UTF-16 units to find the third and fourth place, tr46 characters.
    checkHyphens: false,
    checkBidi: false,
    checkJoiners: false,
    useSTD3ASCIIRules: false,
    transitionalProcessing: isTransitional,
    ignoreInvalidPunycode: false,
  };
  const ascii = tables.toASCII(text, { ...options, verifyDNSLength: false });
  const reasons = new IdnaReasons();
  if (ascii !== null) {
    for (const label of tables.toUnicode(text, options).domain.split(".")) {
      reasons.addHyphens(label);
    }
    reasons.addLengths(ascii.split("."));
    return result(ascii, reasons);
  }
  if (text.length > JUDGED_LENGTH_MAX) {
    reasons.addLengths(text.split("."));
    return result("", reasons);
  }
  const mapped = mapName(text, (character) => tables.toUnicode(character, options));
  // What is Punycode is never judged by the transitional rules, and the rest has been mapped by them.
  const plain = { ...options, transitionalProcessing: false };
  const sent = mapped.split(".").map((label) => {
    reasons.addLabel(label, (part) => tables.toUnicode(part, plain));
    const refused = BAD_ACE_THAT_STAYS.test(label) ? label : REFUSED_LABEL;
    return tables.toASCII(label, { ...plain, verifyDNSLength: false }) ?? refused;
  });
  reasons.addLengths(sent);
  return result("", reasons);
}

function result(name: string, reasons: IdnaReasons): AsciiResult {
  const why = reasons.toString();
  return why === "" ? { kind: "ascii", name } : { kind: "none", why };
}

/** The tables cost milliseconds to load, so not before they are needed. */
function loadTables(): typeof Tr46 {
  return require("tr46") as typeof Tr46;
}
