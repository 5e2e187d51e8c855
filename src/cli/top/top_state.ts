/**
 * What `fastflush top` shows, and what becomes of it with each key and each look at the queue. Pure.
 */
import type { Key } from "../../effects/screen.ts";
import type { GroupBy } from "../../index/deferred_mail.ts";
import { GROUPS_BY } from "../deferred/mail_words.ts";
import { destinationColumns, MESSAGE_COLUMNS } from "./columns.ts";
import {
  type ListState,
  moved,
  newList,
  type RowKind,
  reversed,
  selectedRow,
  withFilter,
  withNextSort,
  withRows,
} from "./list_state.ts";
import type { DestinationRow, MessageRow, Sample } from "./sample.ts";

/** The oldest messages first. */
const MESSAGE_SORT = MESSAGE_COLUMNS.findIndex(({ id }) => id === "age");
/** More is no use on a line. */
const FILTER_CHARACTERS_MAX = 100;

/** The destination that was opened. */
interface OpenedView {
  readonly destination: DestinationRow;
  /** Null: they have not been read yet. */
  readonly list: ListState<MessageRow> | null;
}

export interface TopState {
  readonly by: GroupBy;
  readonly sample: Sample;
  readonly destinations: ListState<DestinationRow>;
  /** Null: all destinations are shown. */
  readonly opened: OpenedView | null;
  /** A filter is being typed. */
  readonly isTyping: boolean;
  readonly isHelpShown: boolean;
  readonly isPaused: boolean;
  /** Printable; empty: nothing is to be said. */
  readonly trouble: string;
}

/** What is to be done beside showing the new state. `look`: at the queue, now. */
export type Wish = "nothing" | "look" | "redraw" | "send" | "send and wait" | "quit";

/** What a key has made of a state. */
export interface Step {
  readonly state: TopState;
  readonly wish: Wish;
}

/** What is shown first, sorted by the column that is called so. */
export function firstState(sample: Sample, sort: string): TopState {
  const kind = destinationKind(sample.by);
  const sortColumn = kind.columns.findIndex(({ id }) => id === sort);
  return {
    by: sample.by,
    sample,
    destinations: newList(kind, sample.destinations, sortColumn),
    opened: null,
    isTyping: false,
    isHelpShown: false,
    isPaused: false,
    trouble: "",
  };
}

/** A new look at the queue; one that was meant for what is no longer shown changes nothing. */
export function withSample(state: TopState, sample: Sample): TopState {
  if (sample.by !== state.by) {
    return state;
  }
  const destinations = withRows(state.destinations, sample.destinations);
  return { ...state, sample, destinations, opened: openedOf(state, sample), trouble: "" };
}

/** The queue could not be looked at: why, printable. */
export function withTrouble(state: TopState, trouble: string): TopState {
  return { ...state, trouble };
}

/** A key was pressed; a page has so many rows. */
export function pressed(state: TopState, key: Key, pageRows: number): Step {
  if (key.name === "ctrl-c") {
    return { state, wish: "quit" };
  }
  if (key.name === "ctrl-l") {
    return { state, wish: "redraw" };
  }
  if (state.isHelpShown) {
    return still({ ...state, isHelpShown: false });
  }
  const step = MOVES[key.name];
  if (step !== undefined && !(state.isTyping && key.text !== "")) {
    return still(inList(state, (list) => moved(list, step(pageRows))));
  }
  return state.isTyping ? still(typed(state, key)) : commanded(state, key);
}

/** How far a key moves the selection down. */
const MOVES: Readonly<Record<string, (pageRows: number) => number>> = {
  up: () => -1,
  k: () => -1,
  down: () => 1,
  j: () => 1,
  pageup: (rows) => -rows,
  pagedown: (rows) => rows,
  home: () => Number.NEGATIVE_INFINITY,
  g: () => Number.NEGATIVE_INFINITY,
  end: () => Number.POSITIVE_INFINITY,
  G: () => Number.POSITIVE_INFINITY,
};

