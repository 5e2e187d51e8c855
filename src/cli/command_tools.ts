/**
 * What every command needs: who runs it, the Postfix instance that it is about, and the flush service that it asks.
 */
import type { FlushSocket } from "../client/ask.ts";
import type { Machine } from "../doctor/machine.ts";
import type { BackgroundPrograms } from "../effects/background_programs.ts";
import type { Clock } from "../effects/clock.ts";
import type { Files } from "../effects/files.ts";
import type { Host } from "../effects/host.ts";
import type { Interrupts } from "../effects/interrupts.ts";
import type { ToLocalTime } from "../effects/local_time.ts";
import type { Network } from "../effects/network.ts";
import type { Programs } from "../effects/programs.ts";
import type { Terminal } from "../effects/terminal.ts";
import type { TextFiles } from "../effects/text_files.ts";
import type { DeferredMail } from "../index/deferred_mail.ts";
import type { HashingRules } from "../names/hashed_path.ts";

/** The service of one Postfix instance, as its configuration says. */
export interface ServicePlace {
  /** Its socket's path, a byte string. */
  readonly path: string;
  /** Where the instance's main.cf is, a byte string. */
  readonly configDirectory: string;
  /** The user, beside root, who may ask: a byte string. */
  readonly mailOwner: string;
  /** This process acts as root or as the mail owner. */
  readonly mayAsk: boolean;
}

/** How an instance logs. All text is byte strings. */
interface InstanceLogging {
  /** maillog_file; empty: to syslog. */
  readonly maillogFile: string;
  /** syslog_name. */
  readonly syslogName: string;
  /** Names under which this machine may stand in a log: its own, and myhostname. */
  readonly hostNames: readonly string[];
  /** The user that this process acts as. */
  readonly userId: number;
}

/** A Postfix instance, as its main.cf says. Paths are byte strings, and absolute. */
export interface Instance {
  readonly configDirectory: string;
  readonly queueDirectory: string;
  readonly hashing: HashingRules;
  /** enable_idna2003_compatibility. */
  readonly idna2003: boolean;
  readonly place: ServicePlace;
  readonly logging: InstanceLogging;
}

/** The machine, before a configuration is known. */
export interface CommandWorld {
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** How long processors have worked for this process. */
  processorMs(): number;
  readonly sockets: FlushSocket["sockets"];
  readonly programs: Programs;
  readonly interrupts: Interrupts;
  readonly textFiles: TextFiles;
  readonly host: Host;
  readonly network: Network;
  readonly background: BackgroundPrograms;
  readonly toLocalTime: ToLocalTime;
  /** Of this process. */
  readonly processId: number;
  /** A path of the command line from the root on; byte strings. To be asked before anything enters the queue. */
  absolutePath(path: string): string;
  /** By chance, from 0 to less than 1. */
  readonly random: () => number;
  /** What the doctor looks at besides. */
  readonly machine: Omit<Machine, "clock" | "programs" | "textFiles">;
  /** Reads the configuration in this directory; null: where Postfix's own commands look. Throws Fatal. */
  findInstance(configDirectory: string | null): Instance;
  /** The files of an instance's queue: this process goes there. Throws OsError. */
  enterQueue(instance: Instance): Files;
  /** What is deferred now. Throws OsError where the queue can't be read. */
  openDeferredMail(
    instance: Instance,
    options: DeferredMailOptions & IndexOptions,
  ): Promise<DeferredMail>;
}

/** How deferred mail is read. */
export interface DeferredMailOptions {
  /** Is told, now and then, how many messages have been looked at, of how many. */
  readonly onProgress: (done: number, all: number | null) => void;
}

/** Where, and whether, the index of deferred mail is kept: said before the command's name. */
export interface IndexOptions {
  /** A byte string, absolute. Null: where it is unless something else is said. */
  readonly cacheDirectory: string | null;
  /** What is kept is not used, but made anew. */
  readonly isFresh: boolean;
}

/** The same, with the instance found. */
export interface CommandTools
  extends Omit<CommandWorld, "sockets" | "findInstance" | "openDeferredMail"> {
  /** What is deferred now. Throws OsError where the queue can't be read. See open_mail.ts. */
  openDeferredMail(instance: Instance, options: DeferredMailOptions): Promise<DeferredMail>;
  readonly instance: Instance;
  readonly socket: FlushSocket;
  readonly place: ServicePlace;
  /** What stands before the command's name, for another process that is to do the same: byte strings. */
  readonly globalWords: readonly string[];
  /** The same for the instance whose main.cf is in this directory. Throws Fatal. */
  forInstance(configDirectory: string): CommandTools;
}

/** Runs a command's work, whose result is the exit status. */
export type Perform = (work: (tools: CommandTools) => Promise<number>) => Promise<void>;
