/**
 * A state of `fastflush top` as lines of a screen of any size. Pure.
 *
 * Each line is exactly as wide as the screen. What it says it says without colours too.
 */
import type { ScreenSize } from "../../effects/screen.ts";
import { headOf } from "../cut_text.ts";
import { GROUPINGS } from "../deferred/mail_words.ts";
import { ageText, countText, numberText, sizeText } from "../printable.ts";
import { type Moment, type Mood, rateText, recipientText } from "./columns.ts";
import { type ListState, selectedRow } from "./list_state.ts";
import type { DestinationRow, MessageRow } from "./sample.ts";
import { GAP, heightsOf, type PlacedColumn, placedColumns } from "./screen_layout.ts";
import { sparkline } from "./sparkline.ts";
import { cell, type Look, widthOf } from "./text_cell.ts";
import { HELP_LINES } from "./top_help.ts";
import type { TopState } from "./top_state.ts";

/** What text on the screen is, from which its colours follow. */
export type Style = Mood | "title" | "heading" | "sorted" | "selected" | "keys";

/** Text of one style. */
interface Span {
  readonly text: string;
  readonly style: Style;
}

export type Line = readonly Span[];

/** What the state does not know. */
export interface Frame extends Look {
  /** Whose mail this is; empty: the usual instance's. Printable. */
  readonly where: string;
  /** When the queue was looked at, and when it will be again: a few words. */
  readonly when: string;
}

const SELECTED_MARK = ">";
const TREND_COLUMNS_MAX = 16;
/** Fewer show no trend. */
const TREND_COLUMNS_MIN = 4;

/** How many rows of the list there are on such a screen. */
export function pageRowsOf({ rows }: ScreenSize): number {
  return heightsOf(rows).body;
}

/** All lines, from the top. */
export function screenLines(state: TopState, size: ScreenSize, frame: Frame): readonly Line[] {
  const page = new Page(size.columns, frame);
  const heights = heightsOf(size.rows);
  const { opened, destinations } = state;
  const listed =
    opened === null
      ? listLines(destinations, state, page, heights.body)
      : listLines(opened.list, state, page, heights.body);
  const body = state.isHelpShown ? helpLines(page, heights.body) : listed.body;
  return [
    ...[titleLine(state, page)].slice(0, heights.title),
    ...[totalsLine(state, page)].slice(0, heights.totals),
    ...[page.line(viewText(state), "plain")].slice(0, heights.view),
    ...[listed.heading].slice(0, heights.heading),
    ...body,
    ...page.paragraph(detailText(state), heights.detail),
    ...[keysLine(state, page)].slice(0, heights.keys),
  ].slice(0, size.rows);
}

/** Lines of one width. */
class Page {
  readonly columns: number;
  readonly frame: Frame;

  constructor(columns: number, frame: Frame) {
    this.columns = columns;
    this.frame = frame;
  }

  line(text: string, style: Style): Line {
    return [{ text: cell(text, this.columns, "text", this.frame), style }];
  }

  /** Text at both ends, of which the one at the right goes first. */
  ends(left: string, right: string, style: Style): Line {
    const room = this.columns - widthOf(left) - GAP;
    return room < right.length
      ? this.line(left, style)
      : [{ text: cell(left, this.columns - right.length, "text", this.frame) + right, style }];
  }

  /** In so many lines: what is too long goes on in the next one. */
  paragraph(text: string, height: number): readonly Line[] {
    let rest = text;
    return Array.from({ length: height }, (_, index) => {
      const head = index === height - 1 ? rest : headOf(rest, this.columns);
      rest = rest.slice(head.length);
      return this.line(head, "plain");
    });
  }
}

function titleLine({ isPaused }: TopState, page: Page): Line {
  const { where, when } = page.frame;
  const left = ` fastflush top${where === "" ? "" : ` ${where}`}`;
  return page.ends(left, `${isPaused ? "PAUSED, " : ""}${when} `, "title");
}

function totalsLine({ sample }: TopState, page: Page): Line {
  const { totals, atSeconds, inPerMinute, outPerMinute, history } = sample;
  const { messageCount, sizeBytes, oldestSeconds, unreadableCount } = totals;
  const oldest = oldestSeconds === null ? "" : `, oldest ${ageText(atSeconds - oldestSeconds)}`;
  const flow = `. In ${rateText(inPerMinute)}, out ${rateText(outPerMinute)} a minute`;
  const unreadable = unreadableCount === 0 ? "" : `, ${numberText(unreadableCount)} unreadable`;
  const text = `${countText(messageCount, "deferred message")}${unreadable}, ${sizeText(sizeBytes)}${oldest}${flow}`;
  const trendColumns = Math.min(TREND_COLUMNS_MAX, page.columns - text.length - GAP);
  const trend =
    trendColumns < TREND_COLUMNS_MIN ? "" : sparkline(history, trendColumns, page.frame.isAscii);
  return page.ends(text, trend, "plain");
}

