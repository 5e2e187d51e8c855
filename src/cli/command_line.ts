/**
 * The command line of fastflush: which commands there are, what their help says, and how they end.
 *
 * Guarantees: one exit status for whatever happens (exit_status.ts), and nothing done where the command line is wrong.
 */
import { Command, CommanderError } from "commander";
import { Fatal } from "../effects/fatal.ts";
import type { CommandTools, CommandWorld, Perform } from "./command_tools.ts";
import { addHistogram } from "./deferred/histogram.ts";
import { addList } from "./deferred/list.ts";
import { addShow } from "./deferred/show.ts";
import { CommandError, EXIT } from "./exit_status.ts";
import { examples } from "./help_texts.ts";
import { printable, printableText } from "./printable.ts";
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

/** Two words, and no end of line: wide enough for most terminals, and the same in a pipe. */
const HELP_WIDTH = 100;

const EXIT_STATUSES = `
Exit status:
  ${EXIT.done}   done            ${EXIT.found}   something failed, was found (verify) or was declined
  ${EXIT.usage}  wrong usage     ${EXIT.unavailable}  no service, or not that of fastflush
  ${EXIT.tryAgain}  try again       ${EXIT.notPermitted}  not permitted   ${EXIT.configuration}  main.cf is wrong
`;

/** Options before the command's name, as commander gives them. */
interface GlobalOptions {
  readonly configDir?: string;
  readonly cacheDir?: string;
  readonly fresh?: true;
}

/** Does what the words of a command line say (those behind the program's name), and returns the exit status. */
export async function runCommandLine(
  words: readonly string[],
  world: CommandWorld,
): Promise<number> {
  let status: number = EXIT.done;
  const program = createProgram(world, async (work) => {
    status = await work(toolsFor(world, program.opts<GlobalOptions>()));
  });
  try {
    await program.parseAsync(words, { from: "user" });
    return status;
  } catch (caught) {
    return statusOf(caught, world);
  }
}

function toolsFor(world: CommandWorld, options: GlobalOptions): CommandTools {
  const instance = world.findInstance(options.configDir ?? null);
  const { sockets, findInstance: _, ...rest } = world;
  const { place } = instance;
  const socket = { sockets, clock: world.clock, path: place.path };
  const index = { cacheDirectory: options.cacheDir ?? null, isFresh: options.fresh === true };
  return {
    ...rest,
    instance,
    socket,
    place,
    openDeferredMail: (of, how) => world.openDeferredMail(of, { ...how, ...index }),
    forInstance: (directory) => toolsFor(world, { ...options, configDir: directory }),
  };
}

function createProgram(world: CommandWorld, perform: Perform): Command {
  const { terminal } = world;
  const program = new Command("fastflush")
    .description(
      "Shows and flushes the deferred mail that Postfix's fast flush service has recorded.",
    )
    .option("-c, --config-dir <directory>", "where main.cf is, as for Postfix's own commands")
    .option("--cache-dir <directory>", "where the index of deferred mail is kept")
    .option("--fresh", "read all deferred mail anew, whatever is in the index")
    .enablePositionalOptions()
    .exitOverride()
    .configureHelp({ helpWidth: HELP_WIDTH })
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(text.split("\n").map(printableText).join("\n")),
    })
    .showHelpAfterError(
      "Commands are sites, preview, send, verify, compact and rebuild: see fastflush COMMAND --help.",
    )
    .addHelpText(
      "after",
      examples([
        ["fastflush sites", "what is recorded"],
        ["fastflush send example.com", "try the deferred mail of a site now"],
        ["fastflush -c /etc/postfix-out sites", "of another Postfix instance"],
      ]) + EXIT_STATUSES,
    );
  for (const add of [addList, addHistogram, addShow]) {
    add(program, perform);
  }
  for (const add of [addSites, addPreview, addSend, addVerify, addCompact, addRebuild]) {
    add(program, perform);
  }
  for (const add of [addInstall, addUninstall, addStatus, addDoctor]) {
    add(program, perform);
  }
  return program;
}

function statusOf(caught: unknown, { terminal }: CommandWorld): number {
  if (caught instanceof CommanderError) {
    // Help that was asked for is no error; commander has printed all there is to say.
    return caught.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
  if (caught instanceof CommandError) {
    terminal.err(`${caught.message}\n`);
    return caught.status;
  }
  if (caught instanceof Fatal) {
    terminal.err(`${printable(caught.message)}\n`);
    return EXIT.configuration;
  }
  throw caught;
}
