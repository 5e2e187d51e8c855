/**
 * Ages of deferred mail as a table, coloured by how many recipients a cell counts. Pure.
 */
import type * as Chalk from "chalk";
import type { Terminal } from "../../effects/terminal.ts";
import type { AgeRow, GroupBy } from "../../index/deferred_mail.ts";
import { numberText } from "../printable.ts";
import { tableText } from "../table.ts";
import { GROUPINGS, groupText } from "./mail_words.ts";

/** Recipients by destination and age; of each row one count for each limit, and one of the older ones. */
export interface AgeTable {
  readonly by: GroupBy;
  /** Each bucket ends before this age. */
  readonly limitsMinutes: readonly number[];
  /** Of all rows, those that are not shown too. */
  readonly total: readonly number[];
  readonly rows: readonly AgeRow[];
  /** How many rows there are, those that are not shown too. */
  readonly rowCount: number;
}

const NOBODY = ".";
/** The sixteen colours of any terminal; its user has chosen how they look. */
const SIXTEEN_COLOURS = 1;
const NO_COLOURS = 0;

/** The table: all first, then each destination. */
export function heatTable(table: AgeTable, { hasColours, outColumns }: Terminal): string {
  const { by, limitsMinutes, total, rows } = table;
  const ages = [...limitsMinutes.map((minutes) => `${minutes}m`), "older"];
  const columns = [
    ...["T", ...ages].map((heading) => ({ heading, isNumber: true }) as const),
    { heading: GROUPINGS[by].heading, mayBeCut: "in the middle" } as const,
  ];
  const chalk = newChalk({ level: hasColours ? SIXTEEN_COLOURS : NO_COLOURS });
  const most = rows.reduce((max, { counts }) => Math.max(max, ...counts), 0);
  const heat = (count: number): string => heatOf(chalk, count, most)(countCell(count));
  const body = rows.map(({ name, counts }) => [
    numberText(sum(counts)),
    ...counts.map(heat),
    groupText(by, name),
  ]);
  const all = [numberText(sum(total)), ...total.map(countCell), "(all)"];
  return tableText(columns, [all.map((cell) => chalk.bold(cell)), ...body], outColumns);
}

/** Loaded when it is first needed: most commands have no colours. */
function newChalk(options: Chalk.Options): Chalk.ChalkInstance {
  const { Chalk: Instance } = require("chalk") as typeof Chalk;
  return new Instance(options);
}

function countCell(count: number): string {
  return count === 0 ? NOBODY : numberText(count);
}

/** From few to many in steps of the logarithm, so that one large destination doesn't leave the others cold. */
function heatOf(chalk: Chalk.ChalkInstance, count: number, most: number): Chalk.ChalkInstance {
  if (count === 0) {
    return chalk.dim;
  }
  const steps = [chalk.green, chalk.yellow, chalk.red, chalk.bold.red];
  const share = Math.log(count + 1) / Math.log(most + 1);
  return steps[Math.ceil(share * steps.length) - 1] ?? chalk.bold.red;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0);
}
