/**
 * `watch --stop`: ends watchers, named by their numbers or their destinations. What they have released stays released.
 *
 * A watcher ends as a whole: where it watches more than what was named, nothing is done, and its number is told.
 */
import { OsError } from "../../effects/os_error.ts";
import { SiteNames } from "../../index/site_names.ts";
import type { FoundWatcher, StateFolder } from "../../watching/state_folder.ts";
import type { CommandTools } from "../command_tools.ts";
import { CommandError, EXIT } from "../exit_status.ts";
import { printable } from "../printable.ts";
import { namedSites } from "../site_arguments.ts";
import { endLine, ownWatchers, watcherLines } from "./list_watchers.ts";

/** A watcher ends within a second, unless its flush service hangs. */
const END_WAIT_MS = 30_000;
const LOOK_MS = 100;

const NUMBER = /^\d{1,9}$/;

/** Ends them, and returns the exit status. Throws CommandError. */
export async function stopWatchers(
  tools: CommandTools,
  folder: StateFolder,
  words: readonly string[],
  json: boolean,
): Promise<number> {
  const names = namedSites(words);
  if (names.length === 0) {
    throw new CommandError(
      EXIT.usage,
      "No watcher is named: give its number, or its destination, as fastflush watch --list shows them.",
    );
  }
  const watchers = await ownWatchers(tools, folder);
  const meant = new Set(names.map((name) => find(tools, watchers, names, name)));
  for (const watcher of meant) {
    terminate(tools, watcher);
  }
  for (const watcher of meant) {
    await waitForEnd(tools, folder, watcher);
    tools.terminal.out(json ? watcherLines(watcher, "stopped") : `Ended ${text(watcher)}.\n`);
  }
  if (json) {
    tools.terminal.out(endLine());
  }
  return EXIT.done;
}

function find(
  { instance }: CommandTools,
  watchers: readonly FoundWatcher[],
  names: readonly string[],
  name: string,
): FoundWatcher {
  const living = watchers.filter(({ isGone }) => !isGone);
  const siteNames = new SiteNames(instance.idna2003);
  const siteOf = (each: string): string => siteNames.siteOf(`x@${each}`);
  const found = NUMBER.test(name)
    ? living.find(({ record }) => record.id === Number(name))
    : living.find(({ record }) => record.sites.some(({ site }) => site === siteOf(name)));
  if (found === undefined) {
    const what = NUMBER.test(name)
      ? `There is no watcher ${name}`
      : `Nobody watches ${printable(name)}`;
    throw new CommandError(EXIT.found, `${what}: see fastflush watch --list. Nothing was done.`);
  }
  const named = new Set([...names.map(siteOf)]);
  const isWhole =
    names.includes(String(found.record.id)) ||
    found.record.sites.every(({ site }) => named.has(site));
  if (!isWhole) {
    throw new CommandError(
      EXIT.usage,
      `${printable(name)} is watched with others, by ${text(found)}. To end that: fastflush watch --stop ` +
        `${found.record.id}. Nothing was done.`,
    );
  }
  return found;
}

function terminate({ machine }: CommandTools, watcher: FoundWatcher): void {
  try {
    machine.processes.terminate(watcher.record.pid);
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    if (caught.code !== "ESRCH") {
      throw new CommandError(EXIT.notPermitted, `Can't end ${text(watcher)}: ${caught.text}.`);
    }
  }
}

async function waitForEnd(
  tools: CommandTools,
  folder: StateFolder,
  watcher: FoundWatcher,
): Promise<void> {
  const { clock } = tools;
  const endMs = clock.monotonicMs() + END_WAIT_MS;
  const isSame = ({ record, isGone }: FoundWatcher): boolean =>
    !isGone && record.id === watcher.record.id && record.pid === watcher.record.pid;
  while ((await ownWatchers(tools, folder)).some(isSame)) {
    if (clock.monotonicMs() >= endMs) {
      const seconds = END_WAIT_MS / 1000;
      throw new CommandError(
        EXIT.tryAgain,
        `Told ${text(watcher)} to end, and it has not within ${seconds} seconds: it may be releasing mail.`,
      );
    }
    await new Promise<void>((resolve) => {
      clock.after(LOOK_MS, resolve);
    });
  }
}

function text({ record }: FoundWatcher): string {
  const sites = record.sites.map(({ site }) => printable(site)).join(", ");
  return `watcher ${record.id} (process ${record.pid}: ${sites})`;
}
