/**
 * Each fault by its facts: what is found of it, and nothing else. The same with a private Postfix that is broken so:
 * test/postfix/doctor_*_test.ts.
 */
import { describe, expect, test } from "bun:test";
import {
  entry,
  findings,
  place,
  running,
  SOUND,
  withConfiguration,
  withValues,
} from "../../test/support/sound_set_up.ts";
import { CHECKS } from "./checks.ts";
import { worstFirst } from "./examine.ts";
import type { KindId } from "./kinds.ts";
import type { ProgramFacts, QueueFacts, QueueFolder, RunningFacts, SetUp } from "./set_up.ts";

const { configuration: CONFIGURATION } = SOUND;

const PROGRAMS: ProgramFacts = SOUND.programs ?? {
  ours: place("/x", 0),
  folder: place("/x", 0),
  original: place("/x", 0),
  trial: "untried",
  masterVersion: null,
};
const RUNNING: RunningFacts = SOUND.running ?? { master: null, queueManager: null, flush: [] };
const QUEUE: QueueFacts = SOUND.queue ?? { folders: [], logs: null, deferred: null };
const MASTER = running(100, "master", 20n);
const SMTP = entry({ service: "smtp", type: "inet", command: "smtpd" });

function withRaw(set: readonly string[], domains: string, values = {}): SetUp {
  return withConfiguration({
    raw: { fast_flush_domains: domains, relay_domains: "" },
    set: new Set(set),
    values: { ...CONFIGURATION.values, ...values },
  });
}

function withEntry(change: Parameters<typeof entry>[0]): SetUp {
  return withConfiguration({ entries: [SMTP, entry(change)] });
}

function withMaxUse(count: string): SetUp {
  return withConfiguration({ overrides: new Map([["flush/unix", new Map([["max_use", count]])]]) });
}

function withPrograms(change: Partial<ProgramFacts>): SetUp {
  return { ...SOUND, programs: { ...PROGRAMS, ...change } };
}

function withRunning(change: Partial<RunningFacts>): SetUp {
  return { ...SOUND, running: { ...RUNNING, ...change } };
}

function withService(change: Partial<SetUp["service"]>): SetUp {
  return { ...SOUND, service: { ...SOUND.service, ...change } };
}

function withComparison(change: Readonly<Record<string, number>>): SetUp {
  const none = { messages: 2, entries: 2, missing: 0, outdated: 0, duplicate: 0 };
  return withService({ comparison: { ...none, ...change } });
}

function withFolder(change: Partial<QueueFolder>, status = {}): SetUp {
  const owner = { kind: "directory", uid: 101, gid: 105 } as const;
  const folder = {
    ...place("/queue/public", 0o710, { ...owner, ...status }),
    ...{ uid: 101, gid: 105, mode: 0o710 },
    ...change,
  };
  return { ...SOUND, queue: { ...QUEUE, folders: [folder] } };
}

function withLogs(change: Readonly<Record<string, unknown>>): SetUp {
  const logs = { hasMark: true, count: 1, wrong: [], strangers: [], ahead: [] };
  return { ...SOUND, queue: { ...QUEUE, logs: { ...logs, ...change } } };
}

function withDeferred(change: Readonly<Record<string, readonly string[]>>): SetUp {
  const deferred = { count: 2, far: [], ahead: [], arrivedAhead: [] };
  return { ...SOUND, queue: { ...QUEUE, deferred: { ...deferred, ...change } } };
}

const OPEN = new Map([["smtp/inet", new Map([["smtpd_etrn_restrictions", ""]])]]);

