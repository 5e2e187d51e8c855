/**
 * Site names to logfile names. Every expectation was obtained from the original (Postfix 3.7.11, ICU 72).
 */
import { describe, expect, test } from "bun:test";
import { pick, randomFrom } from "../../test/support/random.ts";
import { MemoryLog } from "../memory/log.ts";
import { encodeUtf8 } from "../names/byte_string.ts";
import { siteName } from "../names/names.ts";
import { LogfileNamer } from "./logfile_name.ts";

const A63 = "a".repeat(63);
const A64 = "a".repeat(64);

const MADE: ReadonlyArray<readonly [site: string, logfile: string]> = [
  ["Example.COM", "example_com"],
  ["a-b.com", "a_b_com"],
  ["a.b.com", "a_b_com"],
  ["a_b.com", "a_b_com"],
  ["a_.com", "a__com"],
  ["_a.com", "_a_com"],
  ["0x7f.1", "0x7f_1"],
  ["a.1", "a_1"],
  ["x", "x"],
  ["bücher.example", "xn__bcher_kva_example"],
  ["BÜCHER.example", "xn__bcher_kva_example"],
  ["XN--BCHER-KVA.example", "xn__bcher_kva_example"],
  ["xn--zca.com", "xn__zca_com"],
  ["straße.de", "xn__strae_oqa_de"],
  ["☃.net", "xn__n3h_net"],
  ["a\u00adb.com", "ab_com"],
  ["example。com", "example_com"],
  ["ｅxample.com", "example_com"],
  ["a\u200cb.com", "xn__ab_j1t_com"],
  ["אa.com", "xn__a_zhc_com"],
  ["≠.com", "xn__1ch_com"],
  [`${A63}.${A63}.${A63}.${"a".repeat(61)}`, `${A63}_${A63}_${A63}_${"a".repeat(61)}`],
];

const EMPTY = "UIDNA_ERROR_EMPTY_LABEL";
const LEADING = "UIDNA_ERROR_LEADING_HYPHEN";
const TRAILING = "UIDNA_ERROR_TRAILING_HYPHEN";
const HYPHEN_3_4 = "UIDNA_ERROR_HYPHEN_3_4";
const LABEL_LONG = "UIDNA_ERROR_LABEL_TOO_LONG";
const DISALLOWED = "UIDNA_ERROR_DISALLOWED";
const PUNYCODE = "UIDNA_ERROR_PUNYCODE";
const ACE = "UIDNA_ERROR_INVALID_ACE_LABEL";
const MALFORMED = "malformed ASCII label(s)";

const REFUSED: ReadonlyArray<readonly [site: string, why: string]> = [
  ["[10.0.0.1]", MALFORMED],
  ["[IPv6:::1]", MALFORMED],
  ["1.2.3.4", MALFORMED],
  ["123", MALFORMED],
  ["example.com.", MALFORMED],
  ["a b.com", MALFORMED],
  ["a/b.com", MALFORMED],
  ["a@b.com", MALFORMED],
  ["a:b", MALFORMED],
  ["a\x01b.com", MALFORMED],
  ["../../etc/passwd", EMPTY],
  ["a..b", EMPTY],
  [".a.com", EMPTY],
  ["..", EMPTY],
  [".", EMPTY],
  ["ü..com", EMPTY],
  ["\u00ad.com", EMPTY],
  ["a.。b", EMPTY],
  ["a-.com", TRAILING],
  ["ü-.com", TRAILING],
  ["-a-.com", `${LEADING},${TRAILING}`],
  ["-a b.com", LEADING],
  ["-ü.com", LEADING],
  ["-_.com", LEADING],
  ["-xn--bcher-kva.com", LEADING],
  ["ab--cd.com", HYPHEN_3_4],
  ["ab--ü.com", HYPHEN_3_4],
  ["-a--b-.com", `${LEADING},${TRAILING},${HYPHEN_3_4}`],
  ["-ab--..", `${EMPTY},${LEADING},${TRAILING}`],
  ["ab--cd..x y", `${EMPTY},${HYPHEN_3_4}`],
  [`${A64}.com`, LABEL_LONG],
  [`-${A63}.com`, `${LABEL_LONG},${LEADING}`],
  [`${A64}..x`, `${EMPTY},${LABEL_LONG}`],
  [`${"ü".repeat(60)}.com`, LABEL_LONG],
  [`xn--bcher-kva.${A64}`, LABEL_LONG],
  [`${A63}.${A63}.${A63}.${"a".repeat(62)}`, "UIDNA_ERROR_DOMAIN_NAME_TOO_LONG"],
  ["\u0301a.com", "UIDNA_ERROR_LEADING_COMBINING_MARK"],
  ["\u0378.com", DISALLOWED],
  ["\ue000.com", DISALLOWED],
  ["xn--bcher-kva.\ue000", DISALLOWED],
  ["⒈com", DISALLOWED],
  ["xn--99999.com", PUNYCODE],
  ["xn--ü.com", PUNYCODE],
  ["xn--aé.com", PUNYCODE],
  ["xn--a", ACE],
  ["xn--", ACE],
  ["a.xn--", ACE],
  ["xn--bcher-kva-.com", ACE],
  ["xn--xn--a.com", ACE],
];

