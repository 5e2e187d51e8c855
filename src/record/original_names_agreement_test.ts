/**
 * Generated site names: ours against the original flush(8), logfile and warning.
 * Run again with the seed that a failure prints, or with more: NAME_SEED=N NAMES=N bun test ...
 */
import { expect, test } from "bun:test";
import { isOriginalHere, OriginalFlush } from "../../test/support/original_flush.ts";
import { oneIn, pick, type Random, randomFrom } from "../../test/support/random.ts";
import { MemoryLog } from "../memory/log.ts";
import { encodeUtf8 } from "../names/byte_string.ts";
import { siteName } from "../names/names.ts";
import { LogfileNamer } from "./logfile_name.ts";

const NAMES = Number(process.env["NAMES"] ?? 300);

const ASCII = [
  ..."a b A x 1 2 - - _ / @ : [ ] -- xn n--".split(" "),
  ...[" ", "\x01", "\x7f", "a".repeat(60), "a".repeat(63), "a".repeat(64), "a.".repeat(50)],
];

/** All known to ICU 72, so that newer tables agree: letters, marks, joiners, dots, widths, what is refused. */
const BEYOND_ASCII = Array.from("üÜßéςσ中가क़☃≠😀ﬁＡｅ－．。｡½①ıİ·\u0301\u0345\u05d0\u0661").concat([
  "\u2003",
  "\u3000",
  "\ufdfa",
  "\u2488",
  "\ue000",
  "\u0378",
  "a\u00adb",
  "a\u200cb",
  "\u200d1",
  "e\u0301",
  "\u1100\u1161",
]);

/** Punycode: right, wrong, with hyphens and marks within, not normalised. */
const ACE = [
  ..."xn--bcher-kva XN--BCHER-KVA xn--n3h xn--zca xn-- xn--a xn--99999 xn--abc- xn--ls8h".split(
    " ",
  ),
  ..."xn----n3h xn----1ch 😀--x 😀x-- xn--ab---3ra xn--lsa xn--tda84h xn--4ca xn--ü xn--bcher-kva-".split(
    " ",
  ),
];

function randomName(random: Random): string {
  const labels = Array.from({ length: 1 + random(4) }, () => randomLabel(random));
  return labels.join(".").slice(0, 300) || "a";
}

function randomLabel(random: Random): string {
  if (oneIn(random, 6)) {
    return pick(random, ACE);
  }
  const pieces = oneIn(random, 2) ? ASCII : [...ASCII.slice(0, 12), ...BEYOND_ASCII];
  return Array.from({ length: random(5) }, () => pick(random, pieces)).join("");
}

test.skipIf(!isOriginalHere)("names have the logfiles and warnings of the original", () => {
  const seed = Number(process.env["NAME_SEED"] ?? 1);
  const random = randomFrom(seed);
  const original = new OriginalFlush();
  let named = 0;
  for (let count = 0; count < NAMES; count++) {
    const idna2003 = oneIn(random, 5);
    const name = encodeUtf8(randomName(random));
    const want = original.add(name, {
      fast_flush_domains: "static:all",
      smtputf8_enable: "no",
      enable_idna2003_compatibility: idna2003 ? "yes" : "no",
    });
    const log = new MemoryLog();
    const got = new LogfileNamer({ idna2003, log }).nameOf(siteName(name));
    const warnings = log.lines.map(({ text }) => shown(`warning: ${text}`));
    const question = { seed, name, idna2003 };
    const logfiles: string[] = got === null ? [] : [got];
    expect({ question, logfiles, warnings }).toEqual({
      question,
      logfiles: [...want.logfiles],
      warnings: want.log.map(shown),
    });
    named += want.logfiles.length;
  }
  original.remove();
  // Unless many had a logfile and many had none, little has been compared.
  expect(named).toBeGreaterThan(NAMES / 10);
  expect(named).toBeLessThan(NAMES - NAMES / 10);
});

/** As the original shows it: a `?` for each byte that is not printable ASCII. */
function shown(line: string): string {
  return line.replace(/[^\x20-\x7e]/g, "?");
}
