/**
 * `fastflush send`: releases the deferred mail of sites for delivery, and says what became of it.
 *
 * Asks first where it is more than ASK_ABOVE messages. Without a terminal to ask at, and without `--yes`, it
 * does nothing, however many they are: a script must not work only as long as the queue is short.
 */
import type { Command } from "commander";
import type { ReportItem } from "../client/ask.ts";
import { encodeUtf8 } from "../names/byte_string.ts";
import type { CommandTools, Perform } from "./command_tools.ts";
import { CommandError, EXIT } from "./exit_status.ts";
import { examples, JSON_OPTION } from "./help_texts.ts";
import { countPreview, preview } from "./preview.ts";
import { countText, numberText, printable } from "./printable.ts";
import { endOfRun, printJsonEnd, runRequests, type Sum } from "./run_requests.ts";
import { someSiteLists } from "./site_arguments.ts";

/** More messages than these are not released without having asked. */
const ASK_ABOVE = 100;

/** What fits into a request beside the sites, and into a log line. */
const REASON_BYTES_MAX = 1000;

/** So many messages whose files could not be changed are named. */
const NAMED_MAX = 20;

interface SendOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly reason?: string;
  readonly json?: boolean;
}

/** What is to be sent, and why. */
interface SendOrder {
  readonly lists: readonly string[];
  /** A byte string. */
  readonly reason: string;
}

/** Adds the command. */
export function addSend(program: Command, perform: Perform): void {
  program
    .command("send")
    .summary("release the deferred mail of sites for delivery")
    .description(
      "Releases the deferred mail of these sites: Postfix tries to deliver it at once. Messages without mail for " +
        "them stay as they are. Asks before more than " +
        `${ASK_ABOVE} messages.`,
    )
    .argument("<site...>", "a domain, or @domain for it and everything below it")
    .option("-n, --dry-run", "only show what would be released, as preview does")
    .option("-y, --yes", "do not ask; needed where there is no terminal to ask at")
    .option("--reason <text>", "say why: it stands in the mail log")
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples([
        ["fastflush send example.com", "try its mail now"],
        ["fastflush send @example.com --dry-run", "show what would be tried, with subdomains"],
        ['fastflush send example.com --yes --reason "is back"', "from a script"],
      ]),
    )
    .action((sites: string[], { reason: text = "", ...options }: SendOptions) => {
      const order = { lists: someSiteLists(sites), reason: checkedReason(text) };
      return perform((tools) => send(tools, order, options));
    });
}

async function send(
  tools: CommandTools,
  { lists, reason }: SendOrder,
  { yes = false, dryRun = false, json = false }: Omit<SendOptions, "reason">,
): Promise<number> {
  if (dryRun) {
    return await preview(tools, lists, json);
  }
  if (!yes) {
    const refusal = await askFirst(tools, lists);
    if (refusal !== null) {
      return refusal;
    }
  }
  const failed: string[] = [];
  const onItem = ({ item, attributes }: ReportItem): void => {
    if (item === "message" && attributes.get("outcome") === "failed" && failed.length < NAMED_MAX) {
      failed.push(printable(attributes.get("queue_id") ?? ""));
    }
  };
  const requests = lists.map((sites) => ({ name: "send", sites, reason }) as const);
  const sum = await runRequests(tools, requests, { command: "send", json, onItem });
  if (json) {
    printJsonEnd(tools, "send", sum);
  } else {
    tools.terminal.out(sumText(sum, failed));
  }
  const status = endOfRun(tools, sum);
  return status === EXIT.done && (sum.totals?.get("failed") ?? 0) > 0 ? EXIT.found : status;
}

function checkedReason(text: string): string {
  const reason = encodeUtf8(text);
  if (reason.includes("\0") || reason.length > REASON_BYTES_MAX) {
    throw new CommandError(
      EXIT.usage,
      `The reason has ${numberText(reason.length)} bytes; at most ${numberText(REASON_BYTES_MAX)} are possible. ` +
        "Nothing was released.",
    );
  }
  return reason;
}

/** The exit status if nothing is to be done; null: go on. */
async function askFirst(tools: CommandTools, lists: readonly string[]): Promise<number | null> {
  const { terminal } = tools;
  if (!terminal.canAsk) {
    throw new CommandError(
      EXIT.usage,
      "Nothing was released: there is no terminal to ask at. Give --yes to release without being asked, or " +
        "--dry-run to see what would be released.",
    );
  }
  const { sum, release, others } = await countPreview(tools, lists);
  if (sum.failure !== null || sum.totals === null) {
    return endOfRun(tools, sum);
  }
  const { messages, certainty } = release;
  if (messages <= ASK_ABOVE && certainty !== "at least ") {
    return null;
  }
  terminal.err(others.text("This also tries"));
  terminal.err(`Release ${certainty}${countText(messages, "message")} for delivery now? [y/N] `);
  const answer = terminal.readLine()?.trim().toLowerCase();
  if (answer === "y" || answer === "yes") {
    return null;
  }
  terminal.err("Nothing was released.\n");
  return EXIT.found;
}

/** What was done, a line for each kind of outcome that there was. */
function sumText({ totals }: Sum, failed: readonly string[]): string {
  if (totals === null) {
    return "";
  }
  const count = (name: string): string => countText(totals.get(name) ?? 0, "message");
  const lines = [
    ["released", `${count("released")} released for delivery: Postfix tries to deliver now.`],
    ["kept", `${count("kept")} left alone: in active or hold.`],
    ["skipped", `${count("skipped")} left deferred: no undelivered recipient is at these sites.`],
    ["gone", `${count("gone")} not found: no longer in the queue, and now no longer recorded.`],
    [
      "failed",
      `${count("failed")} not released: a file could not be changed, the mail log says why. ` +
        "Queue IDs: " +
        `${failed.join(", ")}${(totals.get("failed") ?? 0) > failed.length ? ", ..." : ""}`,
    ],
  ];
  const shown = lines.filter(([name = ""]) => (totals.get(name) ?? 0) > 0);
  if (shown.length === 0) {
    return "Nothing was released: no deferred mail is recorded for these sites.\n";
  }
  return shown.map(([, line]) => `${line}\n`).join("");
}
