/**
 * A machine in memory with one Postfix: its files, a postconf(1) that reads and changes them, a program that answers or
 * doesn't, and a Postfix that takes up at each reload what master.cf says then.
 *
 * The postconf here knows the calls of installation/postconf.ts, and lays a changed entry out anew, as the real one does.
 */

import type { ProgramOutcome } from "../../src/effects/programs.ts";
import {
  carryOutInstallation,
  type InstallationPlan,
  planInstallation,
} from "../../src/installation/install.ts";
import type { Wish } from "../../src/installation/objections.ts";
import {
  carryOutRemoval,
  planRemoval,
  type RemovalPlan,
} from "../../src/installation/uninstall.ts";
import { MemoryHost } from "../../src/memory/host.ts";
import { MemoryPrograms } from "../../src/memory/programs.ts";

export const CONF = "/etc/postfix";
export const SOURCE = "/root/flush";
const DAEMONS = "/usr/lib/postfix/sbin";
export const PROGRAM = `${DAEMONS}/fastflush/flush`;
const QUEUE = "/var/spool/postfix";
const MASTER_PID = 77;

/** What a file holds that answers as our service does. */
export const OURS = "our program";

export const MAIN_CF =
  "# main\ncompatibility_level = 3.6\nrelay_domains =   one.example,\n   two.example\n";
export const MASTER_CF = `# master
smtp inet n - y - - smtpd
# about flush
flush   unix  n\t- y 1000? 0   flush
   # inside
\t-o syslog_facility=mail   -o { x = y z }

showq unix n - y - - showq
`;

const DEFAULTS: Readonly<Record<string, string>> = {
  mail_version: "3.7.11",
  daemon_directory: DAEMONS,
  queue_directory: QUEUE,
  flush_service_name: "flush",
  import_environment: "MAIL_CONFIG TZ",
  fast_flush_domains: "$relay_domains",
  fast_flush_refresh_time: "12h",
  max_use: "100",
  relay_domains: "",
  smtpd_etrn_restrictions: "",
  multi_instance_name: "",
  multi_instance_directories: "",
  multi_instance_wrapper: "",
};

const COLUMNS = [
  "service",
  "type",
  "private",
  "unprivileged",
  "chroot",
  "wakeup",
  "process_limit",
] as const;

export class InstallationRig {
  readonly host = new MemoryHost();
  readonly programs = new MemoryPrograms();
  /** The command that the running Postfix uses, since it was last reloaded. */
  running = "flush";
  reloadCount = 0;
  /** Postfix can't reload. */
  failsToReload = false;

