/** How processes come and go, several clients at once, and Postfix's own clients: POSTFIX-FLUSH-SPEC sections 1.1 and 7. */
import { add, sendSite } from "./contract_case.ts";
import type { LifeCase, LifeStep } from "./life_case.ts";

const SITE = "one.example";
const VERBOSE = /^(idle timeout|master disconnect)/;

/** A client that has asked half of an add, and what is missing. */
const HALF = "request\0add\0";
const REST = `site\0${SITE}\0queue_id\0LATE\0\0`;
const BUSY: readonly LifeStep[] = [
  { do: "open", client: "busy" },
  { do: "write", client: "busy", bytes: HALF },
  { do: "ask", client: "other", bytes: add(SITE, "FIRST") },
];
const FINISH: readonly LifeStep[] = [
  { do: "await processes", count: 1 },
  { do: "write", client: "busy", bytes: REST },
  { do: "answer", client: "busy" },
  { do: "await processes", count: 0 },
];
const FINISHED = { notes: ["other: 0", "busy: 0"], record: { one_example: "FIRST\nLATE\n" } };

/** Four clients that say nothing. */
const SILENT: readonly LifeStep[] = [1, 2, 3, 4].map((number) => ({
  do: "open",
  client: `silent ${number}`,
}));

/** The rows. */
export const LIFE_ROWS: readonly LifeCase[] = [
  {
    rows: [85],
    name: "reload: a busy process finishes its client, an idle one goes",
    steps: [
      ...BUSY,
      { do: "reload" },
      // Where one process serves all, their number does not tell that the reload has arrived.
      { do: "pause", ms: 1000 },
      ...FINISH,
      { do: "ask", client: "next", bytes: add(SITE, "NEXT") },
    ],
    want: {
      notes: [...FINISHED.notes, "next: 0"],
      record: { one_example: "FIRST\nLATE\nNEXT\n" },
    },
  },
  {
    rows: [86],
    name: "kill -9 of master: a busy process finishes its client",
    steps: [...BUSY, { do: "kill master" }, ...FINISH],
    want: FINISHED,
  },
  {
    name: "a service that is taken out of master.cf",
    steps: [
      { do: "ask", client: "first", bytes: add(SITE) },
      { do: "take out" },
      { do: "await processes", count: 0 },
    ],
    want: { notes: ["first: 0"], record: { one_example: "ABC123\n" } },
  },
  {
    rows: [87],
    name: "max_use = 2: no process serves more, and every client is served",
    args: ["-v", "-o", "max_use=2"],
    logFilter: /^connection established/,
    steps: ["A1", "A2", "A3", "A4", "A5", "A6"].map((id) => ({
      do: "ask",
      client: id,
      bytes: add(SITE, id),
    })),
    want: {
      notes: ["A1: 0", "A2: 0", "A3: 0", "A4: 0", "A5: 0", "A6: 0"],
      log: Array.from({ length: 6 }, () => "connection established"),
      most: 2,
      record: { one_example: "A1\nA2\nA3\nA4\nA5\nA6\n" },
    },
  },
  {
    rows: [87],
    name: "max_use = 1: the last client of a process keeps nobody waiting, after a reload too",
    args: ["-o", "max_use=1"],
    steps: [
      { do: "reload" },
      { do: "pause", ms: 1000 },
      { do: "open", client: "slow" },
      { do: "ask", client: "next", bytes: add(SITE, "NEXT") },
      { do: "write", client: "slow", bytes: add(SITE, "SLOW") },
      { do: "answer", client: "slow" },
    ],
    want: { notes: ["next: 0", "slow: 0"], record: { one_example: "NEXT\nSLOW\n" } },
  },
  {
    rows: [88],
    name: "max_idle = 1s: gone after a second",
    args: ["-v", "-o", "max_idle=1s"],
    logFilter: VERBOSE,
    steps: [
      { do: "ask", client: "first", bytes: add(SITE) },
      { do: "await processes", count: 0 },
    ],
    want: {
      notes: ["first: 0"],
      log: ["idle timeout -- exiting"],
      record: { one_example: "ABC123\n" },
    },
  },
  {
    rows: [88],
    name: "max_idle = 1s: not while a client is there",
    args: ["-v", "-o", "max_idle=1s"],
    logFilter: VERBOSE,
    steps: [
      { do: "open", client: "slow" },
      { do: "pause", ms: 2000 },
      { do: "note processes" },
      { do: "write", client: "slow", bytes: add(SITE) },
      { do: "answer", client: "slow" },
    ],
    want: { notes: ["1 processes", "slow: 0"], record: { one_example: "ABC123\n" } },
  },
  {
    rows: [85],
    name: "reload, -v",
    args: ["-v"],
    logFilter: VERBOSE,
    steps: [
      { do: "ask", client: "first", bytes: add(SITE) },
      { do: "reload" },
      { do: "await processes", count: 0 },
    ],
    want: {
      notes: ["first: 0"],
      log: ["master disconnect -- exiting"],
      record: { one_example: "ABC123\n" },
    },
  },
  {
    rows: [89],
    name: "four silent clients keep nobody waiting",
    steps: [...SILENT, { do: "ask", client: "fifth", bytes: add(SITE) }, { do: "note processes" }],
    want: { notes: ["fifth: 0", "5 processes"], record: { one_example: "ABC123\n" } },
    differs: {
      why: "one process serves all (ARCHITECTURE, One process, many clients)",
      ours: { notes: ["fifth: 0", "1 processes"] },
    },
  },
  {
    rows: [90],
    name: "in the jail",
    chroot: true,
    state: { "flush/two_example": "GONE\n" },
    steps: [
      { do: "ask", client: "add", bytes: add(SITE) },
      { do: "ask", client: "send_site", bytes: sendSite("two.example") },
      { do: "await jail" },
    ],
    want: {
      notes: ["add: 0", "send_site: 0"],
      record: { one_example: "ABC123\n", two_example: "" },
    },
  },
  {
    rows: [91],
    name: "the first use wakes the service up at once",
    wakeup: "1000?",
    // Queued, or the wake-up might find it gone where the add is quicker.
    state: { "flush/old_example": { text: "", age: 1_000_000 }, "active/ABC123": "" },
    steps: [
      { do: "ask", client: "first", bytes: add(SITE) },
      { do: "await removal", path: "flush/old_example" },
    ],
    want: { notes: ["first: 0"], record: { one_example: "ABC123\n" } },
  },
  {
    rows: [93],
    name: "Postfix's own clients",
    args: ["-o", "fast_flush_domains=one.example"],
    state: { "flush/one_example": "GONE\n" },
    steps: [
      { do: "command", command: ["postqueue", "-s", SITE] },
      { do: "command", command: ["postqueue", "-i", "ABC123"] },
      { do: "command", command: ["postqueue", "-s", "other.example"] },
      { do: "command", command: ["sendmail", `-qR${SITE}`] },
      { do: "command", command: ["sendmail", "-qIABC123"] },
      { do: "etrn", site: SITE },
      { do: "etrn", site: "other.example" },
    ],
    want: {
      notes: [
        "postqueue -s one.example: 0",
        "postqueue -i ABC123: 0",
        'postqueue -s other.example: 69 postqueue: fatal: Flush service is not configured for destination "other.example"',
        "sendmail -qRone.example: 0",
        "sendmail -qIABC123: 0",
        "ETRN one.example: 250 Queuing started",
        "ETRN other.example: 459 <other.example>: service unavailable",
      ],
      record: { one_example: "" },
    },
  },
  {
    name: "-v: what is said of a client",
    args: ["-v"],
    logFilter: /^(connection|master_notify)/,
    steps: [
      { do: "ask", client: "first", bytes: add(SITE) },
      { do: "reload" },
      { do: "await processes", count: 0 },
    ],
    want: {
      notes: ["first: 0"],
      log: [
        "connection established",
        "master_notify: status 0",
        "master_notify: status 1",
        "connection closed",
      ],
      record: { one_example: "ABC123\n" },
    },
    differs: {
      why: "available all the time, but for one pair of both in one write (ARCHITECTURE, One process, many clients)",
      ours: {
        log: [
          "connection established",
          "connection closed",
          "master_notify: status 0",
          "master_notify: status 1",
        ],
      },
    },
  },
  {
    name: "an accept lock that can't be opened",
    state: { "pid/unix.flush": { kind: "directory" } },
    logFilter: /^fatal/,
    steps: [{ do: "knock", client: "first" }],
    want: {
      notes: ["first: not greeted"],
      log: ["fatal: open lock file pid/unix.flush: cannot open file: Is a directory"],
      badEnds: ["exit status 1"],
    },
    differs: {
      why: "there is one process, and no accept lock (ARCHITECTURE, What is not done)",
      ours: { notes: ["first: greeted"], log: [], badEnds: [] },
    },
  },
  {
    name: "daemon_timeout: a log that stays locked",
    args: ["-o", "daemon_timeout=3s"],
    state: { "flush/one_example": "A1\n" },
    steps: [
      { do: "lock", path: "flush/one_example", kind: "flock" },
      { do: "open", client: "waits" },
      { do: "write", client: "waits", bytes: add(SITE) },
      { do: "pause", ms: 6000 },
      { do: "unlock" },
      { do: "answer", client: "waits" },
    ],
    want: {
      notes: ["waits: closed"],
      log: ["fatal: watchdog timeout"],
      badEnds: ["exit status 1"],
      record: { one_example: "A1\n" },
    },
    differs: {
      why: "nothing waits for a lock without going on with other work (DESIGN, Lock)",
      ours: {
        notes: ["waits: 0"],
        log: [],
        badEnds: [],
        record: { one_example: "A1\nABC123\n" },
      },
    },
  },
  {
    name: "daemon_timeout: a process that is stuck",
    args: ["-o", "daemon_timeout=3s"],
    steps: [
      { do: "open", client: "stuck" },
      { do: "stop" },
      { do: "pause", ms: 4000 },
      { do: "continue" },
      { do: "write", client: "stuck", bytes: add(SITE) },
      { do: "answer", client: "stuck" },
    ],
    want: { notes: ["stuck: 0"], record: { one_example: "ABC123\n" } },
    differs: {
      why: "the kernel's alarm ends it, since a stuck loop runs no handler; the original counts three (DESIGN, Runtime)",
      ours: { notes: ["stuck: closed"], badEnds: ["signal 14"], record: {} },
    },
  },
];
