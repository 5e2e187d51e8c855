/**
 * The command line that master(8) gives to its children (spec section 7.1), and its GENERATION.
 *
 * Pure. Options may be clustered and may carry their value (`-zut unix`, `-oname=value`); reading
 * stops at the first argument that is no option. Throws Fatal with the original's texts.
 */
import { Fatal } from "../effects/fatal.ts";

export interface DaemonOptions {
  /** -c: go into the jail. */
  readonly chroot: boolean;
  /** -E: send_site releases every message that a log names, as the original does. Ours alone. */
  readonly releaseAll: boolean;
  /** -u: become mail_owner. */
  readonly unprivileged: boolean;
  /** -d: started by hand, don't mind a terminal. */
  readonly fromTerminal: boolean;
  /** -o, -i and -m, as `name=value`, in the order given. */
  readonly overrides: readonly string[];
  /** -n, or the last part of the command. */
  readonly serviceName: string;
  /** -s: how many listen descriptors there are, from 6 on. */
  readonly socketCount: number;
  /** -S: one client, on standard input and output. */
  readonly standalone: boolean;
  /** How many -v there were. */
  readonly verbosity: number;
  /** -V: log to standard error too. */
  readonly logToStderr: boolean;
  /** Arguments that are left: an error, raised at the first client. */
  readonly leftOver: readonly string[];
}

const TRANSPORTS = new Set(["unix", "inet", "pass"]);

/** Letters without a value; those with one. */
const FLAGS = "cdDElSuvVz";
const WITH_VALUE = "imnorst";

interface Letters {
  readonly flags: ReadonlyMap<string, number>;
  readonly values: ReadonlyMap<string, string>;
  readonly overrides: readonly string[];
  readonly leftOver: readonly string[];
}

/** Reads the arguments behind the command's name. */
export function parseOptions(command: string, args: readonly string[]): DaemonOptions {
  const { flags, values, overrides, leftOver } = splitLetters(args);
  const serviceName = values.get("n") ?? baseName(command);
  const standalone = flags.has("S");
  checkLimits(serviceName, standalone, flags, values);
  return {
    chroot: flags.has("c"),
    releaseAll: flags.has("E"),
    unprivileged: flags.has("u"),
    fromTerminal: flags.has("d"),
    overrides,
    serviceName,
    socketCount: Number.parseInt(values.get("s") ?? "1", 10),
    standalone,
    verbosity: flags.get("v") ?? 0,
    logToStderr: flags.has("V"),
    leftOver,
  };
}

/** The part of a command behind its last slash. */
export function baseName(command: string): string {
  return command.slice(command.lastIndexOf("/") + 1);
}

/** Reads master's GENERATION, an octal number of 32 bits; 0 where there is none. */
export function parseGeneration(text: string | undefined): number {
  if (text === undefined) {
    return 0;
  }
  if (!/^[0-9]+$/.test(text)) {
    throw new Fatal(`bad generation: ${text}`);
  }
  return Number.parseInt(text, 8) >>> 0;
}

function splitLetters(args: readonly string[]): Letters {
  const flags = new Map<string, number>();
  const values = new Map<string, string>();
  const overrides: string[] = [];
  let index = 0;
  for (; index < args.length; index++) {
    const arg = args[index] ?? "";
    if (arg === "--") {
      index++;
      break;
    }
    if (!arg.startsWith("-") || arg === "-") {
      break;
    }
    for (let at = 1; at < arg.length; at++) {
      const letter = arg[at] ?? "";
      if (FLAGS.includes(letter)) {
        flags.set(letter, (flags.get(letter) ?? 0) + 1);
        continue;
      }
      if (!WITH_VALUE.includes(letter)) {
        throw new Fatal(`invalid option: ${letter}`);
      }
      const rest = arg.slice(at + 1);
      const value = rest === "" ? args[++index] : rest;
      if (value === undefined) {
        throw new Fatal(`invalid option: ${letter}`);
      }
      values.set(letter, value);
      overrides.push(...overrideOf(letter, value));
      break;
    }
  }
  return { flags, values, overrides, leftOver: args.slice(index) };
}

function overrideOf(letter: string, value: string): string[] {
  switch (letter) {
    case "i":
      return [`max_idle=${value}`];
    case "m":
      return [`max_use=${value}`];
    case "o":
      return [value];
    default:
      return [];
  }
}

function checkLimits(
  serviceName: string,
  standalone: boolean,
  flags: ReadonlyMap<string, number>,
  values: ReadonlyMap<string, string>,
): void {
  const retirement = values.get("r");
  if (retirement !== undefined && !(Number.parseInt(retirement, 10) > 0)) {
    throw new Fatal(`invalid retirement time: ${retirement}`);
  }
  const sockets = values.get("s");
  if (sockets !== undefined && !(Number.parseInt(sockets, 10) > 0)) {
    throw new Fatal(`invalid socket_count: ${sockets}`);
  }
  if (standalone) {
    return;
  }
  if (!flags.has("z")) {
    throw new Fatal(`service ${serviceName} requires a process limit of 0`);
  }
  const transport = values.get("t");
  if (transport === undefined) {
    throw new Fatal("no transport type specified");
  }
  if (!TRANSPORTS.has(transport.toLowerCase())) {
    throw new Fatal(`unsupported transport type: ${transport}`);
  }
}
