/** Requests and replies: the protocol of POSTFIX-FLUSH-SPEC section 1, whole, cut, split and wrong. */
import { END, OLD_RECORD, PURGED, REFRESHED, REPLY } from "./common_rows.ts";
import { add, type ContractCase, request, sendFile } from "./contract_case.ts";

const WELL_FORMED: readonly ContractCase[] = [
  {
    rows: [1],
    name: "the service speaks first",
    send: [{ do: "reply" }],
    config: { ipc_timeout: "1s" },
    want: { status: 3, log: ["warning: timeout while waiting for data from PEER"] },
  },
  {
    rows: [2],
    name: "add makes a logfile",
    send: [add("flush.example")],
    want: {
      status: 0,
      files: {
        "flush/flush_example": {
          kind: "file",
          text: "ABC123\n",
          mode: "0600",
          owner: "postfix",
          atime: "now",
          mtime: "now",
        },
      },
    },
  },
  {
    rows: [3],
    name: "add folds the case of the site",
    send: [add("FLUSH.Example")],
    want: { status: 0, files: { "flush/flush_example": "ABC123\n" } },
  },
  {
    rows: [4],
    name: "add of an entry that is there",
    state: { "flush/flush_example": "ABC123\n" },
    send: [add("flush.example")],
    want: {
      status: 0,
      files: { "flush/flush_example": { text: "ABC123\nABC123\n", atime: 1000, mtime: "now" } },
    },
    differs: {
      why: "an entry that a log of up to 64 KiB holds is not written again (ARCHITECTURE, defect 3)",
      ours: {
        files: { "flush/flush_example": { text: "ABC123\n", atime: 1000, mtime: 1000 } },
      },
    },
  },
  {
    rows: [4],
    name: "add of a further entry",
    state: { "flush/flush_example": "ABC12\nABC1234\nabc123\n" },
    send: [add("flush.example")],
    want: {
      status: 0,
      files: {
        "flush/flush_example": { text: "ABC12\nABC1234\nabc123\nABC123\n", atime: 1000 },
      },
    },
  },
  ...["AB-C", "", "../x", "A".repeat(256), "A B", "A\nB", "\xc3\xa9"].map(
    (queueId): ContractCase => ({
      rows: [5],
      name: `add of ${JSON.stringify(queueId.slice(0, 8))}, ${queueId.length} bytes`,
      send: [add("flush.example", queueId)],
      want: { status: 3, files: { "flush/flush_example": null } },
    }),
  ),
  {
    rows: [6],
    name: "add of the longest queue ID",
    send: [add("flush.example", "A".repeat(255))],
    want: { status: 0, files: { "flush/flush_example": `${"A".repeat(255)}\n` } },
  },
  ...["A", "_", "0z9_Z", "4jYCDY3XvNzLDg6L"].map(
    (queueId): ContractCase => ({
      rows: [6],
      name: `add of ${queueId}`,
      send: [add("flush.example", queueId)],
      want: { status: 0, files: { "flush/flush_example": `${queueId}\n` } },
    }),
  ),
  {
    name: "send_file of what is no queue ID",
    send: [sendFile("../x")],
    want: { status: 3 },
  },
];

