/** Logs that can't be opened, read, written or removed: POSTFIX-FLUSH-SPEC sections 2, 8.2 and 10. */
import { LIVES, NO_LINKS, READ } from "./common_rows.ts";
import { add, type ContractCase, request, sendSite } from "./contract_case.ts";

const SITE = "one.example";
const LOG = "flush/one_example";
const DUE = 100_000;

/** The original dies without a reply; ours answers "fail" and warns in the same words. */
function denied(text: string): Pick<ContractCase, "want" | "differs"> {
  return {
    want: { status: null, exit: 1, log: [`fatal: ${text}`] },
    differs: { why: LIVES, ours: { status: -1, exit: 0, log: [`warning: ${text}`] } },
  };
}

const ADDS: readonly ContractCase[] = [
  {
    rows: [76],
    name: "add to a log that links to /dev/full",
    state: { [LOG]: { linkTo: "/dev/full" } },
    send: [add(SITE)],
    want: {
      status: 0,
      log: [
        "warning: write fast flush logfile one_example: No space left on device",
        "warning: write fast flush logfile one_example: No space left on device",
      ],
    },
    differs: {
      why: NO_LINKS,
      ours: {
        status: -1,
        log: [
          "warning: flush_add_path: open fast flush logfile one_example: Too many levels of symbolic links",
        ],
      },
    },
  },
  {
    name: "an add that fails asks for a rebuild",
    state: { [LOG]: "A1\n", "flush/REBUILT": { age: 500 } },
    fileBytesMax: 3,
    send: [add(SITE)],
    logFilter: /^$/,
    want: { status: 0, files: { "flush/REBUILT": { atime: 500, mtime: 500 } } },
    differs: {
      why: "the next wake-up completes the record from the queue",
      ours: {
        status: -1,
        files: { flush: { mtime: "now" }, "flush/REBUILT": null, [LOG]: { mtime: "now" } },
      },
    },
  },
  {
    rows: [76],
    name: "add to a log that can't grow",
    state: { [LOG]: "A1\n" },
    fileBytesMax: 3,
    send: [add(SITE)],
    want: {
      status: 0,
      log: [
        "warning: write fast flush logfile one_example: File too large",
        "warning: write fast flush logfile one_example: File too large",
      ],
      files: { [LOG]: "A1\n" },
    },
    differs: {
      why: '"fail" where nothing was written (ARCHITECTURE, defect 10)',
      ours: {
        status: -1,
        log: ["warning: write fast flush logfile one_example: File too large"],
        files: { [LOG]: { mtime: "now" } },
      },
    },
  },
  {
    rows: [76],
    name: "add to a log that can grow by three bytes",
    state: { [LOG]: "A1\n" },
    fileBytesMax: 6,
    send: [add(SITE)],
    want: {
      status: 0,
      log: [
        "warning: write fast flush logfile one_example: File too large",
        "warning: write fast flush logfile one_example: File too large",
      ],
      files: { [LOG]: { text: "A1\nABC", mtime: "now" } },
    },
    differs: {
      why: 'a fragment is taken back, and "fail" (ARCHITECTURE, defect 10)',
      ours: {
        status: -1,
        log: ["warning: write fast flush logfile one_example: File too large"],
        files: { [LOG]: "A1\n" },
      },
    },
  },
  {
    name: "add behind a line without newline",
    state: { [LOG]: "A1\nFRAGMENT" },
    send: [add(SITE)],
    want: { status: 0, files: { [LOG]: "A1\nFRAGMENTABC123\n" } },
    differs: {
      why: "fragments don't merge with the next entry (ARCHITECTURE, defect 10)",
      ours: { files: { [LOG]: "A1\nFRAGMENT\nABC123\n" } },
    },
  },
  {
    name: "add behind the same entry without newline: it does not count as held",
    state: { [LOG]: "A1\nABC123" },
    send: [add(SITE)],
    want: { status: 0, files: { [LOG]: "A1\nABC123ABC123\n" } },
    differs: {
      why: "fragments don't merge with the next entry (ARCHITECTURE, defect 10)",
      ours: { files: { [LOG]: "A1\nABC123\nABC123\n" } },
    },
  },
  {
    rows: [77],
    name: "add to root's log",
    state: { [LOG]: { text: "A1\n", owner: "root" } },
    send: [add(SITE)],
    ...denied("flush_add_path: open fast flush logfile one_example: Permission denied"),
  },
  {
    rows: [77],
    name: "add where the record is missing",
    state: { flush: { kind: "missing" } },
    send: [add(SITE)],
    want: {
      status: null,
      exit: 1,
      log: ["fatal: flush_add_path: open fast flush logfile one_example: Permission denied"],
    },
    differs: {
      why: `${LIVES}; and the record's own directory is not for the mail owner to make`,
      ours: {
        status: -1,
        exit: 0,
        log: [
          "warning: flush_add_path: open fast flush logfile one_example: No such file or directory",
        ],
      },
    },
  },
  {
    name: "add where the log is a directory",
    state: { [LOG]: { kind: "directory" } },
    send: [add(SITE)],
    ...denied("flush_add_path: open fast flush logfile one_example: Is a directory"),
  },
  {
    name: "add where the log links to itself",
    state: { [LOG]: { linkTo: "one_example" } },
    send: [add(SITE)],
    ...denied(
      "flush_add_path: open fast flush logfile one_example: Too many levels of symbolic links",
    ),
  },
  {
    name: "add to a log that links to another one",
    state: { "flush/two_example": "A1\n", [LOG]: { linkTo: "two_example" } },
    send: [add(SITE)],
    want: { status: 0, files: { "flush/two_example": { text: "A1\nABC123\n", mtime: "now" } } },
    differs: {
      why: NO_LINKS,
      ours: {
        status: -1,
        log: [
          "warning: flush_add_path: open fast flush logfile one_example: Too many levels of symbolic links",
        ],
        files: { "flush/two_example": { text: "A1\n", mtime: 1000 } },
      },
    },
  },
  {
    rows: [78],
    name: "add to a log that is locked by flock",
    state: { [LOG]: "A1\n" },
    send: [
      { do: "lock", path: LOG, kind: "flock" },
      add(SITE),
      READ,
      { do: "pause", ms: 100 },
      { do: "note", what: "reply" },
      { do: "note", what: LOG },
      { do: "unlock" },
    ],
    want: { status: 0, notes: ["silent", "A1\n"], files: { [LOG]: "A1\nABC123\n" } },
  },
  {
    rows: [79],
    name: "add to a log that is locked by fcntl",
    state: { [LOG]: "A1\n" },
    send: [
      { do: "lock", path: LOG, kind: "fcntl" },
      add(SITE),
      { do: "reply" },
      { do: "note", what: "reply" },
      { do: "note", what: LOG },
      { do: "unlock" },
    ],
    want: { status: 0, notes: ["replied", "A1\nABC123\n"] },
  },
];

