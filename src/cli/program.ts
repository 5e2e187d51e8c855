/**
 * The commands of fastflush as commander knows them: names, options, and what their help says.
 *
 * Whoever shows the commands elsewhere (the manual page, the shells' completions) reads them here, so that nothing is
 * said twice.
 */
import { Command } from "commander";
import type { Terminal } from "../effects/terminal.ts";
import type { Perform } from "./command_tools.ts";
import { statusesText } from "./exit_status.ts";
import { examples } from "./help_texts.ts";
import { printableText } from "./printable.ts";
import { VERSION } from "./version.ts";

/** Wide enough for the longest line, narrow enough for most terminals, and the same in a pipe. */
const HELP_WIDTH = 100;

/** Adds a command to the program. */
type AddCommand = (program: Command, perform: Perform) => void;

/**
 * All commands by what they are about, in the order of the help. Each is loaded when it is asked for: all of them take longer
 * to load than a list of 100,000 messages can spare (docs/PERFORMANCE.md).
 */
const GROUPS: Readonly<Record<string, Readonly<Record<string, () => AddCommand>>>> = {
  "Deferred mail:": {
    list: () => (require("./deferred/list.ts") as typeof import("./deferred/list.ts")).addList,
    histogram: () =>
      (require("./deferred/histogram.ts") as typeof import("./deferred/histogram.ts")).addHistogram,
    show: () => (require("./deferred/show.ts") as typeof import("./deferred/show.ts")).addShow,
    top: () => (require("./top/top.ts") as typeof import("./top/top.ts")).addTop,
    preview: () =>
      (require("./release/preview.ts") as typeof import("./release/preview.ts")).addPreview,
    send: () => (require("./release/send.ts") as typeof import("./release/send.ts")).addSend,
    watch: () => (require("./watch/watch.ts") as typeof import("./watch/watch.ts")).addWatch,
    metrics: () =>
      (require("./metrics/metrics.ts") as typeof import("./metrics/metrics.ts")).addMetrics,
  },
  "Mail on hold, and mail that is to go:": {
    hold: () => (require("./hold/hold.ts") as typeof import("./hold/hold.ts")).addHold,
    release: () => (require("./hold/release.ts") as typeof import("./hold/release.ts")).addRelease,
    delete: () => (require("./hold/delete.ts") as typeof import("./hold/delete.ts")).addDelete,
  },
  "The record of fastflush's service:": {
    sites: () => (require("./record/sites.ts") as typeof import("./record/sites.ts")).addSites,
    verify: () => (require("./record/verify.ts") as typeof import("./record/verify.ts")).addVerify,
    compact: () =>
      (require("./record/compact.ts") as typeof import("./record/compact.ts")).addCompact,
    rebuild: () =>
      (require("./record/rebuild.ts") as typeof import("./record/rebuild.ts")).addRebuild,
  },
  "Set-up:": {
    status: () => (require("./set_up/status.ts") as typeof import("./set_up/status.ts")).addStatus,
    doctor: () => (require("./set_up/doctor.ts") as typeof import("./set_up/doctor.ts")).addDoctor,
    install: () =>
      (require("./set_up/install.ts") as typeof import("./set_up/install.ts")).addInstall,
    uninstall: () =>
      (require("./set_up/uninstall.ts") as typeof import("./set_up/uninstall.ts")).addUninstall,
    completion: () =>
      (require("./completion/completion.ts") as typeof import("./completion/completion.ts"))
        .addCompletion,
  },
};

/** The command that has to know the others: what it prints completes them. */
const TELLS_OF_ALL = "completion";

const EXAMPLES = [
  ["fastflush list", "what is deferred, for whom, and why"],
  ["fastflush send example.com --wait", "try its mail now, and see what comes of it"],
  ["fastflush doctor", "is the flush service set up well"],
  ["fastflush -c /etc/postfix-out list", "of another Postfix instance"],
] as const;

/**
 * The program with all commands, or with the one alone that a command line of these `words` names. `perform` does what an
 * action asks for, and `terminal` gets help and what is wrong with a command line.
 */
export function createProgram(
  terminal: Pick<Terminal, "out" | "err">,
  perform: Perform,
  words: readonly string[] = [],
): Command {
  const program = new Command("fastflush")
    .description(
      "Shows what mail Postfix has deferred and why, has it tried again, and follows it to its end. Holds mail, and " +
        "deletes it, for whoever says so.",
    )
    .option("-c, --config-dir <directory>", "where main.cf is, as for Postfix's own commands")
    .option("--cache-dir <directory>", "where the index of deferred mail is kept")
    .option("--fresh", "read all deferred mail anew, whatever is in the index")
    .helpOption("-h, --help", "show this help")
    .version(`fastflush ${VERSION}`, "-V, --version", "show which version this is")
    .enablePositionalOptions()
    .exitOverride()
    .configureHelp({ helpWidth: HELP_WIDTH })
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(text.split("\n").map(printableText).join("\n")),
      outputError: (text, write) => write(text + misplacedHint(program, text)),
    })
    .addHelpText("after", examples(EXAMPLES) + statusesText());
  const named = namedCommand(program, words);
  for (const [heading, commands] of Object.entries(GROUPS)) {
    program.commandsGroup(heading);
    for (const [name, load] of Object.entries(commands)) {
      if (named === null || named === name) {
        load()(program, perform);
      }
    }
  }
  program.commandsGroup("Help:").helpCommand("help [command]", "show the help of a command");
  addHints(program);
  return program;
}

/**
 * The one command that is to be known: it comes behind the program's own options. Null: all are, since it is none of ours, or
 * tells of them, or help is asked for or something is wrong before it.
 */
function namedCommand(program: Command, words: readonly string[]): string | null {
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const option = program.options.find(({ short, long }) => word === short || word === long);
    if (option === undefined) {
      const isOurs = Object.values(GROUPS).some((commands) => Object.hasOwn(commands, word));
      return isOurs && word !== TELLS_OF_ALL ? word : null;
    }
    at += option.required ? 1 : 0;
  }
  return null;
}

/** What is said behind what is wrong with a command line. */
function addHints(program: Command): void {
  const names = program.commands.map((command) => command.name());
  program.showHelpAfterError(`Commands are ${names.join(", ")}: see fastflush COMMAND --help.`);
  for (const command of program.commands) {
    command.showHelpAfterError(`See fastflush ${command.name()} --help.`);
  }
}

/** Behind a command's name the options of the program are unknown: what is said of one. */
function misplacedHint(program: Command, error: string): string {
  const option = program.options.find(
    ({ short, long }) =>
      (short !== undefined && error.startsWith(`error: unknown option '${short}`)) ||
      RegExp(`^error: unknown option '${long}[='].*`).test(error),
  );
  if (option === undefined) {
    return "";
  }
  const name = option.short ?? option.long;
  const argument = option.required ? " DIRECTORY" : "";
  return `${name} goes before the command's name: fastflush ${name}${argument} COMMAND.\n`;
}
