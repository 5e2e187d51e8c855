/**
 * A list that is sorted, filtered, and has one of its rows selected. Pure: each step makes a new one.
 *
 * The selection stays with its row, wherever that goes: who presses a key means what he has seen. Where its row is gone,
 * the one that is in its place is selected.
 */
import type { Column } from "./columns.ts";

/** What is known of a kind of rows. */
export interface RowKind<Row> {
  readonly columns: ReadonlyArray<Column<Row>>;
  keyOf(row: Row): string;
  /** What a filter looks at. */
  textOf(row: Row): string;
  /** The order of those that are alike. */
  compareAlike(one: Row, other: Row): number;
}

export interface ListState<Row> {
  readonly kind: RowKind<Row>;
  readonly rows: readonly Row[];
  /** Those that the filter lets through, sorted. */
  readonly shown: readonly Row[];
  /** A column that can be sorted by. */
  readonly sortColumn: number;
  readonly isReversed: boolean;
  /** As it was typed; empty: none. */
  readonly filter: string;
  /** Of `shown`; 0 where there are none. */
  readonly selected: number;
}

/** A list of such rows, sorted by this column. */
export function newList<Row>(
  kind: RowKind<Row>,
  rows: readonly Row[],
  sortColumn: number,
): ListState<Row> {
  const list = { kind, rows, shown: [], sortColumn, isReversed: false, filter: "", selected: 0 };
  return settled(list, null);
}

/** The row that is selected; null: there are none. */
export function selectedRow<Row>({ shown, selected }: ListState<Row>): Row | null {
  return shown[selected] ?? null;
}

/** With other rows, of the same kind. */
export function withRows<Row>(list: ListState<Row>, rows: readonly Row[]): ListState<Row> {
  return settled({ ...list, rows }, selectedRow(list));
}

/** With those rows that have this text in them, in letters of either case; empty: all. */
export function withFilter<Row>(list: ListState<Row>, filter: string): ListState<Row> {
  return settled({ ...list, filter }, selectedRow(list));
}

/** Sorts by the next column that can be sorted by, or the one before it: `step` is 1 or -1. */
export function withNextSort<Row>(list: ListState<Row>, step: 1 | -1): ListState<Row> {
  const { columns } = list.kind;
  let sortColumn = list.sortColumn;
  do {
    sortColumn = (sortColumn + step + columns.length) % columns.length;
  } while (columns[sortColumn]?.compare === null);
  return settled({ ...list, sortColumn, isReversed: false }, selectedRow(list));
}

/** The other way round. */
export function reversed<Row>(list: ListState<Row>): ListState<Row> {
  return settled({ ...list, isReversed: !list.isReversed }, selectedRow(list));
}

/** Selects the row so many below, as far as there are any. */
export function moved<Row>(list: ListState<Row>, by: number): ListState<Row> {
  return { ...list, selected: within(list.selected + by, list.shown.length) };
}

function settled<Row>(list: ListState<Row>, selected: Row | null): ListState<Row> {
  const { kind, rows, filter } = list;
  const wanted = filter.toLowerCase();
  const passing =
    wanted === "" ? rows : rows.filter((row) => kind.textOf(row).toLowerCase().includes(wanted));
  const shown = passing.toSorted(orderOf(list));
  const key = selected === null ? null : kind.keyOf(selected);
  const place = key === null ? -1 : shown.findIndex((row) => kind.keyOf(row) === key);
  return { ...list, shown, selected: place === -1 ? within(list.selected, shown.length) : place };
}

function orderOf<Row>({ kind, sortColumn, isReversed }: ListState<Row>) {
  const compare = kind.columns[sortColumn]?.compare ?? kind.compareAlike;
  return (one: Row, other: Row): number =>
    (isReversed ? compare(other, one) : compare(one, other)) || kind.compareAlike(one, other);
}

function within(index: number, count: number): number {
  return Math.max(0, Math.min(index, count - 1));
}
