/**
 * `fastflush watch`: waits until destinations take mail again, and releases theirs then.
 *
 * Without a terminal to ask at, and without `--yes`, it does nothing, as send does. The waiting itself is in
 * run_watch.ts, other watchers in list_watchers.ts and stop_watchers.ts.
 */
import { type Command, Option } from "commander";
import { CEILING_SECONDS, FIRST_WAIT_SECONDS } from "../../watching/retry_pace.ts";
import type { StateFolder } from "../../watching/state_folder.ts";
import { findDestination } from "../../watching/try_route.ts";
import { untried, type WatcherRecord } from "../../watching/watcher_record.ts";
import type { CommandTools, Perform } from "../command_tools.ts";
import { YES_OPTION } from "../consent.ts";
import { CommandError, EXIT } from "../exit_status.ts";
import { examples, JSON_OPTION } from "../help_texts.ts";
import { printable } from "../printable.ts";
import { askFirst, type ReleaseQuestion } from "../release/ask_first.ts";
import type { Choice } from "../release/chosen_mail.ts";
import { Follower } from "../release/follower.ts";
import { withChoice } from "../release/preview.ts";
import { listWatchers } from "./list_watchers.ts";
import { lookAtQueue } from "./queue_look.ts";
import { runWatch } from "./run_watch.ts";
import { routeTools } from "./site_watch.ts";
import { startBackground } from "./start_background.ts";
import { stopWatchers } from "./stop_watchers.ts";
import { parseOrder, type WatchOptions, type WatchOrder } from "./watch_order.ts";
import { STATE_FOLDER, stateFolder, usingState, whileRegistered } from "./watch_state.ts";
import { watchedSites } from "./watched_sites.ts";

const WAIT_LIMIT = "10m";

const STATUSES = `
Exit status of watch: ${EXIT.done} where all are back and delivered, ${EXIT.stillDown} where one was not back within --for, otherwise ${EXIT.found}.
`;

const QUESTION: ReleaseQuestion = {
  text: (messages) => `Release ${messages} for delivery when their destinations are back?`,
  undone: {
    what: "Nothing is watched",
    verb: "watch",
    look: "see with fastflush preview what would be released",
  },
};

/** Adds the command. */
export function addWatch(program: Command, perform: Perform): void {
  program
    .command("watch")
    .summary("release deferred mail when its destination is back")
    .description(
      "Waits until the mail server that Postfix would deliver to greets with 220, for each destination on its own, then " +
        "releases its mail, follows it, and tells what came of it, as send --wait does. Sends nothing before.",
    )
    .argument("[site...]", "a domain, or @domain for those below it that have deferred mail now")
    .option(
      "-p, --probe",
      "release one message, and wait until it is delivered: for what greets and then defers",
    )
    .option("--interval <time>", "the first wait between two tries", `${FIRST_WAIT_SECONDS}s`)
    .option("--ceiling <time>", "the longest; waits grow by half", `${CEILING_SECONDS / 60}m`)
    .option("--for <time>", "give up after so long, as in 8h")
    .option("--wait-limit <time>", "follow released messages no longer than this", WAIT_LIMIT)
    .option("--reason <text>", "say why: it stands in the mail log")
    .option(...YES_OPTION)
    .option("-b, --background", "go on without this terminal")
    .option("-l, --list", "show who watches what")
    .option("--stop", "end the watchers with these numbers or destinations")
    .option("--state-dir <directory>", "where watchers write down what they do", STATE_FOLDER)
    .addOption(new Option("--watcher <id>").hideHelp())
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples([
        ["fastflush watch example.com", "wait until its mail server is back"],
        ["fastflush watch example.com --probe", "until one message is delivered"],
        ["fastflush watch example.com example.net --for 8h --background", "and go home"],
        ["fastflush watch --list", "how far they are"],
        ["fastflush watch --stop example.com", "no longer"],
      ]) + STATUSES,
    )
    .action((words: string[], options: WatchOptions) => doAsAsked(words, options, perform));
}

