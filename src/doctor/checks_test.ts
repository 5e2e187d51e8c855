/** What is made of the facts, where a private Postfix can't be broken so. */
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
import type { KindId } from "./kinds.ts";
import type { QueueFacts, RunningFacts, ServiceFacts, SetUp } from "./set_up.ts";

const FAR = "/queue/deferred/A/ABC";

function withService(change: Partial<ServiceFacts>): SetUp {
  return { ...SOUND, service: { ...SOUND.service, ...change } };
}

function withQueue(change: Partial<QueueFacts>): SetUp {
  const none = { folders: [], logs: null, deferred: null };
  return { ...SOUND, queue: { ...(SOUND.queue ?? none), ...change } };
}

function withRunning(change: Partial<RunningFacts>): SetUp {
  const none = { master: null, queueManager: null, flush: [] };
  return { ...SOUND, running: { ...(SOUND.running ?? none), ...change } };
}

/** Started by master(8) when it was needed again: it has read main.cf as it was then. */
function flushSince(startedMs: number): SetUp["running"] {
  return withRunning({ flush: [{ ...running(102, "flush", 11n), startedMs }] }).running;
}

function managerSince(startedMs: number): SetUp["running"] {
  return withRunning({ queueManager: { ...running(101, "qmgr", 21n), startedMs } }).running;
}

function withDisk(change: Partial<NonNullable<SetUp["disk"]>>): SetUp {
  return { ...SOUND, disk: SOUND.disk === null ? null : { ...SOUND.disk, ...change } };
}

test("nothing is wrong with what is sound, and every check but that of sites says so", () => {
  expect(findings(SOUND)).toEqual([]);
  const silent = CHECKS.filter(({ run }) => run(SOUND) === null);
  expect(silent.length).toBe(1);
  expect(CHECKS.map(({ well }) => well(SOUND)).join("\n")).not.toMatch(/undefined|null|NaN/);
});

test("nothing that could not be seen is called good", () => {
  const blind: SetUp = {
    ...withService({ answer: "not asked", comparison: null }),
    ...{ programs: null, running: null, queue: null, disk: null },
  };
  const wells = CHECKS.filter(({ run }) => run(blind)?.length === 0).map(({ well }) => well(blind));
  expect(wells).toEqual([
    "Postfix is of version 3.7.11",
    "import_environment lists no BUN_* variable",
    "fast_flush_domains is static:all",
    "all lists and tables in fast_flush_domains can be read",
    "master.cf has the service flush/unix, open to all programs of this machine",
    "master.cf has fastflush as its flush service",
    "the service is woken up by master(8), in seconds: 1000?",
    "a process of the service serves 100000 clients",
    "master.cf has the queue manager, qmgr/unix",
    "fast_flush_refresh_time is 7d",
    "ETRN is not open to everybody",
    "there is a mail log: by way of /dev/log",
  ]);
});

/** An original of this version, which can't be looked into. */
function original(version: string): SetUp {
  const values = { ...SOUND.configuration.values, mail_version: version };
  return {
    ...withConfiguration({ entries: [entry({ command: "flush" })], values }),
    programs: null,
  };
}