function viewText(state: TopState): string {
  const { opened, destinations, by } = state;
  if (opened === null) {
    return listText(destinations, GROUPINGS[by].noun);
  }
  const { destination, list } = opened;
  const noun = "message";
  const all = countText(destination.messageCount, noun);
  const oldest =
    list !== null && list.rows.length < destination.messageCount ? `the oldest of ${all}: ` : "";
  return `${destination.text}: ${oldest}${list === null ? all : listText(list, noun)}`;
}

/** How many rows there are, and in which order. */
function listText<Row>(list: ListState<Row>, noun: string): string {
  const { rows, shown, filter, kind, sortColumn, isReversed } = list;
  const count =
    filter === ""
      ? countText(rows.length, noun)
      : `${numberText(shown.length)} of ${countText(rows.length, noun)} with "${filter}"`;
  const column = kind.columns[sortColumn]?.heading.toLowerCase() ?? "";
  return `${count}, sorted by ${column}${isReversed ? ", reversed" : ""}`;
}

function listLines<Row>(
  list: ListState<Row> | null,
  { sample, by }: TopState,
  page: Page,
  height: number,
): { readonly heading: Line; readonly body: readonly Line[] } {
  if (list === null || list.shown.length === 0) {
    const isRead = list !== null && sample.by === by;
    const text = !isRead ? "Reading..." : list.filter === "" ? "No mail is deferred here." : "";
    const rest = Array.from({ length: height - 1 }, () => page.line("", "plain"));
    return {
      heading: page.line("", "heading"),
      body: [page.line(isRead && text === "" ? "Nothing matches." : text, "plain"), ...rest],
    };
  }
  const placed = placedColumns(list.kind.columns, page.columns);
  const moment = { nowSeconds: sample.atSeconds, isAscii: page.frame.isAscii };
  // Whole pages: the rows stay where they are while the selection goes over them.
  const first = Math.max(0, Math.floor(list.selected / height) * height);
  const body = Array.from({ length: height }, (_, index) => {
    const row = list.shown[first + index];
    return row === undefined
      ? page.line("", "plain")
      : rowLine(row, placed, first + index === list.selected, moment, page);
  });
  return { heading: headingLine(list, placed, page), body };
}

function headingLine<Row>(
  list: ListState<Row>,
  placed: readonly PlacedColumn<Row>[],
  page: Page,
): Line {
  const sorted = list.kind.columns[list.sortColumn];
  const spans = placed.map(
    ({ column, width }): Span => ({
      text: cell(column.heading, width, column.kind === "number" ? "number" : "text", page.frame),
      style: column === sorted ? "sorted" : "heading",
    }),
  );
  return joined(" ", spans, "heading", page);
}

function rowLine<Row>(
  row: Row,
  placed: readonly PlacedColumn<Row>[],
  isSelected: boolean,
  moment: Moment,
  page: Page,
): Line {
  const spans = placed.map(
    ({ column, width }): Span => ({
      text: cell(column.cell(row, moment, width), width, column.kind, page.frame),
      style: isSelected ? "selected" : (column.mood?.(row, moment) ?? "plain"),
    }),
  );
  return joined(isSelected ? SELECTED_MARK : " ", spans, isSelected ? "selected" : "plain", page);
}

/** Columns with gaps between them, and blanks up to the end of the line. */
function joined(mark: string, spans: readonly Span[], style: Style, page: Page): Line {
  const gap = { text: " ".repeat(GAP), style };
  const line = spans.flatMap((span) => [gap, span]).with(0, { text: mark, style });
  const width = line.reduce((sum, { text }) => sum + widthOf(text), 0);
  const rest = " ".repeat(Math.max(0, page.columns - width));
  return rest === "" ? line : [...line, { text: rest, style }];
}

function helpLines(page: Page, height: number): readonly Line[] {
  return Array.from({ length: height }, (_, index) => page.line(HELP_LINES[index] ?? "", "plain"));
}

function detailText({ opened, destinations }: TopState): string {
  if (opened === null) {
    const row = selectedRow(destinations);
    return row === null ? "" : destinationDetail(row);
  }
  const message = opened.list === null ? null : selectedRow(opened.list);
  return message === null ? "" : messageDetail(message);
}

function destinationDetail({ text, reason, reasonCount, recipientCount }: DestinationRow): string {
  return `${text}: ${numberText(reasonCount)} of ${countText(recipientCount, "recipient")}: ${reason}`;
}

function messageDetail(message: MessageRow): string {
  return `From ${message.sender} to ${recipientText(message)}: ${message.reason}`;
}

function keysLine(state: TopState, page: Page): Line {
  const { trouble, isTyping, opened, destinations, isHelpShown } = state;
  if (isTyping) {
    const { filter } = opened?.list ?? destinations;
    return page.line(`Filter: ${filter}_  (Enter keeps it, Esc clears it)`, "keys");
  }
  if (trouble !== "") {
    return page.line(trouble, "bad");
  }
  if (isHelpShown) {
    return page.line("Any key goes back", "keys");
  }
  return page.line(opened === null ? DESTINATION_KEYS : MESSAGE_KEYS, "keys");
}

const DESTINATION_KEYS = "Enter open  / filter  s sort  b group  S send  p pause  ? help  q quit";
const MESSAGE_KEYS = "/ filter  s sort  S send this message  p pause  ? help  q back";