  constructor(mainCf = MAIN_CF, masterCf = MASTER_CF) {
    const { host } = this;
    host.put(`${CONF}/main.cf`, mainCf, { mode: 0o640 });
    host.put(`${CONF}/master.cf`, masterCf, { gid: 5 });
    host.put(`${DAEMONS}/flush`, "the original");
    host.put(SOURCE, OURS);
    host.putDirectory("/tmp");
    host.put(`${QUEUE}/pid/master.pid`, `   ${MASTER_PID}\n`);
    host.putLink(`/proc/${MASTER_PID}/exe`, `${DAEMONS}/master`);
    this.programs.add("postconf", (args) => this.#postconf(args));
    this.programs.add("postfix", (args) => this.#postfix(args));
    this.programs.add("env", (args) => this.#run(args));
  }

  /** Postfix does not run. */
  stop(): void {
    this.host.remove(`/proc/${MASTER_PID}/exe`);
  }

  get mainCf(): string {
    return this.host.read(`${CONF}/main.cf`);
  }

  get masterCf(): string {
    return this.host.read(`${CONF}/master.cf`);
  }

  /** What an installation may touch, to be compared. */
  tree(): Record<string, string> {
    return { ...this.host.tree("/etc"), ...this.host.tree("/usr"), ...this.host.tree("/tmp") };
  }

  /** Changes a file as an administrator would. */
  edit(name: "main.cf" | "master.cf", change: (text: string) => string): void {
    const path = `${CONF}/${name}`;
    const owner = this.host.statusOf(path) ?? {};
    this.host.put(path, change(this.host.read(path)), owner);
  }

  #postfix(args: readonly string[]): Partial<ProgramOutcome> {
    if (this.failsToReload) {
      return { status: 1, err: "postfix: fatal: no\n" };
    }
    this.reloadCount++;
    const [entry] = entriesOf(this.host.read(`${args[1]}/master.cf`)).filter(isFlush);
    this.running = entry?.words[7] ?? "";
    return {};
  }

  /** `env -i MAIL_CONFIG=... PROGRAM -S`. */
  #run([, , path = ""]: readonly string[]): Partial<ProgramOutcome> {
    switch (this.host.read(path)) {
      case OURS:
      case `${OURS}, newer`:
        return { out: "protocol\0queue_flush_protocol\0\0status\x000\0\0" };
      case "the original":
        return { out: "protocol\0queue_flush_protocol\0\0" };
      case "the original of Postfix 3.5":
        return { out: "" };
      case `${OURS}, beside Postfix 3.5`:
        return { out: "status\x000\0\0" };
      case "silent":
        return { status: 1 };
      case "hangs":
        return { status: null, isLate: true };
      case "killed":
        return { status: null };
      default:
        return { status: 1, err: "150 | }\n  ^\nTypeError: bun:ffi requires the JIT\n\nBun v1\n" };
    }
  }

  #postconf([, folder = "", option = "", ...rest]: readonly string[]): Partial<ProgramOutcome> {
    const main = `${folder}/main.cf`;
    const master = `${folder}/master.cf`;
    const owner = { mode: 0o644, uid: 0, gid: 0 };
    const [first = ""] = rest;
    switch (option) {
      case "-x":
        return { out: lines(rest.map((name) => `${name} = ${this.#value(main, name)}`)) };
      case "-m":
        return { out: lines(["static", "inline", "texthash", "regexp"]) };
      case "-n":
        return {
          out: lines([...settingsOf(this.host.read(main))].map((each) => each.join(" = "))),
        };
      case "-e":
      case "-X":
        this.host.write(main, withSetting(this.host.read(main), option, first), owner);
        return {};
      case "-P":
      case "-F":
        // -x too: no entry here has anything to expand.
        if (first === "" || first === "-x") {
          return {
            out: lines(
              entriesOf(this.host.read(master)).flatMap(option === "-F" ? columns : overrides),
            ),
          };
        }
        this.host.write(master, withChange(this.host.read(master), option, first), owner);
        return {};
      case "-PX":
        this.host.write(master, withChange(this.host.read(master), option, first), owner);
        return {};
      default:
        return { status: 1, err: `postconf: fatal: ${option}\n` };
    }
  }

  #value(main: string, name: string): string {
    const raw = settingsOf(this.host.read(main)).get(name) ?? DEFAULTS[name] ?? "";
    return raw.replace(/\$([a-z_]+)/g, (_, other: string) => this.#value(main, other));
  }
}

export const DATE = "20261126T094512Z";

/** A plan for it. */
export async function plan(
  rig: InstallationRig,
  wish: Partial<Wish> = {},
  date = DATE,
): Promise<InstallationPlan> {
  const whole = { maxUse: null, everyDestination: false, ...wish };
  return await planInstallation(rig, CONF, { wish: whole, source: SOURCE, date });
}

/** Installs; the service answers if the running Postfix has our command. */
export async function install(
  rig: InstallationRig,
  wish: Partial<Wish> = {},
): Promise<InstallationPlan> {
  const made = await plan(rig, wish);
  await carryOutInstallation(rig, made, async () =>
    rig.running === "fastflush/flush" ? null : "the original answers",
  );
  return made;
}