const ROWS: ReadonlyArray<readonly [what: string, setUp: SetUp, ids: readonly KindId[]]> = [
  [
    "a Postfix before 3.5",
    withValues({ mail_version: "3.4.29" }),
    ["postfix-too-old", "version-mismatch"],
  ],
  ["3.10 is not before 3.5", withValues({ mail_version: "3.10.1" }), ["version-mismatch"]],
  ["4.0 is not before 3.5", withValues({ mail_version: "4.0" }), ["version-mismatch"]],
  ["a Postfix with the original", original("3.6.0"), ["original-configured"]],
  [
    "a Postfix before 3.5 with the original",
    original("3.4.0"),
    ["postfix-too-old", "original-configured"],
  ],
  [
    "the default limit of processes",
    withConfiguration({ entries: [entry({ process_limit: "-" })] }),
    ["process-limit"],
  ],
  ["max_use 100", withConfiguration({ overrides: new Map() }), ["max-use-default"]],
  [
    "logs from the future",
    withQueue({ logs: { hasMark: true, count: 1, wrong: [], strangers: [], ahead: [FAR] } }),
    ["clock-back"],
  ],
  [
    "messages from the future",
    withQueue({ deferred: { count: 1, far: [], ahead: [FAR], arrivedAhead: [] } }),
    ["clock-back"],
  ],
  ["95 % of the bytes", withDisk({ usedPercent: 95 }), ["disk-full"]],
  ["94 %", withDisk({ usedPercent: 94 }), []],
  ["95 % of the files", withDisk({ usedFilesPercent: 95 }), ["disk-full"]],
  ["too little for one and a half messages", withDisk({ freeBytes: 15_000_000 }), ["disk-full"]],
  [
    "an original that still runs",
    withRunning({ flush: [running(5, "flush", 12n)] }),
    ["original-running"],
  ],
  [
    "a queue manager older than main.cf",
    withConfiguration({ changedMs: 11_000 }),
    ["reload-needed"],
  ],
  [
    "a queue manager older than main.cf, beside a service that is younger",
    { ...withConfiguration({ changedMs: 11_000 }), running: flushSince(12_000) },
    ["reload-needed"],
  ],
  [
    "a service older than main.cf, beside a queue manager that is younger",
    { ...withConfiguration({ changedMs: 11_000 }), running: managerSince(12_000) },
    ["reload-needed"],
  ],
  ["within what clocks differ", withConfiguration({ changedMs: 10_040 }), []],
  [
    "a stranger at the socket",
    withService({ answer: "stranger", comparison: null }),
    ["service-mute"],
  ],
  ["nobody at the socket", withService({ answer: "refuses", comparison: null }), ["service-mute"]],
  ["a comparison that was not made", withService({ comparison: null }), []],
  [
    "ETRN for those from somewhere only",
    withValues({ smtpd_etrn_restrictions: "check_client_access hash:/x" }),
    [],
  ],
  [
    "clients are refused before ETRN",
    withValues({
      smtpd_etrn_restrictions: "",
      smtpd_client_restrictions: "permit_mynetworks, reject",
    }),
    [],
  ],
  [
    "clients on a block list alone are refused",
    withValues({
      smtpd_etrn_restrictions: "",
      smtpd_client_restrictions: "reject_rbl_client list.example",
    }),
    ["etrn-open-to-all"],
  ],
  [
    "variables of the engine, with blanks in a value",
    withValues({ import_environment: "TZ { BUN_X=a b } JSC_y" }),
    ["bun-environment-listed"],
  ],
  [
    "ETRN is permitted only",
    withValues({ smtpd_etrn_restrictions: "permit_mynetworks permit" }),
    ["etrn-open-to-all"],
  ],
  [
    "ETRN on the loopback only",
    withValues({ smtpd_etrn_restrictions: "", inet_interfaces: "loopback-only" }),
    ["etrn-open-local"],
  ],
  [
    "ETRN on the loopback, and on an address that others reach",
    withValues({ smtpd_etrn_restrictions: "", inet_interfaces: "127.0.0.1, 192.0.2.1" }),
    ["etrn-open-to-all"],
  ],
  [
    "nothing recorded, ETRN open",
    withValues({ smtpd_etrn_restrictions: "", fast_flush_domains: "" }),
    ["service-off"],
  ],
  [
    "a service that was started before main.cf changed, beside one that has read it",
    {
      ...withRunning({
        queueManager: { ...running(101, "qmgr", 21n), startedMs: 12_000 },
        flush: [10_000, 12_000].map((startedMs) => ({ ...running(102, "flush", 11n), startedMs })),
      }),
      configuration: withConfiguration({ changedMs: 11_000 }).configuration,
    },
    [],
  ],
  ...["-", "never"].map(
    (wakeup) =>
      [
        `no wake-up: "${wakeup}"`,
        withConfiguration({ entries: [entry({ wakeup })] }),
        ["wakeup-off"],
      ] as const,
  ),
  [
    "a directory that is missing, where nobody can tell whether Postfix runs",
    {
      ...withQueue({
        folders: [{ path: "/queue/flush", status: null, uid: 101, gid: null, mode: 0o700 }],
      }),
      running: null,
    },
    ["folder-missing"],
  ],
  [
    "the program fails",
    {
      ...SOUND,
      programs: SOUND.programs && { ...SOUND.programs, trial: { said: "exit status 1" } },
    },
    ["program-broken"],
  ],
  [
    "the program gives no answer",
    { ...SOUND, programs: SOUND.programs && { ...SOUND.programs, trial: "late" } },
    ["program-broken"],
  ],
  [
    "the group may write the program",
    { ...SOUND, programs: SOUND.programs && { ...SOUND.programs, ours: place("/x", 0o775) } },
    ["program-rights"],
  ],
];

describe("findings", () => {
  for (const [what, setUp, ids] of ROWS) {
    test(what, () => {
      expect(findings(setUp).map(({ id }) => id)).toEqual([...ids]);
    });
  }
});