const LISTS: readonly ContractCase[] = [
  {
    rows: [32],
    name: "attributes in the wrong order",
    send: ["request\0add\0queue_id\0ABC123\0site\0flush.example\0\0"],
    want: {
      status: 3,
      log: ["warning: unexpected attribute queue_id from PEER (expecting: site)"],
    },
  },
  {
    rows: [33],
    name: "queue_id is missing",
    send: ["request\0add\0site\0flush.example\0\0"],
    want: { status: 3, log: ["warning: missing attribute queue_id in input from PEER"] },
  },
  {
    rows: [33],
    name: "both are missing",
    send: ["request\0add\0\0"],
    want: { status: 3, log: ["warning: missing attribute site in input from PEER"] },
  },
  {
    name: "send_site without site",
    send: ["request\0send_site\0\0"],
    want: { status: 3, log: ["warning: missing attribute site in input from PEER"] },
  },
  {
    name: "send_file without queue_id",
    send: ["request\0send_file\0site\0x.example\0\0"],
    want: {
      status: 3,
      log: ["warning: unexpected attribute site from PEER (expecting: queue_id)"],
    },
  },
  {
    rows: [34],
    name: "an extra attribute between",
    send: ["request\0add\0site\0flush.example\0foo\0bar\0queue_id\0ABC123\0\0"],
    want: {
      status: 3,
      log: ["warning: unexpected attribute foo from PEER (expecting: queue_id)"],
    },
  },
  {
    name: "the same attribute twice",
    send: ["request\0add\0site\0a.example\0site\0b.example\0queue_id\0ABC123\0\0"],
    want: {
      status: 3,
      log: ["warning: unexpected attribute site from PEER (expecting: queue_id)"],
    },
  },
  {
    rows: [35],
    name: "an extra attribute at the end: the request is executed",
    send: ["request\0add\0site\0flush.example\0queue_id\0ABC123\0foo\0bar\0\0"],
    want: {
      status: 0,
      log: ["warning: unexpected attribute foo from PEER (expecting: (list terminator))"],
      files: { "flush/flush_example": "ABC123\n" },
    },
  },
  {
    rows: [36],
    name: "the greeting is sent back",
    send: [`protocol\0queue_flush_protocol\0${add("flush.example")}`],
    want: {
      status: 3,
      log: ["warning: unexpected attribute protocol from PEER (expecting: request)"],
    },
  },
  ...["frob", "refresh", "PURGE", "", "w", "Add", "add "].map(
    (name): ContractCase => ({
      rows: [40],
      name: `an unknown request: "${name}"`,
      send: [request(name)],
      want: { status: null },
    }),
  ),
  {
    rows: [41],
    name: "a list without request",
    send: ["foo\0bar\0\0"],
    want: {
      status: 3,
      log: ["warning: unexpected attribute foo from PEER (expecting: request)"],
    },
  },
  {
    rows: [41],
    name: "an empty list",
    send: ["\0\0\0"],
    want: { status: 3, log: ["warning: missing attribute request in input from PEER"] },
  },
  {
    name: "binary",
    send: ["\xff\xfe\x01\x02\0\x03\0\0"],
    want: {
      status: 3,
      log: ["warning: unexpected attribute ???? from PEER (expecting: request)"],
    },
  },
  {
    rows: [48],
    name: "rfrsh without terminator",
    state: OLD_RECORD,
    send: ["request\0rfrsh\0"],
    want: { status: 0, wakes: ["I\0"], files: REFRESHED },
  },
  {
    rows: [48],
    name: "rfrsh with extra attributes",
    state: OLD_RECORD,
    send: ["request\0rfrsh\0foo\0bar\0\0"],
    want: { status: 0, wakes: ["I\0"], files: REFRESHED },
  },
  {
    rows: [48],
    name: "purge without terminator, cut",
    state: OLD_RECORD,
    send: ["request\0purge\0", END],
    want: { status: 0, wakes: ["I\0", "I\0"], files: PURGED },
    differs: {
      why: "one wake-up a second and walk, not one a log (ARCHITECTURE, defect 20)",
      ours: { wakes: ["I\0"] },
    },
  },
  {
    rows: [48],
    name: "rfrsh is answered before the work",
    state: { "flush/old_example": { text: "MISSING\n", age: 50_000 } },
    send: [
      { do: "lock", path: "flush/old_example", kind: "flock" },
      request("rfrsh"),
      REPLY,
      { do: "note", what: "reply" },
      { do: "note", what: "flush/old_example" },
      { do: "unlock" },
    ],
    want: {
      status: 0,
      notes: ["replied", "MISSING\n"],
      wakes: ["I\0"],
      files: { "flush/old_example": "" },
    },
  },
  {
    rows: [49],
    name: "two requests in one write: the second is not looked at",
    send: [add("one.example") + add("two.example")],
    want: {
      status: 0,
      files: { "flush/one_example": "ABC123\n", "flush/two_example": null },
    },
  },
  {
    name: "a request of 9,000 bytes",
    send: [request("add", "site", `${"x".repeat(9000)}.example`, "queue_id", "ABC123")],
    want: {
      status: 4,
      log: [
        `warning: midna_domain_to_ascii_create: Problem translating domain "${"x".repeat(100)}" to ASCII form: ` +
          "UIDNA_ERROR_LABEL_TOO_LONG,UIDNA_ERROR_DOMAIN_NAME_TOO_LONG",
      ],
    },
    differs: {
      why: "a request has at most 8,192 bytes (ARCHITECTURE, defect 18)",
      ours: {
        status: 3,
        log: ["warning: request too long from PEER: no end within 8192 bytes"],
      },
    },
  },
];

/** The rows. */
export const REQUEST_ROWS: readonly ContractCase[] = [...WELL_FORMED, ...LISTS];
