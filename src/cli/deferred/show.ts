/**
 * `fastflush show`: the deferred messages of sites, with who waits and why. Changes nothing, and asks no service.
 */
import type { Command } from "commander";
import { wallSeconds } from "../../effects/clock.ts";
import type {
  DeferredMail,
  DeferredMessage,
  MailFilter,
  MailTotals,
  WaitingRecipient,
} from "../../index/deferred_mail.ts";
import type { CommandTools, Perform } from "../command_tools.ts";
import { examples } from "../help_texts.ts";
import { valuesLine } from "../json_lines.ts";
import { ageText, countText, printable, sizeText } from "../printable.ts";
import { tableText } from "../table.ts";
import { addQueryOptions, type MailQuery, parseQuery, type QueryOptions } from "./mail_query.ts";
import { nextTryText, nothingText, reasonText } from "./mail_words.ts";
import { nextCommandsText } from "./next_commands.ts";
import { OldestMessages } from "./oldest_messages.ts";
import { printUnreadable, readMail, statusText } from "./read_mail.ts";

/** So many messages are shown unless asked otherwise. */
const MESSAGES_SHOWN = 100;
/** So many recipients of one message. */
const RECIPIENTS_SHOWN = 20;
/** So many other destinations of one message. */
const ELSEWHERE_SHOWN = 5;
/** So many of them in JSON. */
const ELSEWHERE_LISTED = 100;

const COLUMNS = [
  { heading: "QUEUE ID" },
  { heading: "SIZE", isNumber: true },
  { heading: "AGE", isNumber: true },
  { heading: "NEXT TRY", isNumber: true },
  { heading: "SENDER" },
] as const;

const INDENT = "    ";

/** Adds the command. */
export function addShow(program: Command, perform: Perform): void {
  const command = program
    .command("show")
    .summary("show the deferred messages of sites, and why they wait")
    .description(
      "Shows the deferred messages with recipients at these sites, the oldest first, with each recipient that waits " +
        "there and the reason in full. Changes nothing, and needs no flush service.",
    );
  addQueryOptions(
    command,
    "<pattern...>",
    `messages (default: ${MESSAGES_SHOWN}; with --json, all)`,
  )
    .addHelpText(
      "after",
      examples([
        ["fastflush show example.com", "what waits for a domain, and why"],
        ["fastflush show @example.com --older 1d", "of a domain and below, for a day or longer"],
        ["fastflush show '*.example.com' --reason greylist", "what waits for that reason"],
      ]),
    )
    .action((words: string[], options: QueryOptions) => {
      const query = parseQuery(words, options);
      return perform((tools) => show(tools, query, options));
    });
}

async function show(
  tools: CommandTools,
  query: MailQuery,
  { json }: QueryOptions,
): Promise<number> {
  return await readMail(tools, query, ({ mail, filter, totals }) => {
    if (json) {
      printLines(tools, mail, filter, query.limit, totals);
      return;
    }
    if (totals.messageCount === 0) {
      tools.terminal.out(nothingText(query.text));
      return;
    }
    const oldest = new OldestMessages(query.limit ?? MESSAGES_SHOWN);
    for (const message of mail.messages(filter)) {
      oldest.take(message);
    }
    showMessages(tools, oldest.messages(), filter);
    tools.terminal.out(totalsText(totals, query.limit ?? MESSAGES_SHOWN));
    tools.terminal.out(nextCommandsText(query.patterns, tools.instance.configDirectory));
  });
}

/** Recipients that the filter lets through, and those at other sites. */
function split(
  { recipients }: DeferredMessage,
  { isOfSite, isOfReason }: MailFilter,
): { readonly there: WaitingRecipient[]; readonly elsewhere: WaitingRecipient[] } {
  const isThere = ({ site }: WaitingRecipient): boolean => isOfSite === null || isOfSite(site);
  const isMeant = (recipient: WaitingRecipient): boolean =>
    isOfReason === null || isOfReason(fullReason(recipient));
  return {
    there: recipients.filter((recipient) => isThere(recipient) && isMeant(recipient)),
    elsewhere: recipients.filter((recipient) => !isThere(recipient)),
  };
}

function sitesOf(recipients: readonly WaitingRecipient[]): string[] {
  return [...new Set(recipients.map(({ site }) => site))];
}