const ROWS: ReadonlyArray<readonly [what: string, setUp: SetUp, ids: readonly KindId[]]> = [
  [
    "fast_flush_domains by its default, empty",
    withRaw([], "$relay_domains", { fast_flush_domains: "" }),
    ["relay-domains-trap"],
  ],
  [
    "relay_domains that somebody has set to nothing",
    withRaw(["relay_domains"], "$relay_domains", { fast_flush_domains: "" }),
    ["service-off"],
  ],
  [
    "fast_flush_domains by its default, and old",
    withRaw([], "$(relay_domains)", { fast_flush_domains: "here.example" }),
    ["mydestination-only"],
  ],
  [
    "relay_domains that somebody has set",
    withRaw(["relay_domains"], "$relay_domains", { fast_flush_domains: "a.example" }),
    [],
  ],
  [
    "a table that no Postfix reads",
    withConfiguration({ unknownTypes: ["zork"] }),
    ["table-unsupported"],
  ],
  ["a private socket", withEntry({ private: "y" }), ["entry-private"]],
  ["a private socket, by default", withEntry({ private: "-" }), ["entry-private"]],
  ["a service that runs as root", withEntry({ unprivileged: "n" }), ["entry-as-root"]],
  ["no wake-up", withEntry({ wakeup: "0" }), ["wakeup-off"]],
  ["no wake-up, if it is used", withEntry({ wakeup: "0?" }), ["wakeup-off"]],
  ["somebody's own program", withEntry({ command: "showq" }), ["command-unknown"]],
  ["max_use 101", withMaxUse("101"), []],
  ["max_use 100,000", withMaxUse("100000"), []],
  ["max_use 100,001", withMaxUse("100001"), ["max-use-large"]],
  ["no entry", withConfiguration({ entries: [SMTP] }), ["entry-missing"]],
  [
    "an entry with ETRN open",
    withConfiguration({ overrides: new Map([...CONFIGURATION.overrides, ...OPEN]) }),
    ["etrn-open-to-all"],
  ],
  [
    "one entry for this machine, and one for the world",
    withConfiguration({
      entries: [SMTP, entry({ ...SMTP, service: "127.0.0.1:25" }), entry()],
      values: { ...CONFIGURATION.values, smtpd_etrn_restrictions: "" },
    }),
    ["etrn-open-to-all"],
  ],
  [
    "ETRN open for some sites",
    withConfiguration({
      values: {
        ...CONFIGURATION.values,
        smtpd_etrn_restrictions: "",
        fast_flush_domains: "a.example",
      },
    }),
    ["etrn-open"],
  ],
  ["no program", withPrograms({ ours: { path: "/x", status: null } }), ["program-missing"]],
  [
    "a link for the program",
    withPrograms({ ours: place("/x", 0o777, { kind: "link" }) }),
    ["program-link"],
  ],
  ["another's program", withPrograms({ ours: place("/x", 0o755, { uid: 7 }) }), ["program-rights"]],
  ["a program that can't be run", withPrograms({ ours: place("/x", 0o744) }), ["program-rights"]],
  [
    "a folder that others may write",
    withPrograms({ folder: place("/x", 0o757, { kind: "directory" }) }),
    ["program-folder-rights"],
  ],
  [
    "another's folder",
    withPrograms({ folder: place("/x", 0o755, { kind: "directory", uid: 7 }) }),
    ["program-folder-rights"],
  ],
  ["master(8) of another version", withPrograms({ masterVersion: "3.7.12" }), ["version-mismatch"]],
  [
    "a Postfix that does not run",
    withRunning({ master: null, queueManager: null, flush: [] }),
    ["postfix-stopped"],
  ],
  [
    "a build that was replaced",
    withRunning({
      flush: [
        {
          ...running(102, "flush", 9n),
          file: { device: 1n, inode: 9n, isDeleted: true },
        },
      ],
    }),
    ["build-outdated"],
  ],
  [
    "a master(8) that was replaced",
    withRunning({ master: { ...MASTER, file: { device: 1n, inode: 20n, isDeleted: true } } }),
    ["master-outdated"],
  ],
  [
    "BUN_* in import_environment",
    withValues({ import_environment: "TZ, BUN_OPTIONS" }),
    ["bun-environment-listed"],
  ],
  [
    "BUN_* in the service's environment",
    withRunning({ flush: [{ ...running(102, "flush", 11n), environment: ["BUN_X=1"] }] }),
    ["bun-environment-running"],
  ],
  [
    "BUN_* in the environment of master(8)",
    withRunning({ master: { ...MASTER, environment: ["BUN_X=1"] } }),
    ["bun-environment-running"],
  ],
  [
    "a socket that is missing",
    withService({ socket: { path: "/x", status: null }, answer: "not asked", comparison: null }),
    ["socket-missing"],
  ],
  [
    "a socket that root alone may use",
    withService({ socket: place("/x", 0o600, { kind: "socket" }) }),
    ["socket-rights"],
  ],
  ["a service that is mute", withService({ answer: "mute", comparison: null }), ["service-mute"]],
  ["a message that is not recorded", withComparison({ missing: 1 }), ["record-incomplete"]],
  ["an entry that is outdated", withComparison({ outdated: 1 }), ["record-outdated"]],
  ["an entry that is repeated", withComparison({ duplicate: 1 }), ["record-outdated"]],
  ["a record that was never completed", withLogs({ hasMark: false }), ["record-not-rebuilt"]],
  ["a log of another's", withLogs({ wrong: ["/x"] }), ["log-rights"]],
  ["a link among the logs", withLogs({ strangers: ["/x"] }), ["log-stranger"]],
  ["a next try that is far", withDeferred({ far: ["/x"] }), ["next-try-far"]],
  ["an arrival in the future", withDeferred({ arrivedAhead: ["A1"] }), ["arrival-ahead"]],
  ["a directory as it should be", withFolder({}), []],
  ["a directory that is missing", withFolder({ status: null }), ["folder-missing"]],
  ["another's directory", withFolder({}, { uid: 7 }), ["folder-rights"]],
  ["a directory of another group", withFolder({}, { gid: 7 }), ["folder-rights"]],
  ["a group that does not matter", withFolder({ gid: null }, { gid: 7 }), []],
  ["a directory with another mode", withFolder({}, { mode: 0o711 }), ["folder-rights"]],
  [
    "a file system that can't be written",
    { ...SOUND, disk: SOUND.disk && { ...SOUND.disk, isReadOnly: true } },
    ["disk-read-only"],
  ],
  ["a refresh time of 12 h", withValues({ fast_flush_refresh_time: "12h" }), ["refresh-short"]],
  ["a refresh time of 13 h", withValues({ fast_flush_refresh_time: "13" }), []],
];

