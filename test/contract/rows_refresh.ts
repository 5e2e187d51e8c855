/** Refresh and purge, and the record's directories: POSTFIX-FLUSH-SPEC sections 2.2 and 2.5. */
import { buildQueueFile } from "../support/queue_files.ts";
import { COMPACTED } from "./common_rows.ts";
import {
  add,
  type ContractCase,
  type Differs,
  type FileSpec,
  request,
  sendSite,
} from "./contract_case.ts";

const LOG = "flush/one_example";
const HOUR = 3600;
const DAY = 24 * HOUR;

const REFRESH = request("rfrsh");
const PURGE = request("purge");

const MENDED: Differs["why"] =
  "a walk goes on where the original dies of it (ARCHITECTURE, defect 14)";

/** A message to two sites. */
const DEFERRED = buildQueueFile({
  recipients: [{ address: "x@one.example" }, { address: "y@two.example" }],
}).text;

/** A log that is or is not due: by its age, and what comes of it. */
function age(
  what: string,
  rows: readonly number[],
  send: string,
  log: FileSpec,
  comes: "sent" | "removed" | "kept",
  config: Readonly<Record<string, string>> = {},
): ContractCase {
  const told = (seconds: number): number | "now" => (seconds === 0 ? "now" : seconds);
  const { age: atimeAge = 0, mtimeAge = atimeAge } = log;
  const kept = { atime: told(atimeAge), mtime: told(mtimeAge) };
  return {
    rows,
    name: what,
    config,
    // The message of an entry that is to be kept is there: a refresh of ours would take the entry out.
    state: { [LOG]: log, ...(comes === "kept" ? { "deferred/A/A1": "" } : {}) },
    send: [send],
    ...(log.age !== undefined && Math.abs(log.age) < 60 ? { withinSecond: true } : {}),
    want: {
      status: 0,
      wakes: comes === "sent" ? ["I\0"] : [],
      files: {
        [LOG]:
          comes === "removed"
            ? null
            : comes === "sent"
              ? { text: "", atime: "now", mtime: "now" }
              : { text: log.text ?? "", ...kept },
      },
    },
  };
}

const AGES: readonly ContractCase[] = [
  age("rfrsh: a log of 12 h and 100 s", [68], REFRESH, { text: "A1\n", age: 43_300 }, "sent"),
  age("rfrsh: a log of 12 h less 100 s", [68], REFRESH, { text: "A1\n", age: 43_100 }, "kept"),
  age(
    "rfrsh: read long ago, written just now",
    [68],
    REFRESH,
    { text: "A1\n", age: 43_300, mtimeAge: 100 },
    "sent",
  ),
  age(
    "rfrsh: read just now, written long ago",
    [68],
    REFRESH,
    { text: "A1\n", age: 100, mtimeAge: 30 * DAY },
    "kept",
  ),
  age(
    "rfrsh: fast_flush_refresh_time = 1000s, 900 s",
    [68],
    REFRESH,
    { text: "A1\n", age: 900 },
    "kept",
    { fast_flush_refresh_time: "1000s" },
  ),
  age(
    "rfrsh: fast_flush_refresh_time = 1000s, 1100 s",
    [68],
    REFRESH,
    { text: "A1\n", age: 1100 },
    "sent",
    { fast_flush_refresh_time: "1000s" },
  ),
  age("rfrsh: empty for 7 d and 50 s", [69], REFRESH, { age: 7 * DAY + 50 }, "removed"),
  age("rfrsh: empty for 7 d less 50 s", [69], REFRESH, { age: 7 * DAY - 50 }, "kept"),
  age("purge: empty for 7 d and 50 s", [69], PURGE, { age: 7 * DAY + 50 }, "removed"),
  age(
    "rfrsh: empty, read long ago, written lately",
    [69],
    REFRESH,
    { age: 30 * DAY, mtimeAge: 6 * DAY },
    "kept",
  ),
  age(
    "rfrsh: empty, read lately, written long ago",
    [69],
    REFRESH,
    { age: DAY, mtimeAge: 30 * DAY },
    "removed",
  ),
  age("purge_time = 1s: empty for 1 s", [70], PURGE, { age: 1 }, "kept", {
    fast_flush_purge_time: "1s",
  }),
  age("purge_time = 1s: empty for 2 s", [70], PURGE, { age: 2 }, "removed", {
    fast_flush_purge_time: "1s",
  }),
  age("purge: a log of this second", [71], PURGE, { text: "A1\n", age: 0 }, "kept"),
  age("purge: a log of the last second", [71], PURGE, { text: "A1\n", age: 1 }, "sent"),
  age("purge: a log from the future", [71], PURGE, { text: "A1\n", age: -500 }, "kept"),
  age(
    "rfrsh: no eligible domain, an old log",
    [72],
    REFRESH,
    { text: "A1\n", age: 2 * DAY },
    "sent",
    {
      fast_flush_domains: "",
    },
  ),
];

