/**
 * `fastflush send`: releases deferred mail for delivery, and says what became of it.
 *
 * Asks first where it is more than ASK_ABOVE messages. Without a terminal to ask at, and without `--yes`, it
 * does nothing, however many they are: a script must not work only as long as the queue is short.
 */
import type { Command } from "commander";
import type { CommandTools, Perform } from "../command_tools.ts";
import { isAgreed, requireTerminal, YES_OPTION } from "../consent.ts";
import { EXIT } from "../exit_status.ts";
import { examples, JSON_OPTION } from "../help_texts.ts";
import { countText } from "../printable.ts";
import { parseReason } from "../reason_argument.ts";
import { endOfRun, printJsonEnd } from "../run_requests.ts";
import { parseTime } from "../time_argument.ts";
import type { Choice } from "./chosen_mail.ts";
import { Follower } from "./follow_sent.ts";
import { addTotals } from "./gather_preview.ts";
import { logRelease } from "./log_release.ts";
import { inDeliveryText } from "./mail_in_delivery.ts";
import { countPreview, preview, withChoice } from "./preview.ts";
import { addSelection, parseSelection, type SelectionOptions, selectedText } from "./selection.ts";
import { type Sent, sendMail } from "./send_mail.ts";

/** More messages than these are not released without having asked. */
const ASK_ABOVE = 100;

const WAIT_LIMIT = "10m";

const UNDONE = {
  what: "Nothing was released",
  verb: "release",
  shown: "what would be released",
} as const;

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
  readonly isAsked: boolean;
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
    isAsked: !yes,
    isDryRun: dryRun,
    reason: parseReason(reason, UNDONE.what),
    selected: selectedText(sites, options),
    // Who says how long to wait wants to wait.
    waitSeconds: wait || waitLimit !== undefined ? limitSeconds : null,
    json,
  };
}

async function send(tools: CommandTools, choice: Choice, order: SendOrder): Promise<number> {
  if (order.isDryRun) {
    return await preview(tools, choice, order.json);
  }
  if (order.isAsked) {
    const refusal = await askFirst(tools, choice);
    if (refusal !== null) {
      return refusal;
    }
  }
  const { waitSeconds, json } = order;
  if (waitSeconds === null) {
    return await release(tools, choice, order, null);
  }
  const follower = await Follower.open(tools, { limitSeconds: waitSeconds, json });
  try {
    return await release(tools, choice, order, follower);
  } finally {
    follower.close();
  }
}

async function release(
  tools: CommandTools,
  choice: Choice,
  { reason, selected, json }: SendOrder,
  follower: Follower | null,
): Promise<number> {
  const onReleased = follower === null ? null : follower.add.bind(follower);
  const sent = await sendMail(tools, choice, { reason, json, onReleased });
  if ((sent.byIdTotals?.get("released") ?? 0) > 0) {
    await logRelease(tools, { selected, reason, totals: sent.byIdTotals ?? new Map() });
  }
  if (!json) {
    tools.terminal.out(sentText(sent));
  }
  const isDelivered = (await follower?.run(sent.isInterrupted, choice.isMeant)) ?? true;
  const totals = addTotals(sent.sum.totals, follower?.totals() ?? null);
  if (json) {
    printJsonEnd(tools, "send", { ...sent.sum, totals });
  }
  const status = endOfRun(tools, sent.sum);
  const isAll = isDelivered && !sent.isInterrupted && (totals?.get("failed") ?? 0) === 0;
  return status === EXIT.done && !isAll ? EXIT.found : status;
}

/** The exit status if nothing is to be done; null: go on. */
async function askFirst(tools: CommandTools, choice: Choice): Promise<number | null> {
  const { terminal } = tools;
  requireTerminal(terminal, UNDONE);
  const { sum, release, others } = await countPreview(tools, choice);
  if (sum.failure !== null || sum.totals === null) {
    return endOfRun(tools, sum);
  }
  const { messages, certainty } = release;
  if (messages <= ASK_ABOVE && certainty !== "at least ") {
    return null;
  }
  terminal.err(others.text("This also tries"));
  const what = `${certainty}${countText(messages, "message")}`;
  if (await isAgreed(tools, `Release ${what} for delivery now?`)) {
    return null;
  }
  terminal.err("Nothing was released.\n");
  return EXIT.found;
}

/** What was done, a line for each kind of outcome that there was. */
function sentText({ sum, failed, isDeliveryComplete, isInterrupted }: Sent): string {
  const { totals } = sum;
  if (totals === null) {
    return "";
  }
  const count = (name: string): string => countText(totals.get(name) ?? 0, "message");
  const lines = [
    ["released", `${count("released")} released for delivery: Postfix tries to deliver now.`],
    ["kept", `${count("kept")} left alone: in active or hold.`],
    ["tried", `${count("tried")} left alone: released or tried meanwhile.`],
    ["skipped", `${count("skipped")} left deferred: no undelivered recipient is at these sites.`],
    ["gone", `${count("gone")} not found: no longer in the queue.`],
    [
      "failed",
      `${count("failed")} not released: a file could not be changed, the mail log says why. ` +
        "Queue IDs: " +
        `${failed.join(", ")}${(totals.get("failed") ?? 0) > failed.length ? ", ..." : ""}`,
    ],
  ];
  const shown = lines.filter(([name = ""]) => (totals.get(name) ?? 0) > 0);
  const text = shown.map(([, line]) => `${line}\n`).join("");
  if (isInterrupted) {
    return `${text}You ended it: what is not yet released stays deferred.\n`;
  }
  const passing = inDeliveryText(totals.get("in_delivery") ?? 0, isDeliveryComplete);
  // Where it failed before anything was released, the failure is all that is to be said.
  return text === "" && sum.failure === null
    ? `Nothing was released: ${passing || "no deferred mail was found for this.\n"}`
    : text + passing;
}
