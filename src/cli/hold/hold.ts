/**
 * `fastflush hold`: puts deferred mail on hold, for as long as somebody wants or for a time; shows what is on hold; and
 * ends what has been on hold for its time.
 */
import type { Command } from "commander";
import { wallSeconds } from "../../effects/clock.ts";
import { readWaiting } from "../../following/read_waiting.ts";
import type { HoldFolder } from "../../holding/hold_folder.ts";
import { holdMessages } from "../../holding/hold_for_a_time.ts";
import type { TimedHold } from "../../holding/timed_holds.ts";
import type { QueueId } from "../../names/names.ts";
import type { CommandTools, Perform } from "../command_tools.ts";
import { isAgreed } from "../consent.ts";
import { CommandError, EXIT } from "../exit_status.ts";
import { examples } from "../help_texts.ts";
import { openQueue } from "../open_mail.ts";
import { countText } from "../printable.ts";
import type { Choice } from "../release/chosen_mail.ts";
import { withChoice } from "../release/preview.ts";
import { addSelection, parseSelection } from "../release/selection.ts";
import { parseTime } from "../time_argument.ts";
import { type ChangeSteps, runChange } from "./change_command.ts";
import { addChangeOptions, type ChangeOptions, changeOrder } from "./change_order.ts";
import { expireHolds, startKeeper } from "./expire_holds.ts";
import { endText } from "./hold_words.ts";
import { holdFolder, keptHolds, tellFault, withHolds } from "./holds.ts";
import { listHeld } from "./list_held.ts";
import { showTimed } from "./show_timed.ts";

interface HoldOptions extends ChangeOptions {
  readonly for?: string;
  readonly list?: boolean;
  readonly expire?: boolean;
  readonly wait?: boolean;
}

/** Adds the command. */
export function addHold(program: Command, perform: Perform): void {
  const command = program
    .command("hold")
    .summary("put deferred mail on hold, also for a time")
    .description(
      "Puts deferred mail on hold, by means of postsuper(1): Postfix does not try it, nor return it, until it is " +
        "released. Mail that is being delivered, or comes later, is not held. Asks first. For root.",
    );
  addSelection(command).option(
    "--for <time>",
    "release it by itself after this time, as in 30m or 2h",
  );
  addChangeOptions(command, "hold")
    .option("--list", "show what is on hold, by destination, and until when")
    .option("--expire", "release what has been on hold for its time, on every instance")
    .option("--wait", "with --expire: go on until nothing is on hold for a time")
    .addHelpText(
      "after",
      examples([
        ["fastflush hold example.com", "until fastflush release example.com"],
        ["fastflush hold @example.com --for 2h", "with subdomains, for two hours"],
        ["fastflush hold example.com --only-whole", "no mail that others wait for too"],
        ["fastflush hold --match '*yahoo*' --dry-run", "show what would be put on hold"],
        ["fastflush hold --list", "what is on hold"],
        ["fastflush hold --expire --dry-run", "what is for a time, on every instance"],
      ]),
    )
    .action((sites: string[], options: HoldOptions) => {
      const work = workOf(sites, options);
      return perform(work);
    });
}

/** What is to be done. Throws CommandError. */
function workOf(
  sites: readonly string[],
  options: HoldOptions,
): (tools: CommandTools) => Promise<number> {
  const { list = false, expire = false, wait = false, dryRun = false, json = false } = options;
  if (wait && !expire) {
    throw usage("--wait goes with --expire");
  }
  if (list || expire) {
    const isAlone =
      list !== expire &&
      sites.length === 0 &&
      Object.keys(options).every((name) =>
        ["list", "expire", "wait", "dryRun", "json", "stateDir"].includes(name),
      );
    if (!isAlone || (dryRun && (list || wait))) {
      throw usage(
        list
          ? "--list goes with --json, and nothing else"
          : "--expire goes with --json, and --wait or --dry-run",
      );
    }
    return async (tools) => {
      const folder = holdFolder(tools, options.stateDir);
      if (list) {
        return await listHeld(tools, folder, json);
      }
      return dryRun
        ? await showTimed(tools, folder, json)
        : await expireHolds(tools, folder, { isWaiting: wait, json });
    };
  }
  const selection = parseSelection(sites, options);
  const order = changeOrder("hold", false, sites, options);
  const forSeconds = options.for === undefined ? null : parseTime(options.for);
  return (tools) => {
    const folder = holdFolder(tools, options.stateDir);
    return withChoice(tools, selection, async (choice) => {
      const steps = await holdSteps(tools, choice, { folder, isWhole: order.isWhole, forSeconds });
      return await runChange(tools, choice, order, steps);
    });
  };
}

