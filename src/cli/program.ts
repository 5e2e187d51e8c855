/**
 * The commands of fastflush as commander knows them: names, options, and what their help says.
 *
 * Whoever shows the commands elsewhere (the manual page, the shells' completions) reads them here, so that nothing is
 * said twice.
 */
import { Command } from "commander";
import type { Terminal } from "../effects/terminal.ts";
import type { Perform } from "./command_tools.ts";
import { addCompletion } from "./completion/completion.ts";
import { addHistogram } from "./deferred/histogram.ts";
import { addList } from "./deferred/list.ts";
import { addShow } from "./deferred/show.ts";
import { statusesText } from "./exit_status.ts";
import { examples } from "./help_texts.ts";
import { addDelete } from "./hold/delete.ts";
import { addHold } from "./hold/hold.ts";
import { addRelease } from "./hold/release.ts";
import { addMetrics } from "./metrics/metrics.ts";
import { printableText } from "./printable.ts";
import { addCompact } from "./record/compact.ts";
import { addRebuild } from "./record/rebuild.ts";
import { addSites } from "./record/sites.ts";
import { addVerify } from "./record/verify.ts";
import { addPreview } from "./release/preview.ts";
import { addSend } from "./release/send.ts";
import { addDoctor } from "./set_up/doctor.ts";
import { addInstall } from "./set_up/install.ts";
import { addStatus } from "./set_up/status.ts";
import { addUninstall } from "./set_up/uninstall.ts";
import { addTop } from "./top/top.ts";
import { VERSION } from "./version.ts";
import { addWatch } from "./watch/watch.ts";

/** Wide enough for the longest line, narrow enough for most terminals, and the same in a pipe. */
const HELP_WIDTH = 100;

/** Adds a command to the program. */
type AddCommand = (program: Command, perform: Perform) => void;

/** All commands by what they are about, in the order of the help. */
const GROUPS: ReadonlyArray<readonly [heading: string, commands: readonly AddCommand[]]> = [
  [
    "Deferred mail:",
    [addList, addHistogram, addShow, addTop, addPreview, addSend, addWatch, addMetrics],
  ],
  ["Mail on hold, and mail that is to go:", [addHold, addRelease, addDelete]],
  ["The record of fastflush's service:", [addSites, addVerify, addCompact, addRebuild]],
  ["Set-up:", [addStatus, addDoctor, addInstall, addUninstall, addCompletion]],
];

const EXAMPLES = [
  ["fastflush list", "what is deferred, for whom, and why"],
  ["fastflush send example.com --wait", "try its mail now, and see what comes of it"],
  ["fastflush doctor", "is the flush service set up well"],
  ["fastflush -c /etc/postfix-out list", "of another Postfix instance"],
] as const;

/** All of them; `perform` does what an action asks for, and `terminal` gets help and what is wrong with a command line. */
export function createProgram(terminal: Pick<Terminal, "out" | "err">, perform: Perform): Command {
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
  for (const [heading, commands] of GROUPS) {
    program.commandsGroup(heading);
    for (const add of commands) {
      add(program, perform);
    }
  }
  program.commandsGroup("Help:").helpCommand("help [command]", "show the help of a command");
  addHints(program);
  return program;
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
