/** Messages that can't be released, and queue managers that can't be woken: POSTFIX-FLUSH-SPEC sections 3 and 4. */
import { CARRIES_F, NO_LINKS, REPLY } from "./common_rows.ts";
import { type ContractCase, sendFile, sendSite } from "./contract_case.ts";

const SITE = "one.example";
const LOG = "flush/one_example";

const MESSAGES: readonly ContractCase[] = [
  {
    name: "root's message in deferred",
    state: { [LOG]: "ABC123\n", "deferred/A/ABC123": { owner: "root" } },
    send: [sendSite(SITE)],
    want: {
      status: 0,
      wakes: ["F\0", "I\0"],
      log: [
        "warning: flush_one_file: update deferred/A/ABC123 time stamps: Operation not permitted",
      ],
      files: { [LOG]: "", "deferred/A/ABC123": { mtime: 1000 } },
    },
    differs: {
      why: "the entry of a message in trouble stays (ARCHITECTURE, Gone means gone)",
      ours: { ...CARRIES_F.ours, files: { [LOG]: "ABC123\n" } },
    },
  },
  {
    name: "a message that is a link",
    state: {
      "hold/OTHER": "",
      [LOG]: "ABC123\n",
      "deferred/A/ABC123": { linkTo: "../../hold/OTHER" },
    },
    send: [sendSite(SITE)],
    want: {
      status: 0,
      wakes: ["F\0", "I\0"],
      files: { "incoming/ABC123": { kind: "link", mtime: 1000 }, "hold/OTHER": { mtime: "now" } },
    },
    differs: {
      why: NO_LINKS,
      ours: {
        ...CARRIES_F.ours,
        files: {
          "incoming/ABC123": { mtime: "now" },
          "hold/OTHER": { atime: 1000, mtime: 1000 },
        },
      },
    },
  },
  {
    name: "send_file of a link",
    state: { "hold/OTHER": "", "deferred/A/ABC123": { linkTo: "../../hold/OTHER" } },
    send: [sendFile("ABC123")],
    want: {
      status: 0,
      log: ["warning: flush_one_file: open deferred/A/ABC123: file is a symbolic link"],
      files: { "hold/OTHER": { mtime: "now" } },
    },
    differs: {
      why: NO_LINKS,
      ours: {
        files: {
          "deferred/A/ABC123": { mtime: "now" },
          "hold/OTHER": { atime: 1000, mtime: 1000 },
        },
      },
    },
  },
  {
    name: "send_file of a directory",
    state: { "deferred/A/ABC123": { kind: "directory" } },
    send: [sendFile("ABC123")],
    want: {
      status: 0,
      log: ["warning: flush_one_file: open deferred/A/ABC123: cannot open file: Is a directory"],
      files: { "deferred/A/ABC123": { mtime: "now" } },
    },
  },
  {
    name: "send_file of a file that can't be opened",
    state: { "deferred/A/ABC123": { mode: 0o000 } },
    send: [sendFile("ABC123")],
    want: {
      status: 0,
      log: ["warning: flush_one_file: open deferred/A/ABC123: cannot open file: Permission denied"],
    },
  },
  {
    name: "incoming that can't be written to",
    state: {
      incoming: { kind: "directory", mode: 0o500 },
      [LOG]: "ABC123\n",
      "deferred/A/ABC123": "",
    },
    send: [sendSite(SITE)],
    want: {
      status: 0,
      wakes: ["F\0", "I\0"],
      log: ["warning: deferred/A/ABC123: rename from deferred to incoming: Permission denied"],
      files: { "deferred/A/ABC123": { mtime: "now" }, [LOG]: "" },
    },
    differs: {
      why: "the entry of a message in trouble stays (ARCHITECTURE, Gone means gone)",
      ours: { ...CARRIES_F.ours, files: { [LOG]: "ABC123\n" } },
    },
  },
  {
    name: "send_file, incoming that can't be written to",
    state: { incoming: { kind: "directory", mode: 0o500 }, "deferred/A/ABC123": "" },
    send: [sendFile("ABC123")],
    want: {
      status: 0,
      wakes: ["I\0"],
      log: ["warning: deferred/A/ABC123: rename from deferred to incoming: Permission denied"],
      files: { "deferred/A/ABC123": { mtime: "now", mode: "0740" } },
    },
    differs: {
      why: "nothing was put where the queue manager would look",
      ours: { wakes: [] },
    },
  },
  ...(
    [
      ["incoming", { kind: "directory", mode: 0o500 }, "Permission denied"],
      ["incoming", { kind: "missing" }, "Permission denied"],
      ["incoming/A", { linkTo: "A" }, "Too many levels of symbolic links"],
    ] as const
  ).map(
    ([path, spec, why]): ContractCase => ({
      name: `a hashed directory that can't be made: ${path} ${JSON.stringify(spec)}`,
      config: { hash_queue_names: "incoming deferred", hash_queue_depth: "2" },
      state: { [path]: spec, [LOG]: "ABC123\n", "deferred/A/B/ABC123": "" },
      send: [sendSite(SITE)],
      want: {
        status: 0,
        wakes: ["F\0", "I\0"],
        log: [`warning: deferred/A/B/ABC123: rename from deferred to incoming: ${why}`],
        files: { [LOG]: "" },
      },
      differs: {
        why: "the entry of a message in trouble stays (ARCHITECTURE, Gone means gone)",
        ours: { ...CARRIES_F.ours, files: { [LOG]: "ABC123\n" } },
      },
    }),
  ),
  {
    name: "a file where a hashed directory of incoming should be",
    config: { hash_queue_names: "incoming deferred", hash_queue_depth: "2" },
    state: { "incoming/A": "", [LOG]: "ABC123\n", "deferred/A/B/ABC123": "" },
    send: [sendSite(SITE)],
    want: {
      status: 0,
      wakes: ["F\0", "I\0"],
      log: ["warning: deferred/A/B/ABC123: rename from deferred to incoming: Not a directory"],
      files: { [LOG]: "" },
    },
    differs: {
      why: "the entry of a message in trouble stays (ARCHITECTURE, Gone means gone)",
      ours: { ...CARRIES_F.ours, files: { [LOG]: "ABC123\n" } },
    },
  },
];