const SENDS: readonly ContractCase[] = [
  {
    rows: [77],
    name: "send_site of root's log",
    state: { [LOG]: { text: "A1\n", owner: "root" } },
    send: [sendSite(SITE)],
    ...denied("flush_send_path: open fast flush logfile one_example: Permission denied"),
  },
  {
    name: "send_site where the log is a directory",
    state: { [LOG]: { kind: "directory" } },
    send: [sendSite(SITE)],
    ...denied("flush_send_path: open fast flush logfile one_example: Is a directory"),
  },
  {
    name: "send_site where the log links to another one",
    state: { "flush/two_example": "ABC123\n", [LOG]: { linkTo: "two_example" } },
    send: [sendSite(SITE)],
    want: { status: 0, wakes: ["F\0", "I\0"], files: { "flush/two_example": "" } },
    differs: {
      why: NO_LINKS,
      ours: {
        status: -1,
        wakes: [],
        log: [
          "warning: flush_send_path: open fast flush logfile one_example: Too many levels of symbolic links",
        ],
        files: { "flush/two_example": { text: "ABC123\n", atime: 1000, mtime: 1000 } },
      },
    },
  },
  {
    name: "send_site of a log that can be opened and not read",
    state: { [LOG]: { linkTo: "/proc/self/mem" } },
    allArgs: ["-S"],
    only: { way: "stand-alone", why: "only root can open such a file" },
    send: [sendSite(SITE)],
    want: {
      status: 0,
      wakes: ["F\0"],
      log: ["warning: flush_send_path: read fast flush logfile one_example: Input/output error"],
    },
    differs: {
      why: NO_LINKS,
      ours: {
        status: -1,
        wakes: [],
        log: [
          "warning: flush_send_path: open fast flush logfile one_example: Too many levels of symbolic links",
        ],
      },
    },
  },
];

const WALKS: readonly ContractCase[] = [
  {
    name: "rfrsh of a record that can't be read",
    state: { flush: { kind: "directory", mode: 0o300 }, [LOG]: { text: "A1\n", age: DUE } },
    send: [request("rfrsh")],
    want: {
      status: 0,
      exit: 1,
      log: ["fatal: scan_dir_push: open directory flush: Permission denied"],
    },
    differs: {
      why: LIVES,
      ours: {
        exit: 0,
        log: ["warning: scan_dir_push: open directory flush: Permission denied"],
      },
    },
  },
  {
    name: "purge of a missing record",
    state: { flush: { kind: "missing" } },
    send: [request("purge")],
    want: {
      status: 0,
      exit: 1,
      log: ["fatal: scan_dir_push: open directory flush: No such file or directory"],
    },
    differs: {
      why: LIVES,
      ours: {
        exit: 0,
        log: ["warning: scan_dir_push: open directory flush: No such file or directory"],
      },
    },
  },
  {
    name: "rfrsh of a log that links to itself",
    state: { [LOG]: { linkTo: "one_example" } },
    send: [request("rfrsh")],
    want: {
      status: 0,
      log: [
        "warning: flush_refresh_service: stat flush/one_example: Too many levels of symbolic links",
      ],
    },
    differs: {
      why: NO_LINKS,
      ours: { log: ["warning: flush_refresh_service: flush/one_example: not a regular file"] },
    },
  },
  {
    name: "rfrsh of a log that can't be removed",
    state: { flush: { kind: "directory", mode: 0o500 }, [LOG]: { text: "", age: 10 * DUE } },
    send: [request("rfrsh")],
    want: {
      status: 0,
      log: ["warning: remove logfile flush/one_example: Permission denied"],
      files: { [LOG]: "" },
    },
  },
  {
    name: "rfrsh of root's log, due, and of another one",
    state: { [LOG]: { text: "A1\n", age: DUE, owner: "root" } },
    send: [request("rfrsh")],
    want: {
      status: 0,
      exit: 1,
      log: ["fatal: flush_send_path: open fast flush logfile one_example: Permission denied"],
    },
    differs: {
      why: LIVES,
      ours: {
        exit: 0,
        log: ["warning: flush_send_path: open fast flush logfile one_example: Permission denied"],
      },
    },
  },
];

/** The rows. */
export const BAD_LOG_ROWS: readonly ContractCase[] = [...ADDS, ...SENDS, ...WALKS];
