/**
 * Kinds of parameters: what a row of the parameter table holds, and what its value becomes.
 *
 * Pure. Rows are data; the functions here only spare the table its repetitions.
 */
import type { TimeUnit } from "./values.ts";

interface RowBase {
  /** As in main.cf. */
  readonly name: string;
  /** As postconf -d shows it, perhaps with `$name` in it; null where the machine decides. */
  readonly default: string | null;
  /** What it is for: sentences for an administrator, in plain text. */
  readonly doc: string;
}

/** The value is the text. */
export interface TextRow extends RowBase {
  readonly kind: "text";
  /** Least length in bytes. */
  readonly minimum: number;
}

/** The value is a whole number. */
export interface IntegerRow extends RowBase {
  readonly kind: "integer";
  readonly minimum: number;
}

/** The value is in seconds. */
export interface TimeRow extends RowBase {
  readonly kind: "time";
  /** Unit of a number that names none. */
  readonly unit: TimeUnit;
  /** In seconds. */
  readonly minimum: number;
}

/** `yes` or `no`. */
export interface BooleanRow extends RowBase {
  readonly kind: "boolean";
}

/** Names, separated by commas and white space, in any case; the value is a set in lower case. */
export interface NamesRow extends RowBase {
  readonly kind: "names";
  /** Least length of the text in bytes. */
  readonly minimum: number;
}

/** A compatibility level, such as 3.6; the value is its text. */
export interface LevelRow extends RowBase {
  readonly kind: "level";
}

export type ParameterRow = TextRow | IntegerRow | TimeRow | BooleanRow | NamesRow | LevelRow;

/** The type of a parameter's value, by the kind of its row. */
export type ValueOf<Row extends ParameterRow> = Row extends TextRow | LevelRow
  ? string
  : Row extends BooleanRow
    ? boolean
    : Row extends NamesRow
      ? ReadonlySet<string>
      : number;

/** A text that may be empty. */
export function text(name: string, defaultText: string, doc: string): TextRow {
  return { kind: "text", name, default: defaultText, minimum: 0, doc };
}

/** A text that must not be empty. */
export function word(name: string, defaultText: string | null, doc: string): TextRow {
  return { kind: "text", name, default: defaultText, minimum: 1, doc };
}

/** A number of at least 1. */
export function count(name: string, defaultValue: number, doc: string): IntegerRow {
  return { kind: "integer", name, default: String(defaultValue), minimum: 1, doc };
}

/** A time of at least a second. */
export function time(name: string, amount: number, unit: TimeUnit, doc: string): TimeRow {
  return { kind: "time", name, default: `${amount}${unit}`, unit, minimum: 1, doc };
}

/** A parameter that is on or off. */
export function yesOrNo(name: string, defaultText: string, doc: string): BooleanRow {
  return { kind: "boolean", name, default: defaultText, doc };
}

/** A list that must not be empty. */
export function names(name: string, defaultText: string, doc: string): NamesRow {
  return { kind: "names", name, default: defaultText, minimum: 1, doc };
}

/** A compatibility level. */
export function level(name: string, defaultText: string, doc: string): LevelRow {
  return { kind: "level", name, default: defaultText, doc };
}
