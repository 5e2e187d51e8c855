/**
 * A set-up with nothing wrong, as facts: tests change what they are about.
 */
import { CHECKS } from "../../src/doctor/checks.ts";
import type { Finding } from "../../src/doctor/kinds.ts";
import type { Configuration, Place, SetUp } from "../../src/doctor/set_up.ts";
import type { FileStatus } from "../../src/effects/files.ts";
import type { RunningProcess } from "../../src/effects/processes.ts";
import type { MasterEntry } from "../../src/installation/postconf.ts";

const DAEMONS = "/usr/lib/postfix/sbin";

/** A file's status: root's, with this mode, unless changed. */
function status(mode: number, change: Partial<FileStatus> = {}): FileStatus {
  return {
    ...{ kind: "file", mode, uid: 0, gid: 0, linkCount: 1, device: 1n, inode: 1n, sizeBytes: 0 },
    ...{ atimeNs: 0n, mtimeNs: 0n, ctimeNs: 0n },
    ...change,
  } as const;
}

/** A file that is there. */
export function place(path: string, mode: number, change: Partial<FileStatus> = {}): Place {
  return { path, status: status(mode, change) };
}

/** A process that runs this file. */
export function running(pid: number, name: string, inode: bigint): RunningProcess {
  const file = { device: 1n, inode, isDeleted: false };
  return { pid, parentPid: 1, name, startedMs: 10_000, file, environment: ["LANG=C"] };
}

/** The entry of our service, unless changed. */
export function entry(change: Partial<MasterEntry> = {}): MasterEntry {
  return {
    ...{ service: "flush", type: "unix", private: "n", unprivileged: "-", chroot: "y" },
    ...{ wakeup: "1000?", process_limit: "0", command: "fastflush/flush -o max_use=100000" },
    ...change,
  };
}

const SMTP = entry({ service: "smtp", type: "inet", command: "smtpd" });

const QUEUE_MANAGER = entry({
  ...{ service: "qmgr", wakeup: "300", process_limit: "1", chroot: "n", command: "qmgr" },
});

const VALUES: Configuration["values"] = {
  command_directory: "/usr/sbin",
  daemon_directory: DAEMONS,
  fast_flush_domains: "static:all",
  fast_flush_refresh_time: "7d",
  flush_service_name: "flush",
  import_environment: "MAIL_CONFIG TZ",
  inet_interfaces: "all",
  mail_owner: "postfix",
  mail_version: "3.7.11",
  maillog_file: "",
  maillog_file_prefixes: "/var, /dev/stdout",
  max_use: "100",
  maximal_backoff_time: "4000s",
  message_size_limit: "10240000",
  parent_domain_matches_subdomains: "fast_flush_domains",
  proxymap_service_name: "proxymap",
  queue_directory: "/queue",
  queue_service_name: "qmgr",
  relay_domains: "",
  setgid_group: "postdrop",
  smtpd_client_restrictions: "",
  smtpd_delay_reject: "yes",
  smtpd_etrn_restrictions: "permit_mynetworks, reject",
  smtpd_helo_restrictions: "",
  smtputf8_enable: "yes",
};

const CONFIGURATION: Configuration = {
  directory: "/etc/postfix",
  values: VALUES,
  raw: { fast_flush_domains: "static:all", relay_domains: "" },
  set: new Set(["fast_flush_domains"]),
  entries: [SMTP, entry(), QUEUE_MANAGER],
  overrides: new Map([["flush/unix", new Map([["max_use", "100000"]])]]),
  hasCommentedEntry: false,
  hasCommentedQueueManager: false,
  changedMs: 5000,
  listFaults: new Map(),
  unknownTypes: [],
  mailOwner: { name: "postfix", uid: 101, gid: 101 },
};

/** Nothing is wrong. */
export const SOUND: SetUp = {
  configuration: CONFIGURATION,
  programs: {
    ours: place(`${DAEMONS}/fastflush/flush`, 0o755, { inode: 11n }),
    folder: place(`${DAEMONS}/fastflush`, 0o755, { kind: "directory" }),
    original: place(`${DAEMONS}/flush`, 0o755, { inode: 12n }),
    trial: "untried",
    masterVersion: "3.7.11",
  },
  running: {
    master: running(100, "master", 20n),
    queueManager: running(101, "qmgr", 21n),
    flush: [running(102, "flush", 11n)],
  },
  service: {
    socket: place("/queue/public/flush", 0o666, { kind: "socket" }),
    answer: "ours",
    lastTrouble: "",
    comparison: { messages: 2, entries: 2, missing: 0, outdated: 0, duplicate: 0 },
    refusedSites: [],
  },
  queue: {
    folders: [
      {
        ...place("/queue/flush", 0o700, { kind: "directory", uid: 101 }),
        ...{ uid: 101, gid: null, mode: 0o700 },
      },
    ],
    logs: { hasMark: true, count: 1, wrong: [], strangers: [], ahead: [] },
    deferred: { count: 2, far: [], ahead: [], arrivedAhead: [] },
  },
  disk: {
    mountPoint: "/",
    freeBytes: 1e9,
    usedPercent: 40,
    usedFilesPercent: 10,
    isReadOnly: false,
  },
  hasMailLog: true,
  sites: [],
  unseen: [],
};

/** The same with other values in main.cf. */
export function withValues(values: Partial<Configuration["values"]>): SetUp {
  return withConfiguration({ values: { ...VALUES, ...values } });
}

/** The same with other facts about the configuration. Among the entries there is always the queue manager's. */
export function withConfiguration(change: Partial<Configuration>): SetUp {
  const { entries = CONFIGURATION.entries } = change;
  const others = entries.filter(({ service }) => service !== QUEUE_MANAGER.service);
  const all = [...others, QUEUE_MANAGER];
  return { ...SOUND, configuration: { ...CONFIGURATION, ...change, entries: all } };
}

/** What all checks find. */
export function findings(setUp: SetUp): Finding[] {
  return CHECKS.flatMap(({ run }) => run(setUp) ?? []);
}