const WALKS: readonly ContractCase[] = [
  {
    name: "rfrsh: messages are moved, nobody is unthrottled",
    state: {
      [LOG]: { text: "ABC123\nBCD\n", age: 2 * DAY },
      "deferred/A/ABC123": "",
      "incoming/BCD": "",
    },
    send: [REFRESH],
    want: { status: 0, wakes: ["I\0"], files: { [LOG]: "", "incoming/ABC123": { mode: "0700" } } },
  },
  {
    name: "purge: several logs",
    state: {
      [LOG]: "ABC123\n",
      "flush/two_example": "A1\n",
      "flush/three_example": "",
      "deferred/A/ABC123": "",
    },
    send: [PURGE],
    want: {
      status: 0,
      wakes: ["I\0", "I\0"],
      files: { "flush/two_example": "", "incoming/ABC123": "" },
    },
    differs: {
      why: "one wake-up a second and walk, not one a log (ARCHITECTURE, defect 20)",
      ours: { wakes: ["I\0"] },
    },
  },
  {
    name: "rfrsh: a log that is not due: repeats, and messages that are gone",
    state: {
      [LOG]: { text: "GONE1\nABC123\nHELD1\nGONE2\nABC123\nHELD1\n", age: 500, mtimeAge: 300 },
      "deferred/A/ABC123": "",
      "hold/HELD1": "",
    },
    send: [REFRESH],
    want: {
      status: 0,
      wakes: [],
      files: { [LOG]: { atime: 500, mtime: 300 }, "deferred/A/ABC123": "" },
    },
    differs: {
      why: COMPACTED,
      ours: { files: { [LOG]: { text: "ABC123\nHELD1\n", atime: 500, mtime: 300 } } },
    },
  },
  {
    name: "purge: a log of this second: it is not compacted",
    state: { [LOG]: { text: "GONE1\nGONE1\n", age: -500 } },
    send: [PURGE],
    want: { status: 0, wakes: [], files: { [LOG]: "GONE1\nGONE1\n" } },
  },
  {
    name: "rfrsh: a message in hold",
    state: { [LOG]: { text: "ABC123\n", age: 2 * DAY }, "hold/ABC123": "" },
    send: [REFRESH],
    want: { status: 0, wakes: ["I\0"], files: { [LOG]: "" } },
    differs: {
      why: "an entry stays whose message is in active or hold (DESIGN, Send)",
      ours: { files: { [LOG]: "ABC123\n" } },
    },
  },
  {
    rows: [73],
    name: "rfrsh: names that are no logfile names",
    state: {
      "flush/bad-name.x": { text: "ABC123\n", age: 2 * DAY },
      "flush/.hidden": { age: 30 * DAY },
      "flush/good_name": { text: "A1\n", age: 2 * DAY },
    },
    send: [REFRESH],
    want: {
      status: 0,
      wakes: ["I\0"],
      files: { "flush/bad-name.x": { text: "ABC123\n", atime: 2 * DAY }, "flush/.hidden": "" },
    },
  },
  {
    rows: [74],
    name: "rfrsh: the log of a one-letter site, due",
    state: { "flush/x": { text: "ABC123\n", age: 2 * DAY }, "deferred/A/ABC123": "" },
    send: [REFRESH],
    want: {
      status: 0,
      exit: 1,
      log: ["fatal: scan_dir_push: open directory flush/x: Not a directory"],
      files: { "flush/x": "ABC123\n", "deferred/A/ABC123": "" },
    },
    differs: {
      why: "an existing log is handled (ARCHITECTURE, defect 6)",
      ours: {
        exit: 0,
        log: [],
        wakes: ["I\0"],
        files: {
          "flush/x": { text: "", atime: "now", mtime: "now" },
          "deferred/A": { mtime: "now" },
          "deferred/A/ABC123": null,
          incoming: { mtime: "now" },
          "incoming/ABC123": { mode: "0700" },
        },
      },
    },
  },
  {
    rows: [74],
    name: "rfrsh: the log of a one-letter site, not due",
    state: { "flush/x": "ABC123\n", "deferred/A/ABC123": "" },
    send: [REFRESH],
    want: {
      status: 0,
      exit: 1,
      log: ["fatal: scan_dir_push: open directory flush/x: Not a directory"],
    },
    differs: { why: MENDED, ours: { exit: 0, log: [] } },
  },
  {
    name: "rfrsh: a log at the wrong place of a hashed record",
    config: { hash_queue_names: "flush" },
    state: {
      "flush/a/one_example": { text: "A1\n", age: 2 * DAY },
      "flush/t/two_example": { text: "A1\n", age: 2 * DAY },
      "flush/three_example": { text: "A1\n", age: 2 * DAY },
    },
    send: [REFRESH],
    want: {
      status: 0,
      wakes: ["I\0"],
      files: {
        "flush/a/one_example": "A1\n",
        "flush/t/two_example": "",
        "flush/three_example": "A1\n",
      },
    },
  },
  {
    name: "rfrsh: a directory among the logs",
    state: { "flush/sub": { kind: "directory", age: 30 * DAY }, "flush/sub/a": "" },
    send: [REFRESH],
    want: {
      status: 0,
      exit: 1,
      log: ["fatal: flush_send_path: open fast flush logfile sub: Is a directory"],
    },
    differs: {
      why: MENDED,
      ours: { exit: 0, log: ["warning: flush_refresh_service: flush/sub: not a regular file"] },
    },
  },
];

