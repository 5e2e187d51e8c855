/**
 * A plot of several lines over the same time, one panel below the other, as an SVG picture.
 *
 * Pure: numbers in, text out. Written by hand, since the libraries for plots want a browser's document, or are a
 * hundred times as large as what is needed here: axes with units, lines, their names.
 */

/** A line in a panel. */
interface PlottedLine {
  readonly name: string;
  readonly colour: string;
  /** A value a second. */
  readonly values: readonly number[];
}

/** One panel: its lines share an axis, which begins at 0. */
export interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly PlottedLine[];
  /** What the reader is to see, in words. */
  readonly note: string;
}

const WIDTH = 900;
const PANEL_HEIGHT = 230;
const MARGIN = { left: 70, right: 20, top: 64, panel_top: 46, panel_bottom: 44 };

const FONT = 'font-family="DejaVu Sans, Helvetica, Arial, sans-serif"';

/** Steps between the marks of an axis are one of these, times a power of ten. */
const STEPS = [1, 2, 5, 10];
const MARKS_MAX = 6;

/** Draws the panels; `seconds` is how long it took. */
export function plot(title: string, subtitle: string, panels: readonly Panel[]): string {
  const height = MARGIN.top + panels.length * PANEL_HEIGHT;
  const drawn = panels.map((panel, index) => drawPanel(panel, MARGIN.top + index * PANEL_HEIGHT));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" ${FONT} font-size="12">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="white"/>`,
    text(MARGIN.left, 26, title, 'font-size="17" font-weight="bold"'),
    text(MARGIN.left, 46, subtitle, 'fill="#555"'),
    ...drawn.flat(),
    "</svg>\n",
  ].join("\n");
}

function drawPanel({ title, unit, lines, note }: Panel, top: number): string[] {
  const seconds = Math.max(...lines.map(({ values }) => values.length - 1));
  const x = { from: MARGIN.left, to: WIDTH - MARGIN.right, most: seconds / 60 };
  const bottom = top + PANEL_HEIGHT - MARGIN.panel_bottom;
  const highest = Math.max(...lines.flatMap(({ values }) => values.filter(Number.isFinite)));
  const y = { from: bottom, to: top + MARGIN.panel_top, most: endOf(highest) };
  return [
    text(MARGIN.left, top + 18, `${title}, ${unit}`, 'font-weight="bold"'),
    text(MARGIN.left, top + 36, note, 'fill="#555"'),
    ...drawLegend(lines, top + 18),
    ...marks(y.most).flatMap((value) => [
      `<path d="M${x.from} ${place(y, value)}H${x.to}" stroke="${value === 0 ? "#000" : "#ddd"}"/>`,
      text(x.from - 8, place(y, value) + 4, String(value), 'text-anchor="end"'),
    ]),
    ...marks(x.most).map((value) =>
      text(place(x, value), bottom + 17, String(value), 'text-anchor="middle"'),
    ),
    text(x.to, bottom + 33, "minutes since the start", 'text-anchor="end" fill="#555"'),
    ...lines.map(
      ({ values, colour }) =>
        `<path d="${pathOf(values, x, y)}" fill="none" stroke="${colour}" stroke-width="1.3"/>`,
    ),
  ];
}

/** Names in the colours of their lines, from the right. */
function drawLegend(lines: readonly PlottedLine[], baseline: number): string[] {
  const words = lines.map(
    ({ name, colour }) => `<tspan fill="${colour}">— ${escaped(name)}</tspan>`,
  );
  return [
    `<text x="${WIDTH - MARGIN.right}" y="${baseline}" text-anchor="end">${words.join("   ")}</text>`,
  ];
}

interface Axis {
  readonly from: number;
  readonly to: number;
  /** The value at `to`; 0 is at `from`. */
  readonly most: number;
}

function place({ from, to, most }: Axis, value: number): number {
  return Math.round((from + ((to - from) * value) / most) * 10) / 10;
}

/** Seconds without a value are gaps. */
function pathOf(values: readonly number[], x: Axis, y: Axis): string {
  let isDrawing = false;
  return values
    .map((value, second) => {
      if (!Number.isFinite(value)) {
        isDrawing = false;
        return "";
      }
      const command = isDrawing ? "L" : "M";
      isDrawing = true;
      return `${command}${place(x, second / 60)} ${place(y, value)}`;
    })
    .join("");
}

function stepOf(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most / MARKS_MAX));
  const step = STEPS.map((each) => each * power).find((each) => most / each <= MARKS_MAX);
  return step ?? most;
}

/** Where an axis ends that has to hold the value: at a mark. */
function endOf(highest: number): number {
  const most = Math.max(highest, Number.EPSILON);
  return Math.ceil(most / stepOf(most)) * stepOf(most);
}

function marks(most: number): number[] {
  const step = stepOf(most);
  const count = Math.floor(most / step + 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(6)));
}

function text(x: number, y: number, words: string, attributes: string): string {
  return `<text x="${x}" y="${y}" ${attributes}>${escaped(words)}</text>`;
}

function escaped(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