describe("facts", () => {
  for (const [what, setUp, ids] of ROWS) {
    test(what, () => {
      expect(findings(setUp).map(({ id }) => id)).toEqual([...ids]);
    });
  }
});

describe("the queue manager's entry", () => {
  const others = CONFIGURATION.entries.filter(({ service }) => service !== "qmgr");
  const withEntries = (entries: typeof others, hasCommentedQueueManager = false): SetUp => ({
    ...SOUND,
    configuration: { ...CONFIGURATION, entries, hasCommentedQueueManager },
  });

  for (const [what, setUp, said] of [
    ["is missing", withEntries(others), "qmgr/unix, the queue manager."],
    [
      "is a comment",
      withEntries(others, true),
      "the queue manager: it is there as a comment only.",
    ],
    [
      "is of a type that nobody looks for",
      withEntries([...others, entry({ service: "qmgr", type: "inet", command: "qmgr" })]),
      "qmgr/unix, the queue manager.",
    ],
  ] as const) {
    test(what, () => {
      const [found, ...more] = findings(setUp);
      expect([found?.id, more]).toEqual(["queue-manager-missing", []]);
      expect(found?.what).toEndWith(said);
      expect(found?.command).toBe(
        "postconf -c /etc/postfix -Me 'qmgr/unix=qmgr unix n - n 300 1 qmgr' && postfix -c /etc/postfix reload",
      );
    });
  }

  test("may be a FIFO, as old versions had it", () => {
    const fifo = entry({ service: "qmgr", type: "fifo", command: "qmgr" });
    expect(findings(withEntries([...others, fifo]))).toEqual([]);
  });
});

