/**
 * Asks postconf(1) about the configuration of one Postfix instance, and has it change it.
 *
 * Guarantees: what postconf refuses, or does not know, is a PostconfError with its own words; nothing is guessed
 * where it is silent. Values are those that Postfix itself would use, in one line each. All text is byte
 * strings, errors included. Does not check values, and reads no file itself. postconf replaces a file as a whole, and
 * gives it to root with mode 0644: whoever changes something looks after that.
 */
import { errorCode } from "../effects/os_error.ts";
import type { ProgramOutcome, Programs } from "../effects/programs.ts";

/** What postconf(1) could not do, in its own words: a byte string. */
export class PostconfError extends Error {
  override readonly name = "PostconfError";
}

/** The columns of an entry of master.cf, as postconf(1) names them. */
export interface MasterEntry {
  readonly service: string;
  readonly type: string;
  readonly private: string;
  readonly unprivileged: string;
  readonly chroot: string;
  readonly wakeup: string;
  readonly process_limit: string;
  /** The command, and its arguments and `-o` settings, parted by single blanks. */
  readonly command: string;
}

/** A setting in main.cf; `raw` is the value as it stands there, nothing expanded. */
export interface MainSetting {
  readonly name: string;
  readonly raw: string;
}

const COLUMNS = [
  "service",
  "type",
  "private",
  "unprivileged",
  "chroot",
  "wakeup",
  "process_limit",
  "command",
] as const satisfies readonly (keyof MasterEntry)[];

/** Reading takes milliseconds; a directory on a dead file server may hold it up. */
const LIMIT_MS = 30_000;

/** Where it is on every system that we know, for a shell whose PATH has no sbin. */
const NAMES = ["postconf", "/usr/sbin/postconf"] as const;

const NAME_VALUE = /^(\S+) =(?: (.*))?$/;
/** SERVICE/TYPE/NAME = VALUE; a service may have slashes, a value anything. */
const OF_ENTRY = /^([^ ]+?)\/([^/ ]+)\/([^/ ]+) =(?: (.*))?$/;

export class Postconf {
  readonly #programs: Programs;
  readonly #directory: string;

  /** Of the instance whose main.cf is in this directory. */
  constructor(programs: Programs, configDirectory: string) {
    this.#programs = programs;
    this.#directory = configDirectory;
  }

  /** The values of parameters, defaults included, all `$names` expanded. */
  async values<Name extends string>(...names: Name[]): Promise<Record<Name, string>> {
    return this.#known(names, await this.#lines("-x", ...names));
  }

  /** The same, nothing expanded. */
  async rawValues<Name extends string>(...names: Name[]): Promise<Record<Name, string>> {
    return this.#known(names, await this.#lines(...names));
  }

  /** The values that parameters have where main.cf sets none, nothing expanded. */
  async defaults<Name extends string>(...names: Name[]): Promise<Record<Name, string>> {
    return this.#known(names, await this.#lines("-d", ...names));
  }