async function doAsAsked(
  words: readonly string[],
  options: WatchOptions,
  perform: Perform,
): Promise<void> {
  const json = options.json === true;
  if (options.list === true || options.stop === true) {
    if (options.list === true && (words.length > 0 || options.stop === true)) {
      throw new CommandError(EXIT.usage, "--list goes alone. Nothing was done.");
    }
    return await perform((tools) => {
      const folder = stateFolder(tools, options.stateDir);
      return options.list === true
        ? listWatchers(tools, folder, json)
        : stopWatchers(tools, folder, words, json);
    });
  }
  const order = parseOrder(words, options);
  await perform((tools) => {
    const folder = stateFolder(tools, options.stateDir);
    return watch(tools, { folder, words, options, order });
  });
}

interface Watching {
  readonly folder: StateFolder;
  readonly words: readonly string[];
  readonly options: WatchOptions;
  readonly order: WatchOrder;
}

async function watch(
  tools: CommandTools,
  { folder, words, options, order }: Watching,
): Promise<number> {
  const selection = { kind: "sites", lists: order.lists } as const;
  // The mail is closed before the waiting begins: whoever keeps its index open is in the way of others.
  const agreed = await withChoice(tools, selection, (choice) =>
    agree(tools, choice, folder, order),
  );
  if (typeof agreed === "number") {
    return agreed;
  }
  const { sites, watcher } = agreed;
  await requireWatchable(tools, sites, order);
  if (options.background === true) {
    return await startBackground(tools, folder, words, options);
  }
  const id = options.watcher === undefined ? null : Number(options.watcher);
  const log = id === null ? "" : folder.logOf(id);
  return await whileRegistered(folder, { ...watcher, log }, id, (registration) =>
    runWatch(tools, order, sites, registration),
  );
}

/** What is to be watched; or the exit status if nothing is. Throws CommandError. */
async function agree(
  tools: CommandTools,
  choice: Choice,
  folder: StateFolder,
  order: WatchOrder,
): Promise<number | { sites: readonly string[]; watcher: Omit<WatcherRecord, "id"> }> {
  const sites = await watchedSites(choice, order.lists);
  const watcher = watcherOf(tools, sites, order);
  await usingState(() => folder.requireUnwatched(watcher));
  const refusal = order.isAsked ? await askFirst(tools, choice, QUESTION) : null;
  return refusal ?? { sites, watcher };
}

function watcherOf(
  { instance, processId, clock }: CommandTools,
  sites: readonly string[],
  { isProbe }: WatchOrder,
): Omit<WatcherRecord, "id"> {
  const { configDirectory, queueDirectory } = instance;
  const startedMs = clock.wallMs();
  return {
    pid: processId,
    startedMs,
    configDirectory,
    queueDirectory,
    isProbe,
    log: "",
    sites: sites.map(untried),
  };
}

/** Says at once what no waiting will mend. Throws CommandError. */
async function requireWatchable(
  tools: CommandTools,
  sites: readonly string[],
  order: WatchOrder,
): Promise<void> {
  if (order.isProbe) {
    return await requireMailLog(tools);
  }
  for (const site of sites) {
    const look = await lookAtQueue(tools, site, new Map());
    const destination =
      look.kind === "mail" ? await findDestination(routeTools(tools), look.trial) : null;
    if (destination?.kind === "never") {
      throw new CommandError(
        EXIT.usage,
        `Whether ${printable(site)} is back can't be seen by connecting: ${printable(destination.why)}. With --probe ` +
          "one message is released to see it. Nothing was done.",
      );
    }
  }
}

async function requireMailLog(tools: CommandTools): Promise<void> {
  const follower = await Follower.open(tools, {
    take: () => {},
    addUnfollowed: () => {},
    end: () => {},
  });
  follower.close();
  if (!follower.hasLog) {
    throw new CommandError(
      EXIT.found,
      "No mail log can be read, and without one nobody can tell whether a message was delivered: --probe is of no use " +
        "here. Nothing was done.",
    );
  }
}
