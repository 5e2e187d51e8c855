/** What is logged and in whose name, with -v too, and the jail: POSTFIX-FLUSH-SPEC section 8. */
import { GREETING } from "../../lab/greeting.ts";
import { CARRIES_F } from "./common_rows.ts";
import { add, type ContractCase, request, sendSite } from "./contract_case.ts";

const SITE = "one.example";
const LOG = "flush/one_example";

const NAMES: readonly ContractCase[] = [
  {
    rows: [92],
    name: "syslog_name in the tag of a line",
    config: { syslog_name: "mine/$service_name" },
    args: ["-n", "other"],
    send: [add("1.2.3.4")],
    only: { way: "stand-alone", why: "master(8) gives the service's name" },
    want: {
      status: 4,
      log: [
        'mine/other/flush: warning: midna_domain_to_ascii_create: Problem translating domain "1.2.3.4" to ASCII form: malformed ASCII label(s)',
      ],
    },
  },
  {
    rows: [92],
    name: "a line is made harmless, and is cut",
    state: { [LOG]: `x\x1b[31m${"\xe2\x98\x83".repeat(20)}\n` },
    send: [sendSite(SITE)],
    want: {
      status: 0,
      wakes: ["F\0", "I\0"],
      log: [
        `warning: bad queue id "x?[31m${"\xe2\x98\x83".repeat(8)}..." in fast flush logfile one_example`,
      ],
    },
    differs: CARRIES_F,
  },
  {
    rows: [92],
    name: "a line with bytes that only begin like UTF-8",
    send: ["\xe2\x98^\xc3\xa9\xed\xa0\x80\xff\0\0\0"],
    want: {
      status: 3,
      log: [
        "warning: unexpected attribute \xe2\x98^\xc3\xa9\xed\xa0\x80? from PEER (expecting: request)",
      ],
    },
    differs: {
      why: "what is logged is UTF-8, so that a log's readers can decode it",
      ours: {
        log: ["warning: unexpected attribute ??^\xc3\xa9???? from PEER (expecting: request)"],
      },
    },
    only: { way: "stand-alone", why: "the log is read as UTF-8 under master" },
    changed: { since: [3, 10], why: "what it logs is UTF-8, as with ours" },
  },
  {
    rows: [92],
    name: "a long line is cut",
    send: [`${"x".repeat(3000)}\0y\0\0`],
    want: {
      status: 3,
      log: [`warning: ${"unexpected attribute ".padEnd(2000, "x")}`],
    },
  },
  {
    rows: [90],
    name: "in the jail",
    args: ["-c"],
    state: { [LOG]: "ABC123\n", "deferred/A/ABC123": "" },
    send: [sendSite(SITE)],
    want: { status: 0, wakes: ["F\0", "I\0"], files: { [LOG]: "", "incoming/ABC123": "" } },
    differs: CARRIES_F,
  },
  {
    rows: [90],
    name: "in the jail: tables and logs were opened before",
    args: ["-c"],
    config: { fast_flush_domains: "texthash:$config_directory/table" },
    tables: { table: "one.example x\n1.2.3.4 x\n" },
    send: [add("1.2.3.4")],
    want: {
      status: 4,
      log: [
        'warning: midna_domain_to_ascii_create: Problem translating domain "1.2.3.4" to ASCII form: malformed ASCII label(s)',
      ],
    },
  },
];

/** What -v says of requests: of all that the original prints, the lines that the specification names. */
const VERBOSE =
  /^(unknown_stream|PEER|input attribute|send attr|flush_|site |match_(hostname|list)|warning|fatal)/;

/** What is said of the greeting. */
const GREETED = GREETING === "" ? [] : ["send attr protocol = queue_flush_protocol"];

