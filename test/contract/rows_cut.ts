/** Requests that are cut, split, too short or late: POSTFIX-FLUSH-SPEC sections 1.6 and 1.7. */
import { GREETING } from "../../lab/greeting.ts";
import { CARRIES_F, CLOSE, END, OLD_RECORD, READ, REFRESHED, underMaster } from "./common_rows.ts";
import { add, type ContractCase, sendSite } from "./contract_case.ts";

const CUT: readonly ContractCase[] = [
  {
    rows: [37],
    name: "a list without terminator, cut",
    send: ["request\0add\0site\0flush.example\0queue_id\0ABC123\0", END],
    want: {
      status: 3,
      log: ["warning: premature end-of-input on PEER while reading input attribute name"],
      files: { "flush/flush_example": null },
    },
  },
  {
    rows: [38],
    name: "cut within a value",
    send: ["request\0add\0site\0flush.exa", END],
    want: {
      status: 3,
      log: ["warning: unexpected end-of-input from PEER while reading input attribute value"],
    },
  },
  {
    rows: [38],
    name: "cut within a name",
    send: ["request\0add\0site\0flush.example\0queue", END],
    want: {
      status: 3,
      log: ["warning: unexpected end-of-input from PEER while reading input attribute name"],
    },
  },
  {
    rows: [38],
    name: "cut within a string that ends in a byte 0xFF",
    send: ["request\0add\0site\0flush.exa\xff", END],
    want: {
      status: 3,
      log: ["warning: premature end-of-input on PEER while reading input attribute value"],
    },
    differs: {
      why: "the original takes that byte for the end of input between two strings",
      ours: {
        log: ["warning: unexpected end-of-input from PEER while reading input attribute value"],
      },
    },
  },
  {
    rows: [38],
    name: "cut before a value",
    send: ["request\0add\0site\0", END],
    want: {
      status: 3,
      log: ["warning: premature end-of-input on PEER while reading input attribute value"],
    },
  },
  {
    rows: [38],
    name: "cut before the first value",
    send: ["request\0", END],
    want: {
      status: 3,
      log: ["warning: premature end-of-input on PEER while reading input attribute value"],
    },
  },
  {
    rows: [39],
    name: "cut behind the request's name",
    send: ["request\0add\0", END],
    want: { status: 3 },
  },
];

/** Where nothing is read and nothing was sent. */
const CUT_AT_ONCE: ContractCase = {
  rows: [42],
  name: "cut at once",
  send: [END],
  want: {
    status: 3,
    log: ["warning: end-of-input while reading request from PEER: ERROR"],
  },
};

/** Whose greeting has gone out answers with what is left in its buffer. */
const CUT_AFTER_GREETING: readonly ContractCase[] = [
  {
    ...CUT_AT_ONCE,
    only: underMaster("stand-alone the original's reply is well-formed: the next row"),
    want: { ...CUT_AT_ONCE.want, reply: "3\0\0" },
    differs: {
      why: "a well-formed status instead of three bytes (ARCHITECTURE, defect 17)",
      ours: { status: 3 },
    },
  },
  {
    ...CUT_AT_ONCE,
    name: "cut at once, stand-alone",
    only: { way: "stand-alone", why: "under master the original's reply is malformed" },
  },
];

const TRIGGERS: readonly ContractCase[] = [
  ...[["W\0"], ["W", END], ["W\0", END], ["request\0W\0\0"], ["W", READ, "\0"]].map(
    (send): ContractCase => ({
      rows: [43],
      name: `a wake-up: ${JSON.stringify(send)}`,
      state: OLD_RECORD,
      send,
      want: { status: 0, wakes: ["I\0"], files: REFRESHED },
    }),
  ),
  ...[["X\0"], ["\0"], ["\0\0"], ["X", END], ["XY", END], ["X", READ, "\0"]].map(
    (send): ContractCase => ({
      rows: [44],
      name: `an unknown word: ${JSON.stringify(send)}`,
      send,
      want: { status: null },
    }),
  ),
  {
    rows: [44],
    name: "an unknown word that ends in a byte 0xFF, and then in the end of input",
    send: ["X\xff", END],
    want: {
      status: 3,
      log: ["warning: end-of-input while reading request from PEER: ERROR"],
    },
    differs: {
      why: "the original takes that byte for the end of input",
      ours: { status: null, log: [] },
    },
    only: { way: "stand-alone", why: "under master the original's reply is malformed" },
  },
  {
    rows: [45],
    name: "a request whose first byte comes alone",
    send: ["r", READ, add("flush.example").slice(1)],
    want: { status: null, files: { "flush/flush_example": null } },
    differs: {
      why: "what a client writes may arrive in parts (ARCHITECTURE, defect 15)",
      ours: {
        status: 0,
        files: {
          flush: { mtime: "now" },
          "flush/flush_example": "ABC123\n",
        },
      },
    },
  },
  {
    rows: [46],
    name: "a request whose first three bytes come alone",
    send: ["req", READ, add("flush.example").slice(3)],
    want: { status: 0, files: { "flush/flush_example": "ABC123\n" } },
  },
  {
    rows: [46],
    name: "a request in many parts",
    send: [
      "request\0a",
      READ,
      "dd\0",
      READ,
      "site",
      READ,
      "\0flush.example\0queue_id\0A",
      READ,
      "B\0\0",
    ],
    want: { status: 0, files: { "flush/flush_example": "AB\n" } },
  },
  {
    rows: [47],
    name: "a short purge in two parts",
    state: { "flush/new_example": { text: "MISSING\n", age: 100 } },
    send: ["pu", READ, "rge\0"],
    want: { status: 0, wakes: ["I\0"], files: { "flush/new_example": "" } },
  },
  {
    rows: [47],
    name: "a short purge in one part is a list",
    send: ["purge\0", END],
    want: {
      status: 3,
      log: ["warning: unexpected attribute purge from PEER (expecting: request)"],
    },
  },
];

