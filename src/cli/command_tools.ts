/**
 * What every command needs: who runs it, and the flush service that it asks.
 */
import type { FlushSocket } from "../client/ask.ts";
import type { Clock } from "../effects/clock.ts";
import type { Terminal } from "../effects/terminal.ts";

/** The service of one Postfix instance, as its configuration says. */
export interface ServicePlace {
  /** Its socket's path, a byte string. */
  readonly path: string;
  /** The user, beside root, who may ask: a byte string. */
  readonly mailOwner: string;
  /** This process acts as root or as the mail owner. */
  readonly mayAsk: boolean;
}

/** The machine, before a configuration is known. */
export interface CommandWorld {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly sockets: FlushSocket["sockets"];
  /** Reads the configuration in this directory; null: where Postfix's own commands look. Throws Fatal. */
  findService(configDirectory: string | null): ServicePlace;
}

/** The same, with the service found. */
export interface CommandTools {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly socket: FlushSocket;
  readonly place: ServicePlace;
}

/** Runs a command's work, whose result is the exit status. */
export type Perform = (work: (tools: CommandTools) => Promise<number>) => Promise<void>;
