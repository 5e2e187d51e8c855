/**
 * Case folding, as patterns and site names are compared.
 *
 * ASCII letters become lower-case. With `utf8` there is full Unicode case folding (CaseFolding.txt,
 * status C and F) too: JavaScript has none, so each character is put in lower, upper and lower case
 * again, which gives the same for all of Unicode 15 but the dotless i, which is not folded, and
 * Cherokee, which is folded to upper case. Bytes that are not UTF-8 stay as they are.
 */
import { decodeUtf8, encodeUtf8 } from "../names/byte_string.ts";

const NOT_ASCII = /[\x80-\xff]/;

/** Characters beyond ASCII in UTF-8, one or more (RFC 3629, section 4). */
const UTF8_RUN = new RegExp(
  `(?:${[
    "[\\xc2-\\xdf][\\x80-\\xbf]",
    "\\xe0[\\xa0-\\xbf][\\x80-\\xbf]",
    "[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]{2}",
    "\\xed[\\x80-\\x9f][\\x80-\\xbf]",
    "\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}",
    "[\\xf1-\\xf3][\\x80-\\xbf]{3}",
    "\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2}",
  ].join("|")})+`,
  "g",
);

const DOTLESS_I = 0x131;

/** Cherokee letters: the first block is upper-case, the two others fold to it. */
const CHEROKEE_UPPER = { first: 0x13a0, last: 0x13f5 };
const CHEROKEE_LOWER_ODD = { first: 0x13f8, last: 0x13fd, upperFirst: 0x13f0 };
const CHEROKEE_LOWER = { first: 0xab70, last: 0xabbf, upperFirst: 0x13a0 };

/** A byte string in folded case, as a byte string. */
export function foldCase(text: string, utf8: boolean): string {
  if (!NOT_ASCII.test(text)) {
    return text.toLowerCase();
  }
  const lowerCase = text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  return utf8 ? lowerCase.replace(UTF8_RUN, foldRun) : lowerCase;
}

function foldRun(run: string): string {
  return encodeUtf8(Array.from(decodeUtf8(run) ?? "", foldCharacter).join(""));
}

function foldCharacter(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  if (codePoint === DOTLESS_I || isIn(codePoint, CHEROKEE_UPPER)) {
    return character;
  }
  for (const block of [CHEROKEE_LOWER_ODD, CHEROKEE_LOWER]) {
    if (isIn(codePoint, block)) {
      return String.fromCodePoint(codePoint - block.first + block.upperFirst);
    }
  }
  // By character: a sigma at the end of a word must not become a final one.
  const upper = character.toLowerCase().toUpperCase();
  return Array.from(upper, (letter) => letter.toLowerCase()).join("");
}

function isIn(
  codePoint: number,
  block: { readonly first: number; readonly last: number },
): boolean {
  return codePoint >= block.first && codePoint <= block.last;
}