const REBUILDS: readonly ContractCase[] = [
  {
    name: "rfrsh: no rebuild is on record: the record is completed from the queue",
    state: {
      "flush/REBUILT": { kind: "missing" },
      [LOG]: { text: "ABC123\n", age: 100 },
      "deferred/A/ABC123": DEFERRED,
    },
    send: [REFRESH],
    want: { status: 0, files: { [LOG]: "ABC123\n" } },
    differs: {
      why: "the original has no way to tell that its record lacks something",
      ours: {
        files: {
          flush: { mtime: "now" },
          [LOG]: { text: "ABC123\n", atime: 100, mtime: 100 },
          "flush/two_example": { text: "ABC123\n", atime: "now", mtime: "now" },
          "flush/REBUILT": { text: "", atime: "now", mtime: "now" },
        },
      },
    },
  },
  {
    name: "rfrsh: no rebuild is on record, and no site is eligible",
    config: { fast_flush_domains: "" },
    state: { "flush/REBUILT": { kind: "missing" }, "deferred/A/ABC123": DEFERRED },
    send: [REFRESH],
    want: { status: 0, files: { "flush/REBUILT": null } },
  },
  {
    name: "purge: it is no wake-up: nothing is rebuilt",
    state: { "flush/REBUILT": { kind: "missing" }, "deferred/A/ABC123": DEFERRED },
    send: [PURGE],
    want: { status: 0, files: { "flush/REBUILT": null } },
  },
];

const HASHED = { hash_queue_names: "flush", hash_queue_depth: "2" };

const DIRECTORIES: readonly ContractCase[] = [
  ...(
    [
      ["example.com", "e/x/example_com"],
      ["example.biz", "0/0/example_biz"],
      ["ab", "a/b/ab"],
    ] as const
  ).map(
    ([site, path]): ContractCase => ({
      rows: [75],
      name: `the record hashed, depth 2: add ${site}`,
      config: HASHED,
      send: [add(site)],
      want: {
        status: 0,
        files: {
          [`flush/${path}`]: { text: "ABC123\n", mode: "0600" },
          [`flush/${path.slice(0, 1)}`]: { kind: "directory", mode: "0700", owner: "postfix" },
          [`flush/${path.slice(0, 3)}`]: { kind: "directory", mode: "0700", owner: "postfix" },
        },
      },
    }),
  ),
  {
    rows: [75],
    name: "the record hashed, depth 2: add x",
    config: HASHED,
    send: [add("x")],
    want: { status: 0, files: { "flush/x/_/x": "ABC123\n" } },
    differs: {
      why: "its log would keep Postfix from starting (ARCHITECTURE, defect 6)",
      ours: {
        status: 4,
        files: { "flush/x": null, "flush/x/_": null, "flush/x/_/x": null, flush: { mtime: 2000 } },
      },
    },
  },
  {
    rows: [75],
    name: "the record hashed: send_site makes no directory",
    config: HASHED,
    send: [sendSite("example.com")],
    want: { status: 0, files: { "flush/e": null } },
  },
  {
    rows: [75],
    name: "the record hashed: refresh finds what lies in it",
    config: HASHED,
    state: {
      "flush/e/x/example_com": { text: "A1\n", age: 2 * DAY },
      "flush/0/0/example_biz": { text: "A1\n", age: 2 * DAY },
    },
    send: [REFRESH],
    want: {
      status: 0,
      wakes: ["I\0", "I\0"],
      files: { "flush/e/x/example_com": "", "flush/0/0/example_biz": "" },
    },
    differs: {
      why: "one wake-up a second and walk, not one a log (ARCHITECTURE, defect 20)",
      ours: { wakes: ["I\0"] },
    },
  },
];

/** The rows. */
export const REFRESH_ROWS: readonly ContractCase[] = [
  ...AGES,
  ...WALKS,
  ...REBUILDS,
  ...DIRECTORIES,
];