function usage(what: string): CommandError {
  return new CommandError(EXIT.usage, `${what}. Nothing was done.`);
}

/** How to hold. */
interface HoldHow {
  readonly folder: HoldFolder;
  readonly isWhole: boolean;
  /** Null: until somebody releases it. */
  readonly forSeconds: number | null;
}

async function holdSteps(
  tools: CommandTools,
  choice: Choice,
  { folder, isWhole, forSeconds }: HoldHow,
): Promise<ChangeSteps> {
  const nowSeconds = wallSeconds(tools.clock);
  const untilSeconds = forSeconds === null ? null : nowSeconds + forSeconds;
  const untilText =
    untilSeconds === null ? "until released" : `until ${endText(tools, untilSeconds)}`;
  const { queueDirectory } = tools.instance;
  const kept = await keptHolds(tools, folder);
  const meant = meantHolds(tools, choice, isWhole, kept.values(), untilSeconds);
  let extendedCount = 0;
  return {
    alsoMeant: meant,
    agree: ({ targets }) => {
      const count = targets.length > 0 ? targets.length : meant.size;
      const verb = targets.length > 0 ? "Put" : "Keep";
      return isAgreed(tools, `${verb} ${countText(count, "message")} on hold ${untilText}?`);
    },
    act: async (changing, targets, how) => {
      const isMeant = (id: QueueId): boolean => meant.has(id);
      const onKept = (): Promise<void> => startKeeper(tools, folder);
      const order = { queueDirectory, targets, isMeant, untilSeconds, onKept };
      const held = await withHolds(() => holdMessages(changing, folder, order, how));
      ({ extendedCount } = held);
      if (held.fault !== null) {
        tellFault(tools.terminal, held.fault);
      }
      return held.trouble;
    },
    doneText: (count) => {
      const put = count === 0 ? "" : `${countText(count, "message")} put on hold ${untilText}.\n`;
      const stay = countText(extendedCount, "message");
      return extendedCount === 0 ? put : `${put}${stay} on hold for a time: now ${untilText}.\n`;
    },
    totals: () => new Map([["extended", extendedCount], ...endTotals(untilSeconds)]),
  };
}

function endTotals(untilSeconds: number | null): ReadonlyArray<readonly [string, number]> {
  return untilSeconds === null ? [] : [["until", untilSeconds]];
}

/** Those that are on hold for a time that ends sooner than this one, and are meant. */
function meantHolds(
  tools: CommandTools,
  choice: Choice,
  isWhole: boolean,
  holds: Iterable<TimedHold>,
  untilSeconds: number | null,
): ReadonlySet<QueueId> {
  const { selection, isMeant, siteNames } = choice;
  const meant = new Set<QueueId>();
  for (const hold of holds) {
    if (untilSeconds !== null && hold.untilSeconds >= untilSeconds) {
      continue;
    }
    if (selection.kind === "ids") {
      if (selection.ids.includes(hold.queueId)) {
        meant.add(hold.queueId);
      }
      continue;
    }
    const reading = {
      files: openQueue(tools),
      hashing: tools.instance.hashing,
      siteOf: (address: string): string => siteNames.siteOf(address),
    };
    const message = readWaiting(reading, "hold", hold.queueId);
    const recipients = message.kind === "read" ? message.recipients : [];
    const isOfIt = isWhole
      ? recipients.every(({ site }) => isMeant(site))
      : recipients.some(({ site }) => isMeant(site));
    if (recipients.length > 0 && isOfIt) {
      meant.add(hold.queueId);
    }
  }
  return meant;
}
