/**
 * What is known of a set-up: the facts that findings are made of. Text is byte strings.
 *
 * A fact that this user could not see is null; what it would have been about is in `unseen`.
 */
import type { User } from "../effects/daemon_process.ts";
import type { FileStatus } from "../effects/files.ts";
import type { RunningProcess } from "../effects/processes.ts";
import type { MasterEntry } from "../installation/postconf.ts";
import type { Trial } from "../installation/program_trial.ts";

/** The parameters that are looked at. */
export const PARAMETERS = [
  "command_directory",
  "daemon_directory",
  "fast_flush_domains",
  "fast_flush_refresh_time",
  "flush_service_name",
  "import_environment",
  "inet_interfaces",
  "mail_owner",
  "mail_version",
  "maillog_file",
  "maillog_file_prefixes",
  "max_use",
  "maximal_backoff_time",
  "message_size_limit",
  "parent_domain_matches_subdomains",
  "proxymap_service_name",
  "queue_directory",
  "queue_service_name",
  "relay_domains",
  "setgid_group",
  "smtpd_client_restrictions",
  "smtpd_delay_reject",
  "smtpd_etrn_restrictions",
  "smtpd_helo_restrictions",
  "smtputf8_enable",
] as const;

type Parameter = (typeof PARAMETERS)[number];

/** What main.cf and master.cf say. */
export interface Configuration {
  readonly directory: string;
  /** With all `$names` expanded. */
  readonly values: Readonly<Record<Parameter, string>>;
  /** As main.cf, or else the default, has them. */
  readonly raw: Readonly<Record<"fast_flush_domains" | "relay_domains", string>>;
  /** The parameters that main.cf sets. */
  readonly set: ReadonlySet<string>;
  readonly entries: readonly MasterEntry[];
  /** What entries set by `-o`, by `service/type`, then by parameter. */
  readonly overrides: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** master.cf has the flush service as a comment. */
  readonly hasCommentedEntry: boolean;
  /** And the queue manager. */
  readonly hasCommentedQueueManager: boolean;
  /** When main.cf and master.cf were last changed, the later one. */
  readonly changedMs: number | null;
  /** What is wrong with the files that fast_flush_domains names, by path. */
  readonly listFaults: ReadonlyMap<string, string>;
  /** Types of tables that it names, or one of these files, and that this Postfix does not have. */
  readonly unknownTypes: readonly string[];
  /** Null: there is no such user. */
  readonly mailOwner: User | null;
}

/** A file that should be there. */
export interface Place {
  readonly path: string;
  /** Null: it is not there. */
  readonly status: FileStatus | null;
}

/** The programs of the flush service. */
export interface ProgramFacts {
  readonly ours: Place;
  readonly folder: Place;
  readonly original: Place;
  /** "untried": that was not needed, or not safe. */
  readonly trial: Trial | "untried";
  /** The version in master(8)'s file; null: not found there. */
  readonly masterVersion: string | null;
}

/** What runs. */
export interface RunningFacts {
  readonly master: RunningProcess | null;
  /** The queue manager of the latest start or reload. */
  readonly queueManager: RunningProcess | null;
  /** Processes of a flush service. */
  readonly flush: readonly RunningProcess[];
}

/** What the running service says. */
export interface ServiceFacts {
  readonly socket: Place;
  readonly answer: "ours" | "original" | "refuses" | "mute" | "stranger" | "not asked";
  /** The last line of the mail log that says why it can't start; empty: none. */
  readonly lastTrouble: string;
  /** What the service's own comparison found; null: it was not made. */
  readonly comparison: Comparison | null;
  /** Sites that were named, and that it keeps no log for. */
  readonly refusedSites: readonly string[];
}

/** Record and queue, compared. */
export interface Comparison {
  readonly messages: number;
  readonly entries: number;
  readonly missing: number;
  readonly outdated: number;
  readonly duplicate: number;
}

/** A directory of the queue, or one below it, that is not as it should be. */
export interface QueueFolder extends Place {
  readonly uid: number | null;
  /** Null: it does not matter. */
  readonly gid: number | null;
  readonly mode: number;
}

/** Files of the queue, as far as they were looked at. */
export interface QueueFacts {
  readonly folders: readonly QueueFolder[];
  readonly logs: {
    readonly hasMark: boolean;
    readonly count: number;
    /** Those with a wrong owner or mode. */
    readonly wrong: readonly string[];
    /** Those that are no files. */
    readonly strangers: readonly string[];
    /** Those that are from the future. */
    readonly ahead: readonly string[];
  } | null;
  readonly deferred: {
    readonly count: number;
    /** Those whose next try is farther away than it can be. */
    readonly far: readonly string[];
    /** Those that are from the future. */
    readonly ahead: readonly string[];
    /** Queue IDs of those that arrived in the future, among the first. */
    readonly arrivedAhead: readonly string[];
  } | null;
}

/** The file system of the queue. */
export interface DiskFacts {
  readonly mountPoint: string;
  readonly freeBytes: number;
  readonly usedPercent: number;
  /** Of files. */
  readonly usedFilesPercent: number;
  readonly isReadOnly: boolean;
}

/** Whether a site is in fast_flush_domains. */
export interface SiteFacts {
  readonly site: string;
  readonly answer: "match" | "no-match" | "error";
}

/** All of it. */
export interface SetUp {
  readonly configuration: Configuration;
  readonly programs: ProgramFacts | null;
  readonly running: RunningFacts | null;
  readonly service: ServiceFacts;
  readonly queue: QueueFacts | null;
  readonly disk: DiskFacts | null;
  /** Postfix has somewhere to log. */
  readonly hasMailLog: boolean;
  readonly sites: readonly SiteFacts[];
  readonly unseen: readonly Unseen[];
}

/** What could not be looked at, and why. */
export interface Unseen {
  readonly what: string;
  readonly why: string;
  /** Another user could. */
  readonly isForbidden: boolean;
}