/** Uninstalls; the original answers if the running Postfix has its command. */
export async function uninstall(rig: InstallationRig): Promise<RemovalPlan> {
  const made = await planRemoval(rig, CONF);
  await carryOutRemoval(rig, made, async () => (rig.running === "flush" ? null : "ours answers"));
  return made;
}

interface Entry {
  readonly first: number;
  readonly last: number;
  readonly words: readonly string[];
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join("");
}

function settingsOf(text: string): Map<string, string> {
  const joined = text.replace(/^#.*\n/gm, "").replace(/\n\s+/g, " ");
  return new Map(
    joined.split("\n").flatMap((line) => {
      const [, name, value = ""] = /^([a-z_]+)\s*=\s*(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value.trim()] as const];
    }),
  );
}

function withSetting(text: string, option: string, change: string): string {
  const [name = "", ...value] = change.split("=");
  const line = option === "-X" ? "" : `${name} = ${value.join("=")}\n`;
  const pattern = new RegExp(`^${name}\\s*=.*\\n(?:\\s+\\S.*\\n)*`, "m");
  return pattern.test(text) ? text.replace(pattern, line) : text + line;
}

/** Words of entries: seven columns, then the command and what is behind it, `{ }` without outer blanks. */
function entriesOf(text: string): Entry[] {
  const found: { first: number; last: number; text: string }[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (/^\s*(#|$)/.test(line)) {
      continue;
    }
    const current = found.at(-1);
    if (/^\s/.test(line) && current !== undefined) {
      current.last = index;
      current.text += ` ${line}`;
    } else {
      found.push({ first: index, last: index, text: line });
    }
  }
  return found.map(({ first, last, text: joined }) => ({
    first,
    last,
    words: (joined.match(/\{[^}]*\}|\S+/g) ?? []).map((word) =>
      word.replace(/^\{\s*(\S+)\s*=\s*(.*?)\s*\}$/, "{$1=$2}"),
    ),
  }));
}

function isFlush({ words }: Entry): boolean {
  return words[0] === "flush" && words[1] === "unix";
}

function columns({ words }: Entry): string[] {
  const name = `${words[0]}/${words[1]}`;
  const before = COLUMNS.map((column, index) => `${name}/${column} = ${words[index]}`);
  return [...before, `${name}/command = ${words.slice(7).join(" ")}`];
}

function overrides({ words }: Entry): string[] {
  return words.flatMap((word, index) => {
    const setting = (words[index + 1] ?? "").replace(/^\{(.*)\}$/, "$1");
    const [name = "", ...value] = setting.split("=");
    return word === "-o" ? [`${words[0]}/${words[1]}/${name} = ${value.join("=")}`] : [];
  });
}

/** Comments within a changed entry come to stand before it. */
function withChange(text: string, option: string, change: string): string {
  const [entry] = entriesOf(text).filter(isFlush);
  const [, name = "", value = ""] = /^flush\/unix\/([a-z_]+)=?(.*)$/.exec(change) ?? [];
  if (entry === undefined) {
    return text;
  }
  const command = option === "-F" ? value : commandWith(entry.words.slice(7), option, name, value);
  const all = text.split("\n");
  const own = all.slice(entry.first, entry.last + 1);
  const comments = own.filter((line) => /^\s*(#|$)/.test(line));
  const laidOut = `${entry.words.slice(0, 7).join(" ")} ${command.replace(/ -o/g, "\n    -o")}`;
  return [...all.slice(0, entry.first), ...comments, laidOut, ...all.slice(entry.last + 1)].join(
    "\n",
  );
}

function commandWith(
  words: readonly string[],
  option: string,
  name: string,
  value: string,
): string {
  const kept = words.join(" ").replace(new RegExp(` -o ${name}=[^ ]*`), "");
  return option === "-PX" ? kept : `${kept} -o ${name}=${value}`;
}