function commanded(state: TopState, key: Key): Step {
  switch (key.name) {
    case "q":
    case "escape":
      return back(state, key);
    case "return":
    case "enter":
    case "right":
      return open(state);
    case "left":
    case "backspace":
      return still({ ...state, opened: null });
    case "/":
      return still({ ...state, isTyping: true });
    case "s":
    case ">":
      return still(inList(state, (list) => withNextSort(list, 1)));
    case "<":
      return still(inList(state, (list) => withNextSort(list, -1)));
    case "r":
      return still(inList(state, reversed));
    case "b":
      return grouped(state);
    case "p":
      return {
        state: { ...state, isPaused: !state.isPaused },
        wish: state.isPaused ? "look" : "nothing",
      };
    case " ":
      return { state, wish: "look" };
    case "S":
      return { state, wish: canSend(state) ? "send" : "nothing" };
    case "W":
      return { state, wish: canSend(state) ? "send and wait" : "nothing" };
    case "?":
    case "h":
      return still({ ...state, isHelpShown: true });
    default:
      return still(state);
  }
}

/** Out of the destination; out of the filter, with Esc; out of the program. */
function back(state: TopState, { name }: Key): Step {
  if (state.opened !== null) {
    return still({ ...state, opened: null });
  }
  if (name === "escape") {
    return still(inList(state, (list) => withFilter(list, "")));
  }
  return { state, wish: "quit" };
}

function open(state: TopState): Step {
  const destination = selectedRow(state.destinations);
  return state.opened !== null || destination === null
    ? still(state)
    : { state: { ...state, opened: { destination, list: null } }, wish: "look" };
}

function grouped(state: TopState): Step {
  if (state.opened !== null) {
    return still(state);
  }
  const by = GROUPS_BY[(GROUPS_BY.indexOf(state.by) + 1) % GROUPS_BY.length] ?? state.by;
  const { sortColumn, isReversed, filter } = state.destinations;
  const empty = { ...newList(destinationKind(by), [], sortColumn), isReversed, filter };
  return { state: { ...state, by, destinations: empty }, wish: "look" };
}

/** Something is selected. */
function canSend({ opened, destinations }: TopState): boolean {
  return opened === null
    ? selectedRow(destinations) !== null
    : opened.list !== null && selectedRow(opened.list) !== null;
}

function typed(state: TopState, { name, text }: Key): TopState {
  const { filter } = (state.opened?.list ?? state.destinations) as ListState<unknown>;
  const refiltered = (next: string): TopState => inList(state, (list) => withFilter(list, next));
  switch (name) {
    case "return":
    case "enter":
      return { ...state, isTyping: false };
    case "escape":
      return { ...refiltered(""), isTyping: false };
    case "backspace":
      return refiltered([...filter].slice(0, -1).join(""));
    case "ctrl-u":
      return refiltered("");
    default:
      return text === "" || filter.length >= FILTER_CHARACTERS_MAX
        ? state
        : refiltered(filter + text);
  }
}

/** Changes the list that is shown. */
function inList(state: TopState, change: <Row>(list: ListState<Row>) => ListState<Row>): TopState {
  const { opened } = state;
  if (opened === null) {
    return { ...state, destinations: change(state.destinations) };
  }
  return opened.list === null
    ? state
    : { ...state, opened: { ...opened, list: change(opened.list) } };
}

function openedOf({ opened }: TopState, sample: Sample): OpenedView | null {
  if (opened === null) {
    return null;
  }
  const { name } = opened.destination;
  const destination =
    sample.destinations.find((row) => row.name === name) ?? emptied(opened.destination);
  if (sample.opened?.name !== name) {
    return { ...opened, destination };
  }
  const { messages } = sample.opened;
  const list =
    opened.list === null
      ? newList(MESSAGE_KIND, messages, MESSAGE_SORT)
      : withRows(opened.list, messages);
  return { destination, list };
}

/** Of a destination that has no deferred mail any more. */
function emptied(destination: DestinationRow): DestinationRow {
  return { ...destination, messageCount: 0, recipientCount: 0, reasonCount: 0, reason: "" };
}

function still(state: TopState): Step {
  return { state, wish: "nothing" };
}

function destinationKind(by: GroupBy): RowKind<DestinationRow> {
  return {
    columns: destinationColumns(by),
    keyOf: ({ name }) => name,
    textOf: ({ text, reason }) => `${text} ${reason}`,
    compareAlike: (one, other) =>
      other.messageCount - one.messageCount || (one.name < other.name ? -1 : 1),
  };
}

const MESSAGE_KIND: RowKind<MessageRow> = {
  columns: MESSAGE_COLUMNS,
  keyOf: ({ queueId }) => queueId,
  textOf: ({ queueId, sender, recipient, reason }) => `${queueId} ${sender} ${recipient} ${reason}`,
  compareAlike: (one, other) =>
    one.arrivalSeconds - other.arrivalSeconds || (one.queueId < other.queueId ? -1 : 1),
};