  /** What main.cf itself sets; a parameter that is not among them has its default. */
  async settings(): Promise<readonly MainSetting[]> {
    return nameValues(await this.#lines("-n"));
  }

  /** The types of lookup tables that this Postfix has. */
  async tableTypes(): Promise<ReadonlySet<string>> {
    return new Set(await this.#lines("-m"));
  }

  /** All entries of master.cf, in their order. */
  async entries(): Promise<readonly MasterEntry[]> {
    return entriesOf(await this.#lines("-F"));
  }

  /** What an entry of master.cf sets by `-o`, by parameter, nothing expanded. */
  async overrides(service: string, type: string): Promise<ReadonlyMap<string, string>> {
    const all = overridesOf(await this.#lines("-P"));
    const own = all.filter(({ entry }) => entry === `${service}/${type}`);
    return new Map(own.map(({ name, value }) => [name, value]));
  }

  /** What entries of master.cf set by `-o`, by SERVICE/TYPE, then by parameter, all `$names` expanded. */
  async overridesEverywhere(): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
    const found = new Map<string, Map<string, string>>();
    for (const { entry, name, value } of overridesOf(await this.#lines("-P", "-x"))) {
      found.set(entry, (found.get(entry) ?? new Map<string, string>()).set(name, value));
    }
    return found;
  }

  /** Sets a parameter in main.cf. */
  async set(name: string, value: string): Promise<void> {
    await this.#change("-e", `${name}=${value}`);
  }

  /** Takes a parameter's setting out of main.cf. */
  async unset(name: string): Promise<void> {
    await this.#change("-X", name);
  }

  /** Changes a column of an entry of master.cf. */
  async setColumn(
    { service, type }: Pick<MasterEntry, "service" | "type">,
    column: keyof MasterEntry,
    value: string,
  ): Promise<void> {
    await this.#change("-F", `${service}/${type}/${column}=${value}`);
  }

  /** Sets a parameter for one entry of master.cf (`-o`). */
  async setOverride(
    { service, type }: Pick<MasterEntry, "service" | "type">,
    name: string,
    value: string,
  ): Promise<void> {
    await this.#change("-P", `${service}/${type}/${name}=${value}`);
  }

  /** Takes a parameter's setting out of one entry of master.cf. */
  async unsetOverride(
    { service, type }: Pick<MasterEntry, "service" | "type">,
    name: string,
  ): Promise<void> {
    await this.#change("-PX", `${service}/${type}/${name}`);
  }

  #known<Name extends string>(
    names: readonly Name[],
    lines: readonly string[],
  ): Record<Name, string> {
    const byName = new Map(nameValues(lines).map(({ name, raw }) => [name, raw]));
    const pairs = names.map((name) => {
      const value = byName.get(name);
      if (value === undefined) {
        throw new PostconfError(`this Postfix knows no parameter ${name}`);
      }
      return [name, value] as const;
    });
    return Object.fromEntries(pairs) as Record<Name, string>;
  }

  /** The lines that postconf prints; its warnings are about settings that are nobody's business here. */
  async #lines(...args: readonly string[]): Promise<readonly string[]> {
    const { out } = await this.#finish(args);
    return out.split("\n").filter((line) => line !== "");
  }

  async #finish(args: readonly string[]): Promise<ProgramOutcome> {
    const outcome = await this.#run(args);
    if (outcome.status !== 0) {
      const words = complaint(outcome.err);
      const ended =
        outcome.status === null ? "was ended, or took too long" : `exit status ${outcome.status}`;
      throw new PostconfError(words === "" ? `"postconf ${args.join(" ")}": ${ended}` : words);
    }
    return outcome;
  }

  /** Changes something. There being no such entry is only a warning of postconf's. */
  async #change(...args: readonly string[]): Promise<void> {
    const { err } = await this.#finish(args);
    if (err.includes("warning: unmatched ")) {
      throw new PostconfError(`master.cf has no entry for ${args.join(" ")}`);
    }
  }

  async #run(args: readonly string[]): Promise<ProgramOutcome> {
    for (const name of NAMES) {
      try {
        const words = [name, "-c", this.#directory, ...args];
        return await this.#programs.run(words, { limitMs: LIMIT_MS });
      } catch (caught) {
        if (errorCode(caught) !== "ENOENT") {
          throw caught;
        }
      }
    }
    throw new PostconfError("postconf is not found: is Postfix installed, and /usr/sbin in PATH?");
  }
}

/** What it failed of, without its name in front. */
function complaint(err: string): string {
  const lines = err.split("\n").filter((line) => line !== "");
  const fatal = lines.findLast((line) => line.includes(": fatal: ")) ?? lines.at(-1) ?? "";
  return fatal.replace(/^[^ ]*postconf: (?:fatal: )?/, "");
}

function nameValues(lines: readonly string[]): MainSetting[] {
  return lines.flatMap((line) => {
    const [, name, raw = ""] = NAME_VALUE.exec(line) ?? [];
    return name === undefined ? [] : [{ name, raw }];
  });
}

interface Override {
  /** SERVICE/TYPE. */
  readonly entry: string;
  readonly name: string;
  readonly value: string;
}

function overridesOf(lines: readonly string[]): Override[] {
  return lines.flatMap((line) => {
    const [, service, type, name = "", value = ""] = OF_ENTRY.exec(line) ?? [];
    return service === undefined ? [] : [{ entry: `${service}/${type}`, name, value }];
  });
}

/** Each entry begins with its column `service`, so that two of the same name stay two. */
function entriesOf(lines: readonly string[]): MasterEntry[] {
  const entries: Record<string, string>[] = [];
  for (const line of lines) {
    const [, , , column = "", value = ""] = OF_ENTRY.exec(line) ?? [];
    if (column === COLUMNS[0]) {
      entries.push({});
    }
    const entry = entries.at(-1);
    if (entry !== undefined) {
      entry[column] = value;
    }
  }
  return entries.map((entry) => {
    const columns = COLUMNS.map((column) => [column, entry[column] ?? ""] as const);
    return Object.fromEntries(columns) as Record<keyof MasterEntry, string>;
  });
}
