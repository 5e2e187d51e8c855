/**
 * What a case is that takes several clients, or the life of the service's processes: one row of a table, plain
 * data. It is run under a real master(8), with an instance of its own for each program.
 *
 * What comes of it are its notes, in order, and what master says of processes that ended badly.
 */
import type { State } from "./contract_case.ts";

/** What is done, one after the other. Clients have names. */
export type LifeStep =
  /** Connect, and wait for the greeting. */
  | { readonly do: "open"; readonly client: string }
  /** Connect, wait for the greeting or for a process that ends badly, and note which it was. */
  | { readonly do: "knock"; readonly client: string }
  | { readonly do: "write"; readonly client: string; readonly bytes: string }
  /** Wait for the end of the connection, and note the answer: "NAME: 0", "NAME: closed". */
  | { readonly do: "answer"; readonly client: string }
  /** All three. */
  | { readonly do: "ask"; readonly client: string; readonly bytes: string }
  | { readonly do: "reload" }
  | { readonly do: "kill master" }
  /** Take the service out of master.cf, and reload. */
  | { readonly do: "take out" }
  /** Wait until there are that many processes of the service. */
  | { readonly do: "await processes"; readonly count: number }
  /** Note how many there are. */
  | { readonly do: "note processes" }
  /** Wait until all are in the jail. */
  | { readonly do: "await jail" }
  /** Wait until there is no such file. */
  | { readonly do: "await removal"; readonly path: string }
  /** SIGSTOP and SIGCONT to all processes of the service. */
  | { readonly do: "stop" }
  | { readonly do: "continue" }
  | { readonly do: "pause"; readonly ms: number }
  | { readonly do: "lock"; readonly path: string; readonly kind: "flock" }
  | { readonly do: "unlock" }
  /** Run a command of Postfix, and note its exit status and what it says. */
  | { readonly do: "command"; readonly command: readonly [string, ...string[]] }
  /** ETRN over SMTP; the reply is noted. */
  | { readonly do: "etrn"; readonly site: string };

/** What comes of a row. */
export interface LifeOutcome {
  readonly notes: readonly string[];
  /** The service's lines; with -v only those that `logFilter` names. */
  readonly log: readonly string[];
  /** How many of them the process has written that wrote most; only compared where it is set. */
  readonly most?: number;
  /** "exit status 1", "signal 14". */
  readonly badEnds: readonly string[];
  /** What the record holds at the end, by logfile. */
  readonly record: Readonly<Record<string, string>>;
}

/** A row. */
export interface LifeCase {
  readonly rows?: readonly number[];
  readonly name: string;
  /** Behind the command in master.cf. */
  readonly args?: readonly string[];
  readonly chroot?: true;
  /** The wakeup column in master.cf; unless set, 0: never. */
  readonly wakeup?: string;
  readonly state?: State;
  readonly steps: readonly LifeStep[];
  readonly logFilter?: RegExp;
  /** What the original does; what is not set is nothing. */
  readonly want: Partial<LifeOutcome>;
  readonly differs?: { readonly why: string; readonly ours: Partial<LifeOutcome> };
}