describe("commands", () => {
  const commandOf = (setUp: SetUp): string | null | undefined => findings(setUp)[0]?.command;
  const setting = "postconf -c /etc/postfix -F flush/unix/process_limit=0";
  const limited = withConfiguration({ entries: [entry({ process_limit: "-" })] });

  test("reload what runs", () => {
    expect(commandOf(limited)).toBe(`${setting} && postfix -c /etc/postfix reload`);
  });

  test("leave a stopped Postfix alone", () => {
    const stopped = { ...limited, running: { master: null, queueManager: null, flush: [] } };
    const found = findings(stopped).find(({ id }) => id === "process-limit");
    expect(found?.command).toBe(setting);
  });

  test("start a Postfix anew whose service master(8) has given up for a while", () => {
    const { service } = withService({ answer: "mute", comparison: null });
    expect(commandOf({ ...limited, service })).toBe(
      `${setting} && postfix -c /etc/postfix stop && postfix -c /etc/postfix start`,
    );
  });

  test("install where the program is not there", () => {
    const original = withConfiguration({ entries: [entry({ command: "flush" })] });
    const programs = original.programs && {
      ...original.programs,
      ours: { path: "/x", status: null },
    };
    expect(commandOf({ ...original, programs })).toBe("fastflush -c /etc/postfix install");
  });

  for (const [chroot, command] of [
    ["y", "flush/unix=flush unix n - y 1000? 0 fastflush/flush"],
    ["n", "flush/unix=flush unix n - n 1000? 0 fastflush/flush"],
  ] as const) {
    test(`put a new entry into the jail as the others are: chroot ${chroot}`, () => {
      const cleanup = entry({ service: "cleanup", command: "cleanup", chroot });
      expect(commandOf(withConfiguration({ entries: [cleanup] }))).toStartWith(
        `postconf -c /etc/postfix -Me '${command}`,
      );
    });
  }

  test("say nothing of what a variable holds", () => {
    const master = { ...running(100, "master", 20n), environment: ["BUN_X=secret"] };
    const [found] = findings(withRunning({ master }));
    expect(found?.what).toBe("Postfix runs with BUN_X in its environment.");
  });

  test("leave all else in import_environment", () => {
    const imported = withValues({ import_environment: "TZ { BUN_X=a b } { A = b c }" });
    expect(commandOf(imported)).toStartWith(
      "postconf -c /etc/postfix -e 'import_environment=TZ { A = b c }' && ",
    );
  });

  test("record everything only with ETRN closed", () => {
    const off = withValues({ fast_flush_domains: "", smtpd_etrn_restrictions: "" });
    expect(commandOf(off)).toContain(
      "fast_flush_domains=static:all 'smtpd_etrn_restrictions=permit_mynetworks, reject'",
    );
    expect(commandOf(withValues({ fast_flush_domains: "" }))).not.toContain("etrn");
  });

  test("go back to the original without what it does not know", () => {
    const command = "fastflush/flush -E -v -o max_use=100000";
    const setUp = withConfiguration({ entries: [entry({ command })] });
    const programs = setUp.programs && { ...setUp.programs, ours: { path: "/x", status: null } };
    expect(commandOf({ ...setUp, programs })).toBe(
      "postconf -c /etc/postfix -F 'flush/unix/command=flush -v -o max_use=100000' && postfix -c /etc/postfix reload",
    );
  });
});

describe("sites", () => {
  const named = (answer: "match" | "no-match" | "error", refusedSites: string[] = []): SetUp => ({
    ...withService({ refusedSites }),
    sites: [{ site: "@a.example", answer }],
  });

  test("each answer has its finding", () => {
    expect(findings(named("match"))).toEqual([]);
    expect(findings(named("error"))).toEqual([]);
    expect(findings(named("no-match")).map(({ id }) => id)).toEqual(["site-not-recorded"]);
    const refused = findings(named("match", ["@a.example"]));
    expect(refused.map(({ id }) => id)).toEqual(["site-refused"]);
  });

  for (const [answer, id] of [
    ["match", "site-refused"],
    ["no-match", "site-not-recorded"],
  ] as const) {
    test(`an address can't be recorded, whatever the list says: ${answer}`, () => {
      const sites = [{ site: "[192.0.2.1]", answer }];
      const [found, ...others] = findings({ ...SOUND, sites });
      expect([found?.id, found?.command, others]).toEqual([id, null, []]);
      expect(found?.what).toStartWith("[192.0.2.1] is an address, and no domain:");
    });
  }

  test("a site that could not be looked up is not called recorded", () => {
    const wells = CHECKS.flatMap(({ run, well }) => {
      const setUp = named("error");
      return run(setUp)?.length === 0 ? [well(setUp)] : [];
    });
    expect(wells.join("\n")).not.toContain("a.example");
  });
});
