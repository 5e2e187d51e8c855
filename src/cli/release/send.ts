/**
 * `fastflush send`: releases deferred mail for delivery, and says what became of it.
 *
 * Asks first where it is more than ASK_ABOVE messages. Without a terminal to ask at, and without `--yes`, it
 * does nothing, however many they are: a script must not work only as long as the queue is short.
 */
import type { Command } from "commander";
import type { CommandTools, Perform } from "../command_tools.ts";
import { YES_OPTION } from "../consent.ts";
import { EXIT } from "../exit_status.ts";
import { examples, JSON_OPTION } from "../help_texts.ts";
import { parseReason } from "../reason_argument.ts";
import { endOfRun, printJsonEnd } from "../run_requests.ts";
import { parseTime } from "../time_argument.ts";
import { ASK_ABOVE, askFirst, type ReleaseQuestion } from "./ask_first.ts";
import type { Choice } from "./chosen_mail.ts";
import { followSent } from "./follow_sent.ts";
import { Follower } from "./follower.ts";
import { addTotals } from "./gather_preview.ts";
import { OutcomeReport } from "./outcome_report.ts";
import { preview, showPreview, withChoice } from "./preview.ts";
import { releaseChosen } from "./release_chosen.ts";
import {
  addSelection,
  parseSelection,
  type Selection,
  type SelectionOptions,
  selectedText,
} from "./selection.ts";

const WAIT_LIMIT = "10m";

const QUESTION: ReleaseQuestion = {
  text: (messages) => `Release ${messages} for delivery now?`,
  undone: {
    what: "Nothing was released",
    verb: "release",
    look: "--dry-run to see what would be released",
  },
};

const WAIT_STATUSES = `
Exit status with --wait: ${EXIT.done} where all was delivered, ${EXIT.found} where some was not, or nobody can tell.
`;

interface SendOptions extends SelectionOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly reason?: string;
  readonly wait?: boolean;
  readonly waitLimit?: string;
  readonly json?: boolean;
}

/** What is to be done with what was selected. */
interface SendOrder {
  /** More messages than these are asked about; null: nobody is asked. */
  readonly askAbove: number | null;
  readonly isDryRun: boolean;
  /** A byte string. */
  readonly reason: string;
  /** What was selected, as it was written: a byte string. */
  readonly selected: string;
  /** Null: nobody waits. */
  readonly waitSeconds: number | null;
  readonly json: boolean;
}

/** Adds the command. */
export function addSend(program: Command, perform: Perform): void {
  const command = program
    .command("send")
    .summary("release deferred mail for delivery")
    .description(
      "Releases deferred mail: Postfix tries to deliver it at once. Messages without mail for what is selected " +
        `stay as they are. Asks before more than ${ASK_ABOVE} messages.`,
    );
  addSelection(command)
    .option("-n, --dry-run", "only show what would be released, as preview does")
    .option(...YES_OPTION)
    .option("--reason <text>", "say why: it stands in the mail log")
    .option("-w, --wait", "follow the released messages, and say what became of them")
    .option(
      "--wait-limit <time>",
      `--wait, and follow no longer than this, as in 90s or 2h (default: ${WAIT_LIMIT})`,
    )
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples([
        ["fastflush send example.com", "try its mail now"],
        ["fastflush send example.com --wait", "and see what comes of it"],
        ["fastflush send @example.com --dry-run", "show what would be tried, with subdomains"],
        ["fastflush send --match '*yahoo*'", "of all sites with these letters"],
        ["fastflush send --id 4QABCD1,4QABCD2", "two messages"],
        ['fastflush send example.com --yes --reason "is back"', "from a script"],
      ]) + WAIT_STATUSES,
    )
    .action((sites: string[], options: SendOptions) => {
      const selection = parseSelection(sites, options);
      const order = orderOf(sites, options);
      return perform((tools) =>
        withChoice(tools, selection, (choice) => send(tools, choice, order)),
      );
    });
}

function orderOf(sites: readonly string[], options: SendOptions): SendOrder {
  const { yes = false, dryRun = false, reason = "", wait = false, json = false } = options;
  const { waitLimit } = options;
  const limitSeconds = parseTime(waitLimit ?? WAIT_LIMIT);
  return {
    askAbove: yes ? null : ASK_ABOVE,
    isDryRun: dryRun,
    reason: parseReason(reason, QUESTION.undone.what),
    selected: selectedText(sites, options),
    // Who says how long to wait wants to wait.
    waitSeconds: wait || waitLimit !== undefined ? limitSeconds : null,
    json,
  };
}

/** What somebody has pointed at, and not typed. */
export interface PointedAt {
  readonly selection: Selection;
  /** What it is, for the log: a byte string. */
  readonly selected: string;
  /** So many lines of the preview are shown. */
  readonly rowsShownMax: number;
  /** As with `--wait`. */
  readonly isFollowed: boolean;
}

/** Shows the preview, asks however few messages they are, and releases them. Returns the exit status. */
export async function sendPointedAt(tools: CommandTools, what: PointedAt): Promise<number> {
  const { selection, selected, rowsShownMax, isFollowed } = what;
  const order = {
    askAbove: 0,
    isDryRun: false,
    reason: "",
    selected,
    waitSeconds: isFollowed ? parseTime(WAIT_LIMIT) : null,
    json: false,
  };
  return await withChoice(tools, selection, async (choice) => {
    const sum = await showPreview(tools, choice, { json: false, rowsShownMax });
    // That some have left the queue since they were pointed at does not stop the others.
    const status = endOfRun(tools, sum);
    return status === EXIT.done ? await send(tools, choice, order) : status;
  });
}

async function send(tools: CommandTools, choice: Choice, order: SendOrder): Promise<number> {
  if (order.isDryRun) {
    return await preview(tools, choice, { json: order.json });
  }
  if (order.askAbove !== null) {
    const refusal = await askFirst(tools, choice, QUESTION, order.askAbove);
    if (refusal !== null) {
      return refusal;
    }
  }
  const { waitSeconds, json } = order;
  if (waitSeconds === null) {
    return await release(tools, choice, order, null);
  }
  const report = new OutcomeReport(tools, { command: "send", json, limitSeconds: waitSeconds });
  const follower = await Follower.open(tools, report);
  try {
    return await release(tools, choice, order, { follower, report });
  } finally {
    follower.close();
  }
}

async function release(
  tools: CommandTools,
  choice: Choice,
  { reason, selected, json }: SendOrder,
  following: { readonly follower: Follower; readonly report: OutcomeReport } | null,
): Promise<number> {
  const follower = following?.follower;
  const onReleased = follower === undefined ? null : follower.add.bind(follower);
  const how = { command: "send", reason, selected, json, onReleased } as const;
  const sent = await releaseChosen(tools, choice, how);
  choice.tellUnreadable();
  const isEnded = sent.isInterrupted;
  const isDelivered =
    following === null ||
    (await followSent(tools, following.follower, following.report, {
      isEnded,
      isMeant: choice.isMeant,
    }));
  const totals = addTotals(sent.sum.totals, following?.report.totals() ?? null);
  if (json) {
    const hasFailed = sent.sum.hasFailed || choice.isIncomplete;
    printJsonEnd(tools, "send", { ...sent.sum, totals, hasFailed });
  }
  const status = endOfRun(tools, sent.sum);
  const isFound = sent.missing.size === 0 && !choice.isIncomplete;
  const isAll = isDelivered && !isEnded && (totals?.get("failed") ?? 0) === 0;
  return status === EXIT.done && !(isAll && isFound) ? EXIT.found : status;
}
