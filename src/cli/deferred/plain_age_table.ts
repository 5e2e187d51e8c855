/**
 * Ages of deferred mail in the shape of qshape(1)'s output, so that what reads that can read this. Pure.
 *
 * Found by running qshape: lines of 80 columns, each number as wide as the heading, the total or two columns,
 * whichever is widest; names to the right in what is left, but in 18 columns at least; of longer ones the end, behind
 * a `+`. The total comes first. The order of names with as many recipients and letters is by chance there, and by
 * the alphabet here.
 */
import type { GroupBy } from "../../index/deferred_mail.ts";
import { printable } from "../printable.ts";
import type { AgeTable } from "./age_table.ts";

const LINE_COLUMNS = 80;
const NAME_COLUMNS_MIN = 18;
const NUMBER_COLUMNS_MIN = 2;

/**
 * Without blanks, so that a line is as many words as any other: what Postfix takes for the address of nobody, and qshape
 * for the domain of an address without; and what Postfix logs as the relay where there is none.
 */
const NAMELESS: Readonly<Record<GroupBy, string>> = {
  site: "MAILER-DAEMON",
  parent: "MAILER-DAEMON",
  relay: "none",
};

/** The lines, each with its end. */
export function plainAgeTable({ by, limitsMinutes, total, rows }: AgeTable): string {
  const oldest = `${limitsMinutes.at(-1)}+`;
  const headings = ["T", ...limitsMinutes.map(String), oldest];
  const totalCells = cellsOf(total);
  const widths = headings.map((heading, index) =>
    Math.max(heading.length, totalCells[index]?.length ?? 0, NUMBER_COLUMNS_MIN),
  );
  const numberColumns = widths.reduce((sum, width) => sum + 1 + width, 0);
  const nameColumns = Math.max(NAME_COLUMNS_MIN, LINE_COLUMNS - numberColumns);
  const line = (name: string, cells: readonly string[]): string => {
    const numbers = cells.map((cell, index) => ` ${cell.padStart(widths[index] ?? 0)}`);
    return `${fitted(name, nameColumns)}${numbers.join("")}\n`;
  };
  const body = rows.map(({ name, counts }) =>
    line(printable(name) || NAMELESS[by], cellsOf(counts)),
  );
  return [line("", headings), line("TOTAL", totalCells), ...body].join("");
}

function cellsOf(counts: readonly number[]): string[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  return [all, ...counts].map(String);
}

function fitted(name: string, columns: number): string {
  return name.length > columns ? `+${name.slice(1 - columns)}` : name.padStart(columns);
}
