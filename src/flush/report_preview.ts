/**
 * The preview request: what a flush of these sites would do, message by message. Changes nothing.
 *
 * Each message once, however many logs name it. Looks without locks: what moves meanwhile may be told as it was a
 * moment ago.
 */
import type { QueueId } from "../names/names.ts";
import { QueueIdSet } from "../names/queue_id_set.ts";
import { findMessage } from "../queue/find_message.ts";
import { type MessageReading, readMessage } from "../queue/message_sites.ts";
import { readEntries } from "../record/read_entries.ts";
import type { Pair } from "../wire/report.ts";
import { STATUS, type Status } from "../wire/request.ts";
import type { FlushTools } from "./flush_tools.ts";
import { warnOfLogfile } from "./logfile_trouble.ts";
import type { ReportEnd, ReportWriter } from "./report_writer.ts";
import type { SelectedLog } from "./selected_logs.ts";
import type { SiteChoice } from "./site_choice.ts";
import type { Slice } from "./slice.ts";

/** So many recipients, and other destinations, are named of one message. */
const NAMED_MAX = 100;

/** What a flush would do with a message; docs/PROTOCOL.md says what they mean. */
type Prospect = "release" | "skip" | "keep" | "gone" | "unreadable";

/** Whose mail is meant, and whether the log at hand was asked for by name. */
type Meant = Pick<SelectedLog, "choice" | "isNamed">;

type Read = Extract<MessageReading, { kind: "read" }>;

/** Writes an item for each message, and returns what the end is to say. */
export async function reportPreview(
  tools: FlushTools,
  logs: readonly SelectedLog[],
  choice: SiteChoice,
  report: ReportWriter,
  slice: Slice,
): Promise<ReportEnd> {
  const counts: Record<Prospect, number> = { release: 0, skip: 0, keep: 0, gone: 0, unreadable: 0 };
  const seen = new QueueIdSet();
  let status: Status = STATUS.ok;
  // A message that can't be judged is released if one of the logs that name it was asked for by name: those first.
  for (const { name, isNamed } of logs.toSorted(byNamedFirst)) {
    try {
      for (const ids of readEntries(tools, name)) {
        for (const id of ids) {
          await slice.pause();
          if (report.isGone) {
            return { status, totals: [] };
          }
          if (seen.add(id) !== "held") {
            await tellMessage(tools, id, { choice, isNamed }, report, counts);
          }
        }
      }
    } catch (caught) {
      warnOfLogfile(tools, "preview", name, caught);
      status = STATUS.fail;
    }
  }
  return { status, totals: Object.entries(counts) };
}

function byNamedFirst(one: SelectedLog, other: SelectedLog): number {
  return Number(other.isNamed) - Number(one.isNamed);
}

function tellMessage(
  tools: FlushTools,
  id: QueueId,
  meant: Meant,
  report: ReportWriter,
  counts: Record<Prospect, number>,
): Promise<void> | null {
  const queue = findMessage(tools, id);
  const reading: MessageReading =
    queue === null ? { kind: "absent" } : readMessage(tools, queue, id);
  const isHandled = queue === "active" || queue === "hold";
  const outcome = isHandled ? "keep" : prospectOf(reading, meant);
  counts[outcome]++;
  const details = reading.kind === "read" ? detailsOf(reading, meant.choice) : NO_DETAILS;
  return report.item("message", [
    ["queue_id", id],
    ["queue", queue ?? ""],
    ...details,
    ["outcome", outcome],
  ]);
}

function prospectOf(reading: MessageReading, { choice, isNamed }: Meant): Prospect {
  switch (reading.kind) {
    case "absent":
      return "gone";
    case "unreadable":
      return "unreadable";
    case "read":
      return reading.recipients.some(({ domains }) => domains.some(choice)) ||
        (isNamed && !reading.isSure)
        ? "release"
        : "skip";
  }
}

const NO_DETAILS: readonly Pair[] = [
  ["size", ""],
  ["arrived", ""],
  ["sender", ""],
  ["recipients", ""],
  ["recipients_count", ""],
  ["others", ""],
];

function detailsOf(reading: Read, choice: SiteChoice): Pair[] {
  const there = reading.recipients.filter(({ domains }) => domains.some(choice));
  const elsewhere = reading.recipients.filter(({ domains }) => !domains.some(choice));
  const others = new Set(elsewhere.flatMap(({ domains }) => domains));
  return [
    ["size", reading.sizeBytes],
    ["arrived", reading.arrivalSeconds],
    ["sender", reading.sender],
    ["recipients", listText(there.map(({ address }) => address))],
    ["recipients_count", there.length],
    ["others", listText([...others])],
  ];
}

function listText(names: readonly string[]): string {
  return names.slice(0, NAMED_MAX).join(",");
}
