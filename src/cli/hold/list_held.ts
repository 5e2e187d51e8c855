/**
 * `fastflush hold --list`: what is on hold, by destination, and until when. Changes nothing.
 *
 * Only root may read what is kept of timed holds: to others, all is on hold until it is released.
 */
import { wallSeconds } from "../../effects/clock.ts";
import type { WaitingMessage } from "../../following/read_waiting.ts";
import { heldMail } from "../../holding/held_mail.ts";
import { stillHeld } from "../../holding/held_state.ts";
import type { HoldFolder } from "../../holding/hold_folder.ts";
import { SiteNames } from "../../index/site_names.ts";
import type { CommandTools } from "../command_tools.ts";
import { groupText } from "../deferred/mail_words.ts";
import { EXIT } from "../exit_status.ts";
import { jsonLine } from "../json_lines.ts";
import { openQueue } from "../open_mail.ts";
import { ageText, countText, numberText, printable, sizeText } from "../printable.ts";
import { ROWS_SHOWN_MAX, tableText } from "../table.ts";
import { endText } from "./hold_words.ts";
import { keptHolds } from "./holds.ts";

const COLUMNS = [
  { heading: "MESSAGES", isNumber: true },
  { heading: "SIZE", isNumber: true },
  { heading: "OLDEST", isNumber: true },
  { heading: "ON HOLD UNTIL" },
  { heading: "DESTINATION", mayBeCut: "in the middle" },
] as const;

/** Messages of one destination that are on hold alike. A message counts at each of its destinations. */
interface HeldGroup {
  readonly site: string;
  /** Null: nobody knows when. */
  readonly untilSeconds: number | null;
  messageCount: number;
  sizeBytes: number;
  oldestSeconds: number;
}

/** Shows it, and returns the exit status. Throws CommandError where the queue can't be read. */
export async function listHeld(
  tools: CommandTools,
  folder: HoldFolder,
  json: boolean,
): Promise<number> {
  const { terminal, instance, clock } = tools;
  const siteNames = new SiteNames(instance.idna2003);
  const siteOf = (address: string): string => siteNames.siteOf(address);
  const reading = { files: openQueue(tools), hashing: instance.hashing, siteOf };
  const timed = stillHeld(reading, (await keptHolds(tools, folder)).values());
  const groups = new Map<string, HeldGroup>();
  let messageCount = 0;
  let unreadableCount = 0;
  const tell = (path: string, why: string): void => {
    unreadableCount++;
    terminal.err(`${printable(path)} can't be read: ${printable(why)}.\n`);
  };
  for (const message of heldMail(reading, tell)) {
    messageCount++;
    add(groups, message, timed.get(message.queueId)?.untilSeconds ?? null);
  }
  const sorted = [...groups.values()].sort(compareGroups);
  if (json) {
    printJson(tools, sorted, messageCount, unreadableCount);
  } else {
    show(tools, sorted, messageCount, wallSeconds(clock));
  }
  return unreadableCount === 0 ? EXIT.done : EXIT.found;
}

function add(
  groups: Map<string, HeldGroup>,
  { recipients, sizeBytes, arrivalSeconds }: WaitingMessage,
  untilSeconds: number | null,
): void {
  for (const site of new Set(recipients.map((each) => each.site))) {
    const key = `${untilSeconds ?? ""} ${site}`;
    const fresh = {
      site,
      untilSeconds,
      messageCount: 0,
      sizeBytes: 0,
      oldestSeconds: arrivalSeconds,
    };
    const group = groups.get(key) ?? fresh;
    group.messageCount++;
    group.sizeBytes += sizeBytes;
    group.oldestSeconds = Math.min(group.oldestSeconds, arrivalSeconds);
    groups.set(key, group);
  }
}

/** The most messages first; of as many, by name, and then what ends first. */
function compareGroups(one: HeldGroup, other: HeldGroup): number {
  return (
    other.messageCount - one.messageCount ||
    (one.site < other.site ? -1 : one.site > other.site ? 1 : 0) ||
    (one.untilSeconds ?? Number.POSITIVE_INFINITY) -
      (other.untilSeconds ?? Number.POSITIVE_INFINITY)
  );
}

function show(
  tools: CommandTools,
  groups: readonly HeldGroup[],
  messageCount: number,
  nowSeconds: number,
): void {
  const { terminal } = tools;
  if (messageCount === 0) {
    terminal.out("No mail is on hold.\n");
    return;
  }
  const rows = groups
    .slice(0, ROWS_SHOWN_MAX)
    .map(({ site, untilSeconds, messageCount: count, sizeBytes, oldestSeconds }) => [
      numberText(count),
      sizeText(sizeBytes),
      ageText(nowSeconds - oldestSeconds),
      untilSeconds === null ? "released" : endText(tools, untilSeconds),
      groupText("site", site),
    ]);
  terminal.out(tableText(COLUMNS, rows, terminal.outColumns));
  if (groups.length > rows.length) {
    const more = countText(groups.length - rows.length, "more line");
    terminal.out(`${more} not shown: --json prints them all.\n`);
  }
  terminal.out(
    `In all ${countText(messageCount, "message")} on hold (each counted once). What has no end, others have put on hold, or hold without --for.\n`,
  );
  if (groups.some(({ untilSeconds }) => untilSeconds !== null && untilSeconds < nowSeconds)) {
    terminal.out("Overdue is released by: fastflush hold --expire\n");
  }
}

function printJson(
  { terminal }: CommandTools,
  groups: readonly HeldGroup[],
  messageCount: number,
  unreadableCount: number,
): void {
  for (const { site, untilSeconds, messageCount: count, sizeBytes, oldestSeconds } of groups) {
    const attributes = new Map([
      ["site", site],
      ["messages", String(count)],
      ["bytes", String(sizeBytes)],
      ["oldest", String(oldestSeconds)],
      ["until", untilSeconds === null ? "" : String(untilSeconds)],
      ["by", untilSeconds === null ? "others" : "fastflush"],
    ]);
    terminal.out(jsonLine("hold", "held", attributes) ?? "");
  }
  const status = unreadableCount === 0 ? "done" : "failed";
  const end = new Map([
    ["status", status],
    ["messages", String(messageCount)],
  ]);
  terminal.out(jsonLine("hold", "end", end) ?? "");
}