/** Whoever isn't greeted is not missed: before Postfix 3.6 their requests are executed. */
const HUNG_UP: readonly ContractCase[] = [
  {
    rows: [52],
    name: "a client that has hung up before the greeting: add",
    send: [add("flush.example"), CLOSE],
    want: { status: null, ungreeted: true, files: { "flush/flush_example": null } },
  },
  {
    rows: [52],
    name: "a client that has hung up before the greeting: W",
    state: OLD_RECORD,
    send: ["W\0", CLOSE],
    want: {
      status: null,
      ungreeted: true,
      files: { "flush/old_example": "MISSING\n" },
      log: ["warning: end-of-input while reading request from PEER: ERROR"],
    },
    differs: {
      why: "nobody who is gone before the greeting is missed; the original has no line for an add either",
      ours: { log: [] },
    },
  },
];

const PATIENCE: readonly ContractCase[] = [
  {
    rows: [50],
    name: "silence",
    config: { ipc_timeout: "1s" },
    send: [],
    want: { status: 3, log: ["warning: timeout while waiting for data from PEER"] },
  },
  {
    rows: [51],
    name: "silence within a string",
    config: { ipc_timeout: "1s" },
    send: ["request\0ad"],
    only: underMaster("stand-alone there is no timeout behind the first bytes"),
    want: {
      status: null,
      log: ["warning: unexpected end-of-input from PEER while reading input attribute value"],
    },
  },
  {
    rows: [51],
    name: "silence between strings",
    config: { ipc_timeout: "1s" },
    send: ["request\0add\0site\0"],
    only: underMaster("stand-alone there is no timeout behind the first bytes"),
    want: {
      status: null,
      log: ["warning: timeout on PEER while reading input attribute value"],
    },
  },
  {
    rows: [51],
    name: "silence before a name",
    config: { ipc_timeout: "1s" },
    send: ["request\0add\0site\0one.example\0"],
    only: underMaster("stand-alone there is no timeout behind the first bytes"),
    want: {
      status: null,
      log: ["warning: timeout on PEER while reading input attribute name"],
    },
  },
  {
    rows: [51],
    name: "silence behind the request's name",
    config: { ipc_timeout: "1s" },
    send: ["request\0add\0"],
    only: underMaster("stand-alone there is no timeout behind the first bytes"),
    want: { status: null },
  },
  {
    rows: [51],
    name: "a lone W and silence",
    config: { ipc_timeout: "1s" },
    state: OLD_RECORD,
    send: ["W"],
    only: underMaster("stand-alone there is no timeout behind the first bytes"),
    want: { status: null, wakes: ["I\0"], files: REFRESHED },
    differs: {
      why: "who asks by half has not asked (ARCHITECTURE, defect 17)",
      ours: {
        wakes: [],
        files: { "flush/old_example": { text: "MISSING\n", atime: 50_000, mtime: 50_000 } },
      },
    },
  },
  ...(GREETING === "" ? [] : HUNG_UP),
  {
    name: "a client that only shuts down writing gets its reply",
    state: { "flush/one_example": "ABC123\n", "deferred/A/ABC123": "" },
    send: [sendSite("one.example"), END],
    want: { status: 0, wakes: ["F\0", "I\0"], files: { "flush/one_example": "" } },
    differs: CARRIES_F,
  },
  {
    name: "a client that only shuts down writing gets its reply, however long that takes",
    state: { "flush/one_example": "A1\n" },
    send: [
      { do: "lock", path: "flush/one_example", kind: "flock" },
      add("one.example"),
      END,
      { do: "pause", ms: 100 },
      { do: "unlock" },
    ],
    want: { status: 0, files: { "flush/one_example": "A1\nABC123\n" } },
  },
];

/** The rows. */
export const CUT_ROWS: readonly ContractCase[] = [
  ...CUT,
  ...(GREETING === "" ? [CUT_AT_ONCE] : CUT_AFTER_GREETING),
  ...TRIGGERS,
  ...PATIENCE,
];