describe("a mail log that is not there", () => {
  const POSTLOG = entry({ service: "postlog", type: "unix-dgram", command: "postlogd" });

  for (const [what, change, command] of [
    [
      "and no service for one",
      {},
      "postconf -c /etc/postfix -M 'postlog/unix-dgram=postlog unix-dgram n - n - 1 postlogd' && " +
        "postconf -c /etc/postfix -e maillog_file=/var/log/postfix.log && postfix -c /etc/postfix reload",
    ],
    [
      "which may be elsewhere alone",
      {
        entries: [...CONFIGURATION.entries, POSTLOG],
        values: { ...CONFIGURATION.values, maillog_file_prefixes: "/dev/stdout /srv/mail" },
      },
      "postconf -c /etc/postfix -e maillog_file=/srv/mail/postfix.log && postfix -c /etc/postfix reload",
    ],
  ] as const) {
    test(what, () => {
      const found = findings({ ...withConfiguration(change), hasMailLog: false });
      expect(found.map(({ id }) => id)).toEqual(["mail-log-missing"]);
      expect(found[0]?.command).toBe(command);
    });
  }
});

describe("what is said", () => {
  test("a directory that a start makes is not missed before", () => {
    const stopped = { master: null, queueManager: null, flush: [] };
    const found = findings({ ...withFolder({ status: null }), running: stopped });
    expect(found.map(({ id }) => id)).toEqual(["postfix-stopped"]);
  });

  test("a record that could not be compared is not called good", () => {
    const setUp = withService({ comparison: null });
    const wells = CHECKS.flatMap(({ run, well }) =>
      run(setUp)?.length === 0 ? [well(setUp)] : [],
    );
    expect(wells.join("\n")).not.toContain("the record agrees");
  });

  test("an entry's arguments stay when fastflush is put in", () => {
    const [found] = findings(withEntry({ command: "flush -v -o max_use=100000" }));
    expect(found?.command).toContain("'flush/unix/command=fastflush/flush -v -o max_use=100000'");
  });

  test("a list that is missing is made; one that may not be read is for people to decide on", () => {
    const listFaults = new Map([
      ["/x y", "No such file or directory"],
      ["/z", "Permission denied"],
    ]);
    const found = findings(withConfiguration({ listFaults }));
    expect(found.map(({ id, command }) => [id, command])).toEqual([
      ["list-unreadable", "install -m 644 /dev/null '/x y' && postfix -c /etc/postfix reload"],
      ["list-unreadable", null],
    ]);
  });

  test("files from the future get a time of now, logs and messages", () => {
    const [found] = findings(withDeferred({ ahead: ["/queue/deferred/A/A1"] }));
    expect([found?.id, found?.command]).toEqual([
      "clock-back",
      "find /queue/flush -type f -newermt '1 minute' -exec touch {} + && " +
        "find /queue/flush /queue/deferred -type f -newerct '1 minute' -exec chmod u+rw {} +",
    ]);
  });

  test("an entry's own setting goes where ETRN is closed", () => {
    const overrides = new Map([...CONFIGURATION.overrides, ...OPEN]);
    expect(findings(withConfiguration({ overrides }))[0]?.command).toBe(
      "postconf -c /etc/postfix -PX smtp/inet/smtpd_etrn_restrictions && " +
        "postconf -c /etc/postfix -e 'smtpd_etrn_restrictions=permit_mynetworks, reject' && " +
        "postfix -c /etc/postfix reload",
    );
  });

  test("errors come first, then warnings, each in the order in which they were found", () => {
    const ids = ["max-use-default", "wakeup-off", "log-rights", "clock-back", "disk-full"] as const;
    const found = ids.map((id) => ({ id, what: "", command: null }));
    expect(worstFirst(found).map(({ id }) => id)).toEqual([
      "log-rights",
      "disk-full",
      "wakeup-off",
      "clock-back",
      "max-use-default",
    ]);
  });
});
