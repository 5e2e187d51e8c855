/**
 * The columns of both views of `fastflush top`: what stands in them, how they sort, and which go first where a terminal
 * is narrow. Pure.
 */
import type { GroupBy } from "../../index/deferred_mail.ts";
import { GROUPINGS, nextTryText } from "../deferred/mail_words.ts";
import { ageText, numberText, sizeText } from "../printable.ts";
import type { DestinationRow, MessageRow } from "./sample.ts";
import { sparkline } from "./sparkline.ts";
import type { CellKind } from "./text_cell.ts";

const SECONDS_PER_HOUR = 3600;
const SECONDS_PER_DAY = 86_400;

/** What a cell's colour says. */
export type Mood = "plain" | "good" | "doubtful" | "bad" | "quiet";

/** What cells are made with. */
export interface Moment {
  readonly nowSeconds: number;
  readonly isAscii: boolean;
}

/** A column of a view. */
export interface Column<Row> {
  /** For `--sort`. */
  readonly id: string;
  readonly heading: string;
  readonly kind: CellKind;
  /** So many columns of the terminal, at least. */
  readonly width: number;
  /** Its share of what is left over. */
  readonly share: number;
  /** Those with the highest go first where there is no room for all. */
  readonly rank: number;
  cell(row: Row, moment: Moment, width: number): string;
  mood?(row: Row, moment: Moment): Mood;
  /** In the direction in which one looks for trouble; null: nothing to sort by. */
  readonly compare: ((one: Row, other: Row) => number) | null;
}

/** `12`, `0.4`; `-`: not known. */
export function rateText(perMinute: number | null): string {
  if (perMinute === null) {
    return "-";
  }
  return perMinute > 0 && perMinute < 10
    ? Math.max(perMinute, 0.1).toFixed(1)
    : numberText(Math.round(perMinute));
}

/** What destinations can be sorted by. */
export const DESTINATION_ORDERS = ["messages", "in", "out", "oldest", "destination", "reason"];

/** By what destinations are called. */
export function destinationColumns(by: GroupBy): ReadonlyArray<Column<DestinationRow>> {
  return [
    {
      id: "messages",
      heading: "MESSAGES",
      kind: "number",
      width: 8,
      share: 0,
      rank: 1,
      cell: ({ messageCount }) => numberText(messageCount),
      compare: (one, other) => other.messageCount - one.messageCount,
    },
    {
      id: "in",
      heading: "IN/MIN",
      kind: "number",
      width: 6,
      share: 0,
      rank: 4,
      cell: ({ inPerMinute }) => rateText(inPerMinute),
      mood: ({ inPerMinute, outPerMinute }) =>
        (inPerMinute ?? 0) > (outPerMinute ?? 0) ? "doubtful" : "plain",
      compare: (one, other) => (other.inPerMinute ?? 0) - (one.inPerMinute ?? 0),
    },
    {
      id: "out",
      heading: "OUT/MIN",
      kind: "number",
      width: 7,
      share: 0,
      rank: 5,
      cell: ({ outPerMinute }) => rateText(outPerMinute),
      mood: ({ outPerMinute }) => ((outPerMinute ?? 0) > 0 ? "good" : "plain"),
      compare: (one, other) => (other.outPerMinute ?? 0) - (one.outPerMinute ?? 0),
    },
    {
      id: "oldest",
      heading: "OLDEST",
      kind: "number",
      width: 6,
      share: 0,
      rank: 2,
      cell: ({ oldestSeconds }, { nowSeconds }) => ageText(nowSeconds - oldestSeconds),
      mood: ({ oldestSeconds }, { nowSeconds }) => moodOfAge(nowSeconds - oldestSeconds),
      compare: (one, other) => one.oldestSeconds - other.oldestSeconds,
    },
    {
      id: "destination",
      heading: GROUPINGS[by].heading,
      kind: "name",
      width: 12,
      share: 5,
      rank: 0,
      cell: ({ text }) => text,
      compare: (one, other) => compareText(one.text, other.text),
    },
    {
      id: "trend",
      heading: "TREND",
      kind: "text",
      width: 8,
      share: 1,
      rank: 6,
      cell: ({ history }, { isAscii }, width) => sparkline(history, width, isAscii),
      mood: () => "quiet",
      compare: null,
    },
    {
      id: "reason",
      heading: "MOST COMMON REASON",
      kind: "text",
      width: 8,
      share: 6,
      rank: 3,
      cell: ({ reason }) => reason,
      compare: (one, other) => compareText(one.reason, other.reason),
    },
  ];
}

export const MESSAGE_COLUMNS: ReadonlyArray<Column<MessageRow>> = [
  {
    id: "id",
    heading: "QUEUE ID",
    kind: "name",
    width: 12,
    share: 0,
    rank: 0,
    cell: ({ queueId }) => queueId,
    compare: (one, other) => compareText(one.queueId, other.queueId),
  },
  {
    id: "size",
    heading: "SIZE",
    kind: "number",
    width: 10,
    share: 0,
    rank: 5,
    cell: ({ sizeBytes }) => sizeText(sizeBytes),
    compare: (one, other) => other.sizeBytes - one.sizeBytes,
  },
  {
    id: "age",
    heading: "AGE",
    kind: "number",
    width: 6,
    share: 0,
    rank: 1,
    cell: ({ arrivalSeconds }, { nowSeconds }) => ageText(nowSeconds - arrivalSeconds),
    mood: ({ arrivalSeconds }, { nowSeconds }) => moodOfAge(nowSeconds - arrivalSeconds),
    compare: (one, other) => one.arrivalSeconds - other.arrivalSeconds,
  },
  {
    id: "next",
    heading: "NEXT TRY",
    kind: "number",
    width: 9,
    share: 0,
    rank: 4,
    cell: ({ nextTrySeconds }, { nowSeconds }) => nextTryText(nextTrySeconds, nowSeconds),
    compare: (one, other) => one.nextTrySeconds - other.nextTrySeconds,
  },
  {
    id: "recipient",
    heading: "RECIPIENT",
    kind: "name",
    width: 10,
    share: 2,
    rank: 3,
    cell: recipientText,
    compare: (one, other) => compareText(one.recipient, other.recipient),
  },
  {
    id: "reason",
    heading: "REASON",
    kind: "text",
    width: 10,
    share: 3,
    rank: 2,
    cell: ({ reason }) => reason,
    compare: (one, other) => compareText(one.reason, other.reason),
  },
];

/** The first who waits there, and how many more. */
export function recipientText({ recipient, recipientCount }: MessageRow): string {
  return recipientCount > 1 ? `${recipient} +${numberText(recipientCount - 1)}` : recipient;
}

function moodOfAge(ageSeconds: number): Mood {
  if (ageSeconds >= SECONDS_PER_DAY) {
    return "bad";
  }
  return ageSeconds >= SECONDS_PER_HOUR ? "doubtful" : "good";
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
