/** From a site's name to its logfile's: POSTFIX-FLUSH-SPEC section 2.1. */
import { add, type ContractCase, sendSite } from "./contract_case.ts";

function untranslatable(site: string, why: string): string {
  return `warning: midna_domain_to_ascii_create: Problem translating domain "${site}" to ASCII form: ${why}`;
}

/** Sites that have no logfile, with the reason that is logged (none where it is null). */
const REFUSED: ReadonlyArray<readonly [row: number, site: string, why: string | null]> = [
  [26, "[10.0.0.1]", "malformed ASCII label(s)"],
  [26, "[IPv6:::1]", "malformed ASCII label(s)"],
  [27, "1.2.3.4", "malformed ASCII label(s)"],
  [27, "123", "malformed ASCII label(s)"],
  [27, "example.com.", "malformed ASCII label(s)"],
  [27, "ab--cd.com", "UIDNA_ERROR_HYPHEN_3_4"],
  [27, "a b.com", "malformed ASCII label(s)"],
  [27, "a..b", "UIDNA_ERROR_EMPTY_LABEL"],
  [27, ".a.com", "UIDNA_ERROR_EMPTY_LABEL"],
  [27, "a-.com", "UIDNA_ERROR_TRAILING_HYPHEN"],
  [27, "-a.com", "UIDNA_ERROR_LEADING_HYPHEN"],
  [27, "a/b.com", "malformed ASCII label(s)"],
  [27, "a@b.com", "malformed ASCII label(s)"],
  [27, "../../etc/passwd", "UIDNA_ERROR_EMPTY_LABEL"],
  [27, "xn--a.example", "UIDNA_ERROR_INVALID_ACE_LABEL"],
  [28, "", null],
  [31, `${"a".repeat(64)}.example`, "UIDNA_ERROR_LABEL_TOO_LONG"],
];

/** Sites and their logfiles. */
const MAPPED: ReadonlyArray<readonly [row: number, site: string, logfile: string]> = [
  [29, "a\xc2\xadb.com", "ab_com"],
  [29, "example\xe3\x80\x82com", "example_com"],
  [29, "\xe2\x98\x83.net", "xn__n3h_net"],
  [29, "b\xc3\xbccher.example", "xn__bcher_kva_example"],
  [29, "B\xc3\x9cCHER.example", "xn__bcher_kva_example"],
  [29, "xn--bcher-kva.example", "xn__bcher_kva_example"],
  [29, "stra\xc3\x9fe.de", "xn__strae_oqa_de"],
  [29, "\xef\xbd\x85xample.com", "example_com"],
  [29, "0x7f.1", "0x7f_1"],
  [29, "a_b.com", "a_b_com"],
  [29, "a.1", "a_1"],
  [31, `${"a".repeat(63)}.example`, `${"a".repeat(63)}_example`],
];

/** 253 bytes, in labels of 63 at most. */
const LONGEST = [63, 63, 63, 61].map((length) => "a".repeat(length)).join(".");

const OTHERS: readonly ContractCase[] = [
  {
    rows: [26],
    name: "an address literal that is listed",
    config: { fast_flush_domains: "[10.0.0.1]" },
    send: [sendSite("[10.0.0.1]")],
    want: { status: 4, log: [untranslatable("[10.0.0.1]", "malformed ASCII label(s)")] },
  },
  {
    rows: [27],
    name: "a name that is no UTF-8, and none is expected",
    config: { smtputf8_enable: "no" },
    send: [add("\xff\xfe.com")],
    want: { status: 4, log: [untranslatable("??.com", "malformed UTF-8")] },
  },
  {
    rows: [30],
    name: "names that mask alike share a log",
    state: { "flush/a_b_com": "ABC122\n" },
    send: [add("a-b.com")],
    want: { status: 0, files: { "flush/a_b_com": "ABC122\nABC123\n" } },
  },
  {
    rows: [30],
    name: "names that mask alike share a log, the other one",
    state: { "flush/a_b_com": "ABC122\n" },
    send: [add("a.b.com")],
    want: { status: 0, files: { "flush/a_b_com": "ABC122\nABC123\n" } },
  },
  {
    rows: [31],
    name: "253 bytes",
    send: [add(LONGEST)],
    want: { status: 0, files: { [`flush/${LONGEST.replaceAll(".", "_")}`]: "ABC123\n" } },
  },
  {
    rows: [31],
    name: "254 bytes",
    send: [add(`${LONGEST}a`)],
    want: {
      status: 4,
      log: [untranslatable(`${LONGEST}a`.slice(0, 100), "UIDNA_ERROR_DOMAIN_NAME_TOO_LONG")],
    },
  },
  {
    name: "enable_idna2003_compatibility",
    config: { enable_idna2003_compatibility: "yes" },
    send: [add("stra\xc3\x9fe.de")],
    want: { status: 0, files: { "flush/strasse_de": "ABC123\n" } },
    changed: {
      since: [3, 10],
      why: "its ICU library (76) no longer knows the rules of 2003: that parameter has no effect",
    },
  },
  {
    name: "a site of one letter: add",
    send: [add("x")],
    want: { status: 0, files: { "flush/x": "ABC123\n" } },
    differs: {
      why: "its log would keep Postfix from starting (ARCHITECTURE, defect 6)",
      ours: { status: 4, files: { "flush/x": null, flush: { mtime: 2000 } } },
    },
  },
  {
    name: "a site of one letter: send_site",
    state: { "flush/x": "MISSING\n" },
    send: [sendSite("x")],
    want: { status: 0, wakes: ["F\0", "I\0"], files: { "flush/x": "" } },
    differs: {
      why: "its log would keep Postfix from starting (ARCHITECTURE, defect 6)",
      ours: {
        status: 4,
        wakes: [],
        files: { "flush/x": { text: "MISSING\n", atime: 1000, mtime: 1000 } },
      },
    },
  },
];

/** The rows. */
export const NAME_ROWS: readonly ContractCase[] = [
  ...REFUSED.map(
    ([row, site, why]): ContractCase => ({
      rows: [row],
      name: `no logfile: ${JSON.stringify(site)}`,
      send: [add(site)],
      want: { status: 4, log: why === null ? [] : [untranslatable(site, why)] },
    }),
  ),
  ...MAPPED.map(
    ([row, site, logfile]): ContractCase => ({
      rows: [row],
      name: `the logfile of ${JSON.stringify(site)}`,
      send: [add(site)],
      want: { status: 0, files: { [`flush/${logfile}`]: "ABC123\n" } },
    }),
  ),
  ...OTHERS,
];