/** What names are made of that are nearly ordinary. */
const PIECES = ["a", "bz", "0", "9x", ".", ".", ".", "-", "--", "_", "a".repeat(31), "xn--"];

function nameOf(site: string, idna2003 = false): { name: string | null; warnings: string[] } {
  const log = new MemoryLog();
  const namer = new LogfileNamer({ idna2003, log });
  return { name: namer.nameOf(siteName(encodeUtf8(site))), warnings: log.texts("warning") };
}

const problem = (site: string, why: string): string =>
  `midna_domain_to_ascii_create: Problem translating domain "${site}" to ASCII form: ${why}`;

describe("LogfileNamer", () => {
  for (const [site, logfile] of MADE) {
    test(`${site.slice(0, 40)} has ${logfile.slice(0, 40)}`, () => {
      expect(nameOf(site)).toEqual({ name: logfile, warnings: [] });
    });
  }

  for (const [site, why] of REFUSED) {
    test(`${JSON.stringify(site.slice(0, 40))} has none: ${why}`, () => {
      const shown = encodeUtf8(site).slice(0, 100);
      expect(nameOf(site)).toEqual({ name: null, warnings: [problem(shown, why)] });
    });
  }

  for (const seed of [1, 2, 3]) {
    test(`a name that is told at once has the log that it has in capitals, label by label (seed ${seed})`, () => {
      const random = randomFrom(seed);
      for (let count = 0; count < 2000; count++) {
        const site = Array.from({ length: 1 + random(9) }, () => pick(random, PIECES)).join("");
        expect({ site, ...nameOf(site) }).toMatchObject({
          site,
          name: nameOf(site.toUpperCase()).name,
        });
      }
    });
  }

  test("bytes that are no UTF-8 have none", () => {
    const log = new MemoryLog();
    const namer = new LogfileNamer({ idna2003: false, log });
    expect(namer.nameOf(siteName("\xff\xfe.com"))).toBeNull();
    expect(log.texts("warning")).toEqual([problem("\xff\xfe.com", "malformed UTF-8")]);
  });

  test("enable_idna2003_compatibility maps as of old", () => {
    expect(nameOf("straße.de", true).name).toBe("strasse_de");
  });

  test("warns once for as long as the name is among the last 256", () => {
    const log = new MemoryLog();
    const namer = new LogfileNamer({ idna2003: false, log });
    const others = (count: number): void => {
      for (let index = 0; index < count; index++) {
        namer.nameOf(siteName(`n${index}.example`));
      }
    };
    namer.nameOf(siteName("1.2.3.4"));
    others(255);
    namer.nameOf(siteName("1.2.3.4"));
    expect(log.lines).toHaveLength(1);
    others(256);
    namer.nameOf(siteName("1.2.3.4"));
    expect(log.lines).toHaveLength(2);
  });
});
