/**
 * What a case of the differential suite is: one row of a table, plain data.
 *
 * A case is run with the original and with ours, from the same starting state, with the same configuration
 * and the same client. What the original does must be what `want` says, word for word; what ours does must
 * be what the original did, but for what `differs` names, and that must be what `differs.ours` says.
 *
 * All texts are byte strings. Words are those of POSTFIX-FLUSH-SPEC; `rows` are its section 11's numbers.
 */
import { GREETING } from "../../lab/greeting.ts";

/** The statuses of a reply; null: closed without one. */
export type WantedStatus = -1 | 0 | 3 | 4 | null;

/** What is done to the service: bytes that the client writes, or one of these. */
export type Step =
  | string
  /** Wait until the service has read all that was written. */
  | { readonly do: "read" }
  /** Shut down writing. */
  | { readonly do: "end" }
  /** Hang up. */
  | { readonly do: "close" }
  /** Wait for the reply, or for the end of the connection. */
  | { readonly do: "reply" }
  /** Let time pass, for what must not happen meanwhile. */
  | { readonly do: "pause"; readonly ms: number }
  /** Note whether the reply has come ("replied", "silent"), or what a file holds now. */
  | { readonly do: "note"; readonly what: string }
  /** Lock a file, and give it back. */
  | { readonly do: "lock"; readonly path: string; readonly kind: "flock" | "fcntl" }
  | { readonly do: "unlock" }
  /** Let clients in at the queue manager whose backlog was full. */
  | { readonly do: "make room" };

/** A file of the starting state; a plain string is its content. */
export type StateEntry = string | FileSpec;

/** A file that is not as files at their place usually are. */
export interface FileSpec {
  readonly kind?: "file" | "directory" | "fifo" | "dead socket" | "full socket" | "missing";
  readonly text?: string;
  /** Unless set: 0600 in flush/, 0700 elsewhere. */
  readonly mode?: number;
  /** Unless set, the mail owner's. */
  readonly owner?: "root";
  /** How long ago it was read and written, in seconds; unless set, 1000. Below 0: in the future. */
  readonly age?: number;
  /** Where that differs from `age`. */
  readonly mtimeAge?: number;
  /** A symbolic link to this. */
  readonly linkTo?: string;
  /** A further name of a file that stands before it. */
  readonly sameAs?: string;
}

/** By path in the queue directory, in order. */
export type State = Readonly<Record<string, StateEntry>>;

/** A file as it was found: times in seconds before the start, or "now". */
export interface FoundFile {
  readonly kind: "file" | "directory" | "fifo" | "link";
  readonly mode: string;
  readonly owner: string;
  readonly links?: number;
  readonly text?: string;
  readonly target?: string;
  readonly atime?: number | "now";
  readonly mtime?: number | "now";
}

/** What a file must be: its content, or some of what is found; null: not there. */
export type WantedFile = string | Partial<FoundFile> | null;

/** What must come of a case. */
export interface Want {
  readonly status: WantedStatus;
  /** All bytes behind the greeting, where they are no well-formed reply. */
  readonly reply?: string;
  /** Without the greeting too. */
  readonly ungreeted?: true;
  /** Lines behind the tag `postfix/flush`, the peer's name written PEER; unless set, none. */
  readonly log?: readonly string[];
  /** What the queue manager got, a string a connection; unless set, nothing. */
  readonly wakes?: readonly string[];
  /** Exit status, or the name of a signal; unless set, 0. */
  readonly exit?: number | string;
  /** Some files of the queue directory. */
  readonly files?: Readonly<Record<string, WantedFile>>;
  readonly notes?: readonly string[];
  /** What happened to files, in order; only compared where it is set. */
  readonly events?: readonly string[];
}

/** Where ours does otherwise on purpose. */
export interface Differs {
  /** The reason, with where it is written down. */
  readonly why: string;
  /** What ours does; what is not said here is as with the original. */
  readonly ours: Partial<Want>;
}

/** Where a row is run that can't be run both ways, and why. */
export interface Only {
  readonly way: Way;
  readonly why: string;
}

/** What a later Postfix does otherwise, where ours goes on as the one that the specification was taken from. */
export interface Changed {
  /** The first of the releases tried that does: the row is for earlier ones. */
  readonly since: readonly [major: number, minor: number];
  readonly why: string;
}

/** How a program is run: by itself with -S, or as a child of master(8). */
export type Way = "stand-alone" | "under master";

/** A row. */
export interface ContractCase {
  /** Of section 11; none for what is only in the other sections. */
  readonly rows?: readonly number[];
  readonly name: string;
  /** Values of main.cf. */
  readonly config?: Readonly<Record<string, string>>;
  /** Further lines of main.cf, as they are. */
  readonly mainCf?: string;
  /** Files beside main.cf, for $config_directory/NAME. */
  readonly tables?: Readonly<Record<string, string>>;
  /** Arguments behind those of master(8), or of -S. */
  readonly args?: readonly string[];
  /** Instead of them. */
  readonly allArgs?: readonly string[];
  /** No file may grow beyond this many bytes. */
  readonly fileBytesMax?: number;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly state?: State;
  readonly send: readonly Step[];
  readonly want: Want;
  readonly differs?: Differs;
  /** Run again where the clock's second changed meanwhile: it is about ages to the second. */
  readonly withinSecond?: true;
  /** Only lines that match are compared and wanted: -v prints more than anyone reads. Else all but ours alone. */
  readonly logFilter?: RegExp;
  /** Unless set, both stand-alone and under master(8). */
  readonly only?: Only;
  readonly changed?: Changed;
}

/** All that a client gets that is greeted and gets this status. */
export function replyOf(status: WantedStatus): string {
  return status === null ? GREETING : `${GREETING}status\0${status >>> 0}\0\0`;
}

/** A request on the wire. */
export function request(name: string, ...attributes: readonly string[]): string {
  return `request\0${name}\0${attributes.map((text) => `${text}\0`).join("")}\0`;
}

/** A request to record a message for a site. */
export function add(site: string, queueId = "ABC123"): string {
  return request("add", "site", site, "queue_id", queueId);
}

/** A request to send a site's mail. */
export function sendSite(site: string): string {
  return request("send_site", "site", site);
}

/** A request to send one message. */
export function sendFile(queueId: string): string {
  return request("send_file", "queue_id", queueId);
}
