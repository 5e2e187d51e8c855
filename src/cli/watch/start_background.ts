/**
 * `watch --background`: starts this program again in the background, with what was asked for, and says how to find it.
 *
 * Ends when the other process is written down as a watcher; where it could not become one, with what it has said.
 */
import type { BackgroundProgram } from "../../effects/background_programs.ts";
import { OsError } from "../../effects/os_error.ts";
import { encodeUtf8 } from "../../names/byte_string.ts";
import type { FoundWatcher, StateFolder } from "../../watching/state_folder.ts";
import type { CommandTools } from "../command_tools.ts";
import { CommandError, EXIT } from "../exit_status.ts";
import { printable } from "../printable.ts";
import { endLine, ownWatchers, watcherLines } from "./list_watchers.ts";
import type { WatchOptions } from "./watch_order.ts";
import { usingState } from "./watch_state.ts";

/** It is there within a second, unless the queue is very long and its index lost. */
const START_WAIT_MS = 60_000;
const LOOK_MS = 50;

/** Starts it, and returns the exit status. Throws CommandError. */
export async function startBackground(
  tools: CommandTools,
  folder: StateFolder,
  sites: readonly string[],
  options: WatchOptions,
): Promise<number> {
  const { id, log } = await usingState(() => folder.reserve());
  const words = wordsFor(tools, folder, sites, options, id);
  const program = await start(tools, words, log, () => folder.giveBack(id));
  const ended = { status: undefined as number | null | undefined };
  void program.ended.then((status) => {
    ended.status = status;
  });
  const watcher = await waitForWatcher(tools, folder, id, () => ended.status !== undefined);
  if (watcher === null) {
    return tellEnd(tools, log, ended.status ?? null, options.json === true);
  }
  const { terminal } = tools;
  if (options.json === true) {
    terminal.out(watcherLines(watcher) + endLine());
  } else {
    const names = watcher.record.sites.map(({ site }) => printable(site)).join(", ");
    terminal.out(
      `Watching ${names} in the background: watcher ${id}, process ${watcher.record.pid}.\n` +
        `What it prints is in ${printable(log)}.\n` +
        `To see how it stands: fastflush watch --list. To end it: fastflush watch --stop ${id}\n`,
    );
  }
  return EXIT.done;
}

function wordsFor(
  { host, globalWords }: CommandTools,
  folder: StateFolder,
  sites: readonly string[],
  { probe, interval, ceiling, for: limit, waitLimit, reason, json }: WatchOptions,
  id: number,
): string[] {
  const words = [
    "watch",
    ...sites,
    ...(probe === true ? ["--probe"] : []),
    ...["--interval", interval, "--ceiling", ceiling, "--wait-limit", waitLimit],
    ...(limit === undefined ? [] : ["--for", limit]),
    ...(reason === undefined ? [] : [`--reason=${reason}`]),
    ...(json === true ? ["--json"] : []),
    ...["--yes", "--watcher", String(id)],
  ].map(encodeUtf8);
  return [host.executable, ...globalWords, ...words, "--state-dir", folder.path];
}

/** `giveBack` is called where it can't be started. */
async function start(
  { background }: CommandTools,
  words: readonly string[],
  log: string,
  giveBack: () => void,
): Promise<BackgroundProgram> {
  try {
    return background.start(words, log);
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    await usingState(async () => giveBack());
    throw new CommandError(
      EXIT.found,
      `Nothing can be started in the background: ${printable(caught.message)}. Nothing was done.`,
    );
  }
}

/** Null: it has ended before. */
async function waitForWatcher(
  tools: CommandTools,
  folder: StateFolder,
  id: number,
  hasEnded: () => boolean,
): Promise<FoundWatcher | null> {
  const { clock } = tools;
  const endMs = clock.monotonicMs() + START_WAIT_MS;
  for (;;) {
    const isOver = hasEnded();
    const watchers = await ownWatchers(tools, folder);
    const found = watchers.find(({ record, isGone }) => record.id === id && !isGone);
    if (found !== undefined) {
      return found;
    }
    if (isOver) {
      return null;
    }
    if (clock.monotonicMs() >= endMs) {
      throw new CommandError(
        EXIT.tryAgain,
        `What was started in the background does not watch within ${START_WAIT_MS / 1000} seconds: see fastflush watch --list.`,
      );
    }
    await new Promise<void>((resolve) => {
      clock.after(LOOK_MS, resolve);
    });
  }
}

/** It has ended at once: for the better, where there was nothing to wait for, or for the worse. */
function tellEnd(
  { terminal, textFiles }: CommandTools,
  log: string,
  status: number | null,
  json: boolean,
): number {
  const said = textOf(textFiles, log);
  if (json) {
    // Errors are in the log too.
    const lines = said.split("\n").flatMap((line) => (line === "" ? [] : `${line}\n`));
    const isValue = (line: string): boolean => line.startsWith("{");
    terminal.out(lines.filter(isValue).join(""));
    terminal.err(lines.filter((line) => !isValue(line)).join(""));
  } else {
    terminal.out("It has ended already:\n");
    terminal.out(said);
  }
  return status ?? EXIT.found;
}

function textOf(textFiles: CommandTools["textFiles"], log: string): string {
  try {
    return textFiles.read(log).text.split("\n").map(printable).join("\n");
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    return "";
  }
}
