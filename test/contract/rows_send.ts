/** Sending the log of a site: POSTFIX-FLUSH-SPEC sections 2.4 and 3. */
import { CARRIES_F, READ } from "./common_rows.ts";
import { type ContractCase, type Differs, sendSite } from "./contract_case.ts";

const SITE = "one.example";
const LOG = "flush/one_example";

/** What most sends of a site do, when all is well. */
const SENT = { status: 0, wakes: ["F\0", "I\0"] } as const;

/** Differs by entries that stay, and by what a wake-up carries. */
function keeps(
  text: string,
  why = "an entry stays whose message is in active or hold (DESIGN, Send)",
): Differs {
  return { why, ours: { ...CARRIES_F.ours, files: { [LOG]: text } } };
}

const TWO_MESSAGES = {
  [LOG]: "ABC123\n1234ABC\nABC123\nMISSING\n",
  "deferred/A/ABC123": "first",
  "deferred/1/1234ABC": { text: "second", mode: 0o600 },
};

const SITES: readonly ContractCase[] = [
  {
    rows: [53],
    name: "two messages, one of them twice, and one that is gone",
    state: TWO_MESSAGES,
    send: [sendSite(SITE)],
    want: {
      ...SENT,
      files: {
        "deferred/A/ABC123": null,
        "deferred/1/1234ABC": null,
        "incoming/ABC123": { text: "first", mode: "0700", atime: "now", mtime: "now" },
        "incoming/1234ABC": { text: "second", mode: "0600", atime: "now", mtime: "now" },
        [LOG]: { text: "", atime: "now", mtime: "now", mode: "0600" },
      },
    },
    differs: CARRIES_F,
  },
  {
    rows: [53],
    name: "in which order: F, each message touched and moved, the log cut, I",
    state: {
      [LOG]: "ABC123\n1234ABC\n",
      "deferred/A/ABC123": "first",
      "deferred/1/1234ABC": "second",
      "public/qmgr": { kind: "fifo" },
    },
    send: [sendSite(SITE)],
    want: {
      status: 0,
      wakes: ["F", "I"],
      events: [
        "write public/qmgr",
        "touch deferred/A/ABC123",
        "leave deferred/A/ABC123",
        "come incoming/ABC123",
        "touch deferred/1/1234ABC",
        "leave deferred/1/1234ABC",
        "come incoming/1234ABC",
        `write ${LOG}`,
        `touch ${LOG}`,
        "write public/qmgr",
      ],
    },
    differs: { ...CARRIES_F, ours: { wakes: ["F", "F", "I"] } },
  },
  {
    name: "a line says what the flush did",
    state: { ...TWO_MESSAGES, [LOG]: "ABC123\n1234ABC\nABC123\nMISSING\nHELD\n", "hold/HELD": "" },
    send: [sendSite("ONE.example")],
    logFilter: /^flush: /,
    want: { ...SENT, files: { [LOG]: "" } },
    differs: {
      why: "the original says nothing, which operators miss (NEEDS, A6)",
      ours: {
        ...CARRIES_F.ours,
        files: { [LOG]: "HELD\n" },
        log: [
          "flush: site=ONE.example, uid=unknown, pid=N, released=2, kept=1, gone=1, skipped=0, failed=0, seconds=N",
        ],
      },
    },
    only: { way: "stand-alone", why: "under master(8) it names who asked: strangers_test.ts" },
  },
  {
    name: "it is answered after the work",
    state: TWO_MESSAGES,
    send: [
      { do: "lock", path: LOG, kind: "flock" },
      sendSite(SITE),
      READ,
      { do: "pause", ms: 100 },
      { do: "note", what: "reply" },
      { do: "note", what: LOG },
      { do: "unlock" },
    ],
    want: {
      ...SENT,
      notes: ["silent", "ABC123\n1234ABC\nABC123\nMISSING\n"],
      files: { [LOG]: "", "incoming/ABC123": "first" },
    },
    differs: CARRIES_F,
  },
  {
    rows: [54],
    name: "no log",
    send: [sendSite(SITE)],
    want: { status: 0, files: { [LOG]: null } },
  },
  {
    rows: [55],
    name: "an empty log",
    state: { [LOG]: "" },
    send: [sendSite(SITE)],
    want: { status: 0, wakes: ["F\0"], files: { [LOG]: { text: "", atime: "now", mtime: "now" } } },
  },
  {
    rows: [56],
    name: "lines that are no queue IDs",
    state: { [LOG]: "bad-id\n\n" },
    send: [sendSite(SITE)],
    want: {
      ...SENT,
      files: { [LOG]: "" },
      log: [
        'warning: bad queue id "bad-id..." in fast flush logfile one_example',
        'warning: bad queue id "..." in fast flush logfile one_example',
      ],
    },
    differs: CARRIES_F,
  },
  {
    rows: [56],
    name: "a line that is too long for a queue ID, one with a blank, one with a NUL, one with control bytes",
    state: {
      [LOG]: `${"A".repeat(256)}\nABC 123\nABC123\0junk\n\x01\x02\xff\n`,
      "deferred/A/ABC123": "",
    },
    send: [sendSite(SITE)],
    want: {
      ...SENT,
      files: { [LOG]: "", "incoming/ABC123": "" },
      log: [
        `warning: bad queue id "${"A".repeat(30)}..." in fast flush logfile one_example`,
        'warning: bad queue id "ABC 123..." in fast flush logfile one_example',
        'warning: bad queue id "???..." in fast flush logfile one_example',
      ],
    },
    differs: CARRIES_F,
  },
  {
    rows: [57],
    name: "a last line without newline",
    state: { [LOG]: "MISSING\nABC123", "deferred/A/ABC123": "" },
    send: [sendSite(SITE)],
    want: { ...SENT, files: { [LOG]: "", "incoming/ABC123": "" } },
    differs: CARRIES_F,
  },
  {
    rows: [58],
    name: "a message in active",
    state: { [LOG]: "ABC123\n", "active/ABC123": "" },
    send: [sendSite(SITE)],
    want: {
      ...SENT,
      files: { [LOG]: "", "active/ABC123": { atime: 1000, mtime: 1000, mode: "0700" } },
    },
    differs: keeps("ABC123\n"),
  },
  {
    rows: [58],
    name: "messages in hold and active, repeated, among others",
    state: {
      [LOG]: "HOLD1\nABC123\nHOLD1\nMISSING\nACTIVE1\nHOLD1",
      "hold/HOLD1": "",
      "active/ACTIVE1": "",
      "deferred/A/ABC123": "",
    },
    send: [sendSite(SITE)],
    want: { ...SENT, files: { [LOG]: "", "incoming/ABC123": "" } },
    differs: keeps("HOLD1\nACTIVE1\n"),
  },
  {
    rows: [59],
    name: "a message in incoming",
    state: { [LOG]: "ABC123\n", "incoming/ABC123": { mode: 0o600 } },
    send: [sendSite(SITE)],
    want: {
      ...SENT,
      files: { [LOG]: "", "incoming/ABC123": { atime: "now", mtime: "now", mode: "0600" } },
    },
    differs: CARRIES_F,
  },
  {
    name: "a message in both deferred and incoming",
    state: { [LOG]: "ABC123\n", "deferred/A/ABC123": "new", "incoming/ABC123": "old" },
    send: [sendSite(SITE)],
    want: { ...SENT, files: { "deferred/A/ABC123": null, "incoming/ABC123": "new" } },
    differs: CARRIES_F,
  },
  {
    rows: [60],
    name: "an ineligible site",
    config: { fast_flush_domains: "other.example" },
    state: TWO_MESSAGES,
    send: [sendSite(SITE)],
    want: { status: 4, files: { [LOG]: { atime: 1000, mtime: 1000 } } },
  },
  {
    rows: [66],
    name: "incoming and deferred hashed, depth 2",
    config: { hash_queue_names: "incoming,deferred", hash_queue_depth: "2" },
    state: { [LOG]: "ABC123\n", "deferred/A/B/ABC123": "" },
    send: [sendSite(SITE)],
    want: {
      ...SENT,
      files: {
        "incoming/A/B/ABC123": { text: "", mode: "0700" },
        "incoming/A": { kind: "directory", mode: "0700", owner: "postfix" },
        "incoming/A/B": { kind: "directory", mode: "0700", owner: "postfix" },
        "deferred/A/B/ABC123": null,
      },
    },
    differs: CARRIES_F,
  },
  {
    rows: [66],
    name: "active and hold hashed, deferred not",
    config: { hash_queue_names: "ACTIVE hold", hash_queue_depth: "3" },
    state: {
      [LOG]: "AB\nABCDE\nABC123\n",
      "active/A/B/_/AB": "",
      "hold/A/B/C/ABCDE": "",
      "deferred/ABC123": "",
    },
    send: [sendSite(SITE)],
    want: { ...SENT, files: { [LOG]: "", "incoming/ABC123": "" } },
    differs: keeps("AB\nABCDE\n"),
  },
  ...(
    [
      ["4jYCDY3XvNzLDg6L", "7"],
      ["4jYCDY75plzLDg6L", "F"],
      ["4jYCDY000zzLDg6L", "0"],
      ["1234567890z", "F"],
      ["123456789z", "1"],
      ["BCDFGHyyyyz1", "6"],
      ["a_b_c_d_e_fz", "0"],
      ["3Fz9", "3"],
    ] as const
  ).map(
    ([queueId, directory]): ContractCase => ({
      rows: [67],
      name: `${queueId} lies in deferred/${directory}`,
      state: { [LOG]: `${queueId}\n`, [`deferred/${directory}/${queueId}`]: "" },
      send: [sendSite(SITE)],
      want: { ...SENT, files: { [`incoming/${queueId}`]: "" } },
      differs: CARRIES_F,
    }),
  ),
];

