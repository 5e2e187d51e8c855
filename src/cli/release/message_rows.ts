/**
 * Messages in a table, for whoever asks what would become of them. Pure.
 */
import { commaList } from "../comma_list.ts";
import { ageText, numberText, printable, sizeText } from "../printable.ts";
import type { Column } from "../table.ts";

/** Columns of a table of messages; `would` heads the last one. */
export function messageColumns(would: string): readonly Column[] {
  return [
    { heading: "QUEUE ID" },
    { heading: "SIZE", isNumber: true },
    { heading: "AGE", isNumber: true },
    { heading: "SENDER", mayBeCut: true },
    { heading: "RECIPIENTS THERE", mayBeCut: true },
    { heading: would },
  ];
}

/** A message, whose age is not known where it could not be read: it comes last then. */
export interface MessageRow {
  readonly queueId: string;
  readonly arrivalSeconds: number;
  readonly cells: readonly string[];
}

/** Of a message's attributes, as `preview --json` has them; `wouldText` puts the outcome into words. */
export function messageRow(
  attributes: ReadonlyMap<string, string>,
  nowSeconds: number,
  wouldText: (outcome: string) => string,
): MessageRow {
  return {
    queueId: attributes.get("queue_id") ?? "",
    arrivalSeconds: Number(attributes.get("arrived") || Number.POSITIVE_INFINITY),
    cells: [...cellsOf(attributes, nowSeconds), wouldText(attributes.get("outcome") ?? "")],
  };
}

function cellsOf(attributes: ReadonlyMap<string, string>, nowSeconds: number): string[] {
  const value = (name: string): string => printable(attributes.get(name) ?? "");
  const size = value("size");
  const arrived = value("arrived");
  return [
    value("queue_id"),
    size === "" ? "-" : sizeText(Number(size)),
    arrived === "" ? "-" : ageText(nowSeconds - Number(arrived)),
    // The sender of a bounce is empty, and that of a message that wasn't read unknown.
    value("sender") === "" && size !== "" ? "<>" : value("sender") || "-",
    recipientsText(value("recipients"), Number(value("recipients_count"))),
  ];
}

/** The first recipient, and how many more there are. */
function recipientsText(recipients: string, count: number): string {
  const [first = ""] = count === 1 ? [recipients] : commaList(recipients);
  if (first === "") {
    return "-";
  }
  return count > 1 ? `${first} and ${numberText(count - 1)} more` : first;
}
