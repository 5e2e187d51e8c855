/**
 * The commands of fastflush as commander knows them: names, options, and what their help says.
 *
 * Whoever shows the commands elsewhere (the manual page, the shells' completions) reads them here, so that nothing is
 * said twice.
 */
import { Command } from "commander";
import type { Terminal } from "../effects/terminal.ts";
import type { Perform } from "./command_tools.ts";
import type * as CompletionCommand from "./completion/completion.ts";
import type * as HistogramCommand from "./deferred/histogram.ts";
import type * as ListCommand from "./deferred/list.ts";
import type * as ShowCommand from "./deferred/show.ts";
import { statusesText } from "./exit_status.ts";
import { examples } from "./help_texts.ts";
import type * as DeleteCommand from "./hold/delete.ts";
import type * as HoldCommand from "./hold/hold.ts";
import type * as ReleaseCommand from "./hold/release.ts";
import type * as MetricsCommand from "./metrics/metrics.ts";
import { printableText } from "./printable.ts";
import type * as CompactCommand from "./record/compact.ts";
import type * as RebuildCommand from "./record/rebuild.ts";
import type * as SitesCommand from "./record/sites.ts";
import type * as VerifyCommand from "./record/verify.ts";
import type * as PreviewCommand from "./release/preview.ts";
import type * as SendCommand from "./release/send.ts";
import type * as DoctorCommand from "./set_up/doctor.ts";
import type * as InstallCommand from "./set_up/install.ts";
import type * as StatusCommand from "./set_up/status.ts";
import type * as UninstallCommand from "./set_up/uninstall.ts";
import type * as TopCommand from "./top/top.ts";
import { VERSION } from "./version.ts";
import type * as WatchCommand from "./watch/watch.ts";

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
    list: () => (require("./deferred/list.ts") as typeof ListCommand).addList,
    histogram: () => (require("./deferred/histogram.ts") as typeof HistogramCommand).addHistogram,
    show: () => (require("./deferred/show.ts") as typeof ShowCommand).addShow,
    top: () => (require("./top/top.ts") as typeof TopCommand).addTop,
    preview: () => (require("./release/preview.ts") as typeof PreviewCommand).addPreview,
    send: () => (require("./release/send.ts") as typeof SendCommand).addSend,
    watch: () => (require("./watch/watch.ts") as typeof WatchCommand).addWatch,
    metrics: () => (require("./metrics/metrics.ts") as typeof MetricsCommand).addMetrics,
  },
  "Mail on hold, and mail that is to go:": {
    hold: () => (require("./hold/hold.ts") as typeof HoldCommand).addHold,
    release: () => (require("./hold/release.ts") as typeof ReleaseCommand).addRelease,
    delete: () => (require("./hold/delete.ts") as typeof DeleteCommand).addDelete,
  },
  "The record of fastflush's service:": {
    sites: () => (require("./record/sites.ts") as typeof SitesCommand).addSites,
    verify: () => (require("./record/verify.ts") as typeof VerifyCommand).addVerify,
    compact: () => (require("./record/compact.ts") as typeof CompactCommand).addCompact,
    rebuild: () => (require("./record/rebuild.ts") as typeof RebuildCommand).addRebuild,
  },
  "Set-up:": {
    status: () => (require("./set_up/status.ts") as typeof StatusCommand).addStatus,
    doctor: () => (require("./set_up/doctor.ts") as typeof DoctorCommand).addDoctor,
    install: () => (require("./set_up/install.ts") as typeof InstallCommand).addInstall,
    uninstall: () => (require("./set_up/uninstall.ts") as typeof UninstallCommand).addUninstall,
    completion: () =>
      (require("./completion/completion.ts") as typeof CompletionCommand).addCompletion,
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