const SPOKEN: readonly ContractCase[] = [
  {
    name: "-v: add",
    args: ["-v"],
    logFilter: VERBOSE,
    send: [add("One.Example")],
    want: {
      status: 0,
      log: [
        ...GREETED,
        "PEER: wanted attribute: request",
        "input attribute name: request",
        "input attribute value: add",
        "PEER: wanted attribute: site",
        "input attribute name: site",
        "input attribute value: One.Example",
        "PEER: wanted attribute: queue_id",
        "input attribute name: queue_id",
        "input attribute value: ABC123",
        "PEER: wanted attribute: (list terminator)",
        "input attribute name: (end)",
        "flush_add_service: site One.Example queue_id ABC123",
        "match_hostname: fast_flush_domains: one.example ~? static:all(0,lock|utf8_request)",
        "site one.example to path one_example",
        "send attr status = 0",
      ],
    },
  },
  {
    name: "-v: add of an ineligible site",
    args: ["-v"],
    logFilter: VERBOSE,
    config: { fast_flush_domains: "a.example" },
    send: [add("b.example")],
    want: {
      status: 4,
      log: [
        ...GREETED,
        "PEER: wanted attribute: request",
        "input attribute name: request",
        "input attribute value: add",
        "PEER: wanted attribute: site",
        "input attribute name: site",
        "input attribute value: b.example",
        "PEER: wanted attribute: queue_id",
        "input attribute name: queue_id",
        "input attribute value: ABC123",
        "PEER: wanted attribute: (list terminator)",
        "input attribute name: (end)",
        "flush_add_service: site b.example queue_id ABC123",
        "match_hostname: fast_flush_domains: b.example ~? a.example",
        "match_list_match: b.example: no match",
        "send attr status = 4",
      ],
    },
  },
  {
    name: "-v: send_site",
    args: ["-v"],
    logFilter: /^(flush_|site )/,
    state: { [LOG]: "ABC123\nBCD\n", "deferred/A/ABC123": "" },
    send: [sendSite(SITE)],
    want: {
      status: 0,
      wakes: ["F\0", "I\0"],
      log: [
        "flush_send_service: site one.example",
        "site one.example to path one_example",
        "flush_send_path: logfile one_example: update queue file ABC123 time stamps",
        "flush_send_path: logfile one_example: update queue file BCD time stamps",
        "flush_send_path: requesting delivery for logfile one_example",
      ],
    },
    differs: CARRIES_F,
  },
  {
    name: "-v: send_site of an empty log",
    args: ["-v"],
    logFilter: /^(flush_|site )/,
    state: { [LOG]: "" },
    send: [sendSite(SITE)],
    want: {
      status: 0,
      wakes: ["F\0"],
      log: ["flush_send_service: site one.example", "site one.example to path one_example"],
    },
  },
  {
    name: "-v: send_file",
    args: ["-v"],
    logFilter: /^flush_/,
    state: { "deferred/A/ABC123": "" },
    send: [request("send_file", "queue_id", "ABC123")],
    want: {
      status: 0,
      wakes: ["I\0"],
      log: ["flush_send_file_service: requesting delivery for queue_id ABC123"],
    },
  },
  {
    name: "-v: rfrsh",
    args: ["-v"],
    logFilter: /^flush_/,
    state: { [LOG]: { text: "A1\n", age: 100_000 } },
    send: [request("rfrsh")],
    want: {
      status: 0,
      wakes: ["I\0"],
      log: [
        "flush_refresh_service: flush logfile one_example",
        "flush_send_path: logfile one_example: update queue file A1 time stamps",
        "flush_send_path: requesting delivery for logfile one_example",
      ],
    },
  },
  ...(
    [
      [{ text: "A1\n", age: 100 }, "skip logfile one_example, unread for <12 hours(s) "],
      [{ age: 100 }, "skip logfile one_example - empty log"],
      [{ age: 1_000_000 }, `unlink ${LOG}, empty and unchanged for 7 days`],
    ] as const
  ).map(
    ([log, line]): ContractCase => ({
      name: `-v: rfrsh: ${line}`,
      args: ["-v"],
      logFilter: /^flush_/,
      state: { [LOG]: log, "deferred/A/A1": "" },
      send: [request("rfrsh")],
      want: { status: 0, log: [`flush_refresh_service: ${line}`] },
    }),
  ),
  {
    name: "verbose by the environment",
    env: { MAIL_VERBOSE: "" },
    logFilter: /^(daemon started|flush_add)/,
    send: [add(SITE)],
    want: {
      status: 0,
      log: ["daemon started", "flush_add_service: site one.example queue_id ABC123"],
    },
  },
  {
    name: "-v: master's generation",
    env: { GENERATION: "17" },
    args: ["-v"],
    logFilter: /^process generation/,
    send: [add(SITE)],
    want: { status: 0, log: ["process generation: 17 (17)"] },
  },
  {
    name: "-V is not -v",
    args: ["-V"],
    send: [add(SITE)],
    want: { status: 0 },
  },
];

/** The rows. */
export const LOG_ROWS: readonly ContractCase[] = [...NAMES, ...SPOKEN];
