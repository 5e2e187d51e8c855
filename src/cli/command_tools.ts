/**
 * What every command needs: who runs it, the Postfix instance that it is about, and the flush service that it asks.
 */
import type { FlushSocket } from "../client/ask.ts";
import type { Machine } from "../doctor/machine.ts";
import type { Clock } from "../effects/clock.ts";
import type { Files } from "../effects/files.ts";
import type { Programs } from "../effects/programs.ts";
import type { Terminal } from "../effects/terminal.ts";
import type { TextFiles } from "../effects/text_files.ts";
import type { DeferredMail } from "../index/deferred_mail.ts";
import type { HashingRules } from "../names/hashed_path.ts";

/** The service of one Postfix instance, as its configuration says. */
export interface ServicePlace {
  /** Its socket's path, a byte string. */
  readonly path: string;
  /** The user, beside root, who may ask: a byte string. */
  readonly mailOwner: string;
  /** This process acts as root or as the mail owner. */
  readonly mayAsk: boolean;
}

/** A Postfix instance, as its main.cf says. Paths are byte strings, and absolute. */
export interface Instance {
  readonly configDirectory: string;
  readonly queueDirectory: string;
  readonly hashing: HashingRules;
  /** enable_idna2003_compatibility. */
  readonly idna2003: boolean;
  readonly place: ServicePlace;
}

/** The machine, before a configuration is known. */
export interface CommandWorld {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly sockets: FlushSocket["sockets"];
  readonly programs: Programs;
  readonly textFiles: TextFiles;
  /** What the doctor looks at besides. */
  readonly machine: Omit<Machine, "clock" | "programs" | "textFiles">;
  /** Reads the configuration in this directory; null: where Postfix's own commands look. Throws Fatal. */
  findInstance(configDirectory: string | null): Instance;
  /** The files of an instance's queue: this process goes there. Throws OsError. */
  enterQueue(instance: Instance): Files;
  /** What is deferred now. Throws OsError where the queue can't be read. */
  openDeferredMail(instance: Instance, options: DeferredMailOptions): Promise<DeferredMail>;
}

/** How deferred mail is read. */
export interface DeferredMailOptions {
  /** Is told, now and then, how many messages have been looked at, of how many. */
  readonly onProgress: (done: number, all: number) => void;
}

/** The same, with the instance found. */
export interface CommandTools extends Omit<CommandWorld, "sockets" | "findInstance"> {
  readonly instance: Instance;
  readonly socket: FlushSocket;
  readonly place: ServicePlace;
}

/** Runs a command's work, whose result is the exit status. */
export type Perform = (work: (tools: CommandTools) => Promise<number>) => Promise<void>;