/** Each message's line of the table, with what is said of its recipients below. */
function showMessages(
  { terminal, clock }: CommandTools,
  messages: readonly DeferredMessage[],
  filter: MailFilter,
): void {
  const nowSeconds = wallSeconds(clock);
  const rows = messages.map(({ queueId, sizeBytes, arrivalSeconds, nextTrySeconds, sender }) => [
    printable(queueId),
    sizeText(sizeBytes),
    ageText(nowSeconds - arrivalSeconds),
    nextTryText(nextTrySeconds, nowSeconds),
    sender === "" ? "<>" : printable(sender),
  ]);
  const [heading = "", ...lines] = tableText(COLUMNS, rows).split("\n");
  terminal.out(`${heading}\n`);
  for (const [index, message] of messages.entries()) {
    terminal.out(`${lines[index]}\n${recipientsText(message, filter)}`);
  }
}

function recipientsText(message: DeferredMessage, filter: MailFilter): string {
  const { there, elsewhere } = split(message, filter);
  const lines = there
    .slice(0, RECIPIENTS_SHOWN)
    .map((recipient) => `${printable(recipient.address)}: ${reasonText(fullReason(recipient))}`);
  if (there.length > RECIPIENTS_SHOWN) {
    lines.push(`and ${countText(there.length - RECIPIENTS_SHOWN, "more recipient")} there`);
  }
  if (elsewhere.length > 0) {
    lines.push(
      `and ${countText(elsewhere.length, "recipient")} elsewhere: ${sitesText(elsewhere)}`,
    );
  }
  return lines.map((line) => `${INDENT}${line}\n`).join("");
}

/** As `--reason` sees it. */
function fullReason({ status, reason }: WaitingRecipient): string {
  return [status, reason].filter((part) => part !== "").join(" ");
}

function sitesText(recipients: readonly WaitingRecipient[]): string {
  const sites = sitesOf(recipients);
  const named = sites.slice(0, ELSEWHERE_SHOWN).map((site) => printable(site) || "(no domain)");
  return named.join(", ") + (sites.length > ELSEWHERE_SHOWN ? ", ..." : "");
}

function totalsText(
  { messageCount, recipientCount, sizeBytes }: MailTotals,
  limit: number,
): string {
  const more = countText(messageCount - limit, "more message");
  const hidden =
    messageCount > limit
      ? `${more} not shown, none of them older: --limit ${messageCount} shows all, and so does --json.\n`
      : "";
  const messages = countText(messageCount, "deferred message");
  const recipients = countText(recipientCount, "recipient");
  return `${hidden}In all ${messages} to ${recipients} there, ${sizeText(sizeBytes)}.\n`;
}

function printLines(
  tools: CommandTools,
  mail: DeferredMail,
  filter: MailFilter,
  limit: number | null,
  totals: MailTotals,
): void {
  const { terminal } = tools;
  let shown = 0;
  for (const message of mail.messages(filter)) {
    if (shown === limit) {
      break;
    }
    shown++;
    terminal.out(messageLines(message, filter));
  }
  printUnreadable(tools, "show", mail);
  const end = valuesLine("show", "end", {
    status: statusText(totals),
    messages: totals.messageCount,
    omitted: totals.messageCount - shown,
    recipients: totals.recipientCount,
    bytes: totals.sizeBytes,
    unreadable: totals.unreadableCount,
  });
  terminal.out(end);
}

/** The message, then its recipients. */
function messageLines(message: DeferredMessage, filter: MailFilter): string {
  const { there, elsewhere } = split(message, filter);
  const { queueId } = message;
  const line = valuesLine("show", "message", {
    queue_id: queueId,
    size: message.sizeBytes,
    arrived: message.arrivalSeconds,
    next_try: message.nextTrySeconds,
    sender: message.sender,
    recipients_count: there.length,
    elsewhere_count: elsewhere.length,
    elsewhere: sitesOf(elsewhere).slice(0, ELSEWHERE_LISTED),
  });
  const recipients = there.map(({ address, site, status, reason }) =>
    valuesLine("show", "recipient", { queue_id: queueId, address, site, status, reason }),
  );
  return [line, ...recipients].join("");
}