/** Many entries: more than the duplicate filter of later versions holds (10,000). */
const MANY = Array.from({ length: 10_000 }, (_, index) => `ID${index}`);
/** A log that ours reads in several parts. */
const LARGE = `ID0\n${MANY.map((id) => `${id}_${"X".repeat(120)}\n`).join("")}LAST\n`;

const REPEATS: readonly ContractCase[] = [
  {
    rows: [81],
    name: "10,000 entries and three repeats",
    state: {
      [LOG]: `${MANY.join("\n")}\nID1\nID2\nID3\n`,
      "deferred/I/ID1": "",
      "deferred/I/ID9999": "",
    },
    send: [sendSite(SITE)],
    want: { ...SENT, files: { [LOG]: "", "incoming/ID1": "", "incoming/ID9999": "" } },
    differs: CARRIES_F,
  },
  {
    name: "a log of more than a megabyte",
    state: { [LOG]: LARGE, "deferred/I/ID0": "", "deferred/L/LAST": "" },
    send: [sendSite(SITE)],
    want: { ...SENT, files: { [LOG]: "", "incoming/ID0": "", "incoming/LAST": "" } },
    differs: CARRIES_F,
  },
  {
    rows: [81],
    name: "repeats: 3.7.11 filters none",
    changed: { since: [3, 10], why: "it releases each message once, as ours does" },
    state: { [LOG]: "ABC123\nBCD\nABC123\n", "incoming/ABC123": "", "incoming/BCD": "" },
    send: [sendSite(SITE)],
    want: {
      ...SENT,
      events: [
        "touch incoming/ABC123",
        "touch incoming/BCD",
        "touch incoming/ABC123",
        `write ${LOG}`,
        `touch ${LOG}`,
      ],
    },
    differs: {
      why: "each message once for each part of a log (ARCHITECTURE, defect 4)",
      ours: {
        ...CARRIES_F.ours,
        events: ["touch incoming/ABC123", "touch incoming/BCD", `write ${LOG}`, `touch ${LOG}`],
      },
    },
  },
];

/** The rows. */
export const SEND_ROWS: readonly ContractCase[] = [...SITES, ...REPEATS];
