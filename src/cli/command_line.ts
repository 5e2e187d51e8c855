/**
 * The command line of fastflush: does what it says, and how that ends.
 *
 * Guarantees: one exit status for whatever happens (exit_status.ts), and nothing done where the command line is wrong.
 */
import { CommanderError } from "commander";
import { Fatal } from "../effects/fatal.ts";
import { OsError } from "../effects/os_error.ts";
import { encodeUtf8 } from "../names/byte_string.ts";
import type { CommandTools, CommandWorld, IndexOptions, Perform } from "./command_tools.ts";
import { CommandError, EXIT } from "./exit_status.ts";
import { printable } from "./printable.ts";
import { createProgram } from "./program.ts";

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
  const perform: Perform = async (work) => {
    status = await work(toolsFor(world, program.opts<GlobalOptions>()));
  };
  const program = createProgram(world.terminal, perform, words);
  try {
    await program.parseAsync(words, { from: "user" });
  } catch (caught) {
    status = statusOf(caught, world);
  }
  return checkedStatus(status, world);
}

/** Who reads standard output has to know that it has not come to its end. */
function checkedStatus(status: number, { terminal }: CommandWorld): number {
  if (terminal.outFault === null) {
    return status;
  }
  terminal.err(`Not complete: standard output could not be written: ${terminal.outFault}.\n`);
  return status === EXIT.done ? EXIT.found : status;
}

function toolsFor(world: CommandWorld, options: GlobalOptions): CommandTools {
  const { configDir, cacheDir } = options;
  requireDirectory("-c", configDir);
  requireDirectory("--cache-dir", cacheDir);
  const instance = world.findInstance(configDir ?? null);
  const { sockets, findInstance: _, ...rest } = world;
  const { place } = instance;
  const socket = { sockets, clock: world.clock, path: place.path };
  const cacheDirectory = cacheDir === undefined ? null : world.absolutePath(encodeUtf8(cacheDir));
  const index = { cacheDirectory, isFresh: options.fresh === true };
  return {
    ...rest,
    instance,
    socket,
    place,
    globalWords: globalWords(instance.configDirectory, index),
    openDeferredMail: (of, how) => world.openDeferredMail(of, { ...how, ...index }),
    forInstance: (directory) => toolsFor(world, { ...options, configDir: directory }),
  };
}

/** One that is empty, as a variable of a script may be, would be wherever the script runs. */
function requireDirectory(option: string, named: string | undefined): void {
  if (named === "") {
    throw new CommandError(EXIT.usage, `${option} names no directory. Nothing was done.`);
  }
}

/** All paths are absolute: the other process may be elsewhere. */
function globalWords(configDirectory: string, { cacheDirectory, isFresh }: IndexOptions): string[] {
  return [
    "-c",
    configDirectory,
    ...(cacheDirectory === null ? [] : ["--cache-dir", cacheDirectory]),
    ...(isFresh ? ["--fresh"] : []),
  ];
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
    terminal.err(
      `The Postfix configuration can't be used: ${printable(caught.message)}.\n` +
        "That of another directory is used with: fastflush -c DIRECTORY COMMAND\n",
    );
    return EXIT.configuration;
  }
  if (caught instanceof OsError) {
    // Of what no command reckons with: a program that can't be started for want of memory, and the like.
    terminal.err(`Not complete: ${printable(caught.message)}.\n`);
    return EXIT.found;
  }
  throw caught;
}