const NO_QUEUE_MANAGER: readonly ContractCase[] = [
  {
    rows: [80],
    name: "public/qmgr is missing",
    state: { "deferred/A/ABC123": "", "public/qmgr": { kind: "missing" } },
    send: [sendFile("ABC123")],
    want: {
      status: 0,
      log: ["warning: unable to look up public/qmgr: No such file or directory"],
      files: { "incoming/ABC123": "" },
    },
  },
  {
    rows: [80],
    name: "public/qmgr is a regular file",
    state: { [LOG]: "A1\n", "public/qmgr": "" },
    send: [sendSite(SITE)],
    want: {
      status: 0,
      log: [
        "warning: public/qmgr is not a socket or a fifo",
        "warning: public/qmgr is not a socket or a fifo",
      ],
      files: { [LOG]: "" },
    },
  },
  {
    rows: [80],
    name: "public/qmgr is a socket that nobody listens at",
    state: { "deferred/A/ABC123": "", "public/qmgr": { kind: "dead socket" } },
    send: [sendFile("ABC123")],
    want: { status: 0, files: { "incoming/ABC123": "" } },
  },
  {
    rows: [80],
    name: "public/qmgr is a FIFO",
    state: { "deferred/A/ABC123": "", "public/qmgr": { kind: "fifo" } },
    send: [sendFile("ABC123")],
    want: { status: 0, wakes: ["I"], files: { "incoming/ABC123": "" } },
  },
  {
    rows: [80],
    name: "public/qmgr has no room",
    state: { "deferred/A/ABC123": "", "public/qmgr": { kind: "full socket" } },
    send: [sendFile("ABC123"), REPLY, { do: "make room" }],
    want: { status: 0, files: { "incoming/ABC123": "" } },
    differs: {
      why: "tried again for trigger_timeout (ARCHITECTURE, defect 13)",
      ours: { wakes: ["I\0"] },
    },
  },
  {
    rows: [80],
    name: "queue_service_name",
    config: { queue_service_name: "other" },
    state: { "deferred/A/ABC123": "" },
    send: [sendFile("ABC123")],
    want: {
      status: 0,
      log: ["warning: unable to look up public/other: No such file or directory"],
      files: { "incoming/ABC123": "" },
    },
  },
];

/** The rows. */
export const BAD_MESSAGE_ROWS: readonly ContractCase[] = [...MESSAGES, ...NO_QUEUE_MANAGER];
