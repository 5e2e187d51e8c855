/**
 * What goes where on a screen of any size. Pure.
 *
 * The rows of the list come first: on a low screen the lines around them go, on a narrow one columns do.
 */
import type { Column } from "./columns.ts";

/** Between two columns. */
export const GAP = 1;
/** Before the first: where the selected row is marked. */
const MARK = 1;

/** How many lines each part has. */
export interface Heights {
  readonly title: 0 | 1;
  readonly totals: 0 | 1;
  readonly view: 0 | 1;
  readonly heading: 0 | 1;
  readonly body: number;
  readonly detail: 0 | 1 | 2;
  readonly keys: 0 | 1;
}

/** Of a screen with so many rows. */
export function heightsOf(rows: number): Heights {
  const heading = rows >= 3 ? 1 : 0;
  const keys = rows >= 5 ? 1 : 0;
  const title = rows >= 6 ? 1 : 0;
  const totals = rows >= 8 ? 1 : 0;
  const view = rows >= 10 ? 1 : 0;
  const detail = rows >= 18 ? 2 : rows >= 9 ? 1 : 0;
  const body = Math.max(1, rows - heading - keys - title - totals - view - detail);
  return { title, totals, view, heading, body, detail, keys };
}

/** A column that is shown, and how wide. */
export interface PlacedColumn<Row> {
  readonly column: Column<Row>;
  readonly width: number;
}

/** The columns that fit, as wide as there is room for. */
export function placedColumns<Row>(
  columns: ReadonlyArray<Column<Row>>,
  screenColumns: number,
): readonly PlacedColumn<Row>[] {
  let shown = columns;
  while (shown.length > 1 && leastWidth(shown) > screenColumns) {
    const last = Math.max(...shown.map(({ rank }) => rank));
    shown = shown.filter(({ rank }) => rank !== last);
  }
  let left = Math.max(0, screenColumns - leastWidth(shown));
  let shares = shown.reduce((sum, { share }) => sum + share, 0);
  return shown.map((column) => {
    const more = shares === 0 ? 0 : Math.floor((left * column.share) / shares);
    left -= more;
    shares -= column.share;
    const width = Math.min(column.width + more, screenColumns - MARK);
    return { column, width: Math.max(0, width) };
  });
}

function leastWidth<Row>(columns: ReadonlyArray<Column<Row>>): number {
  return columns.reduce((sum, { width }) => sum + width + GAP, MARK - GAP);
}
