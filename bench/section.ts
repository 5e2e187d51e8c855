/**
 * What a section of the benchmark is: what it is given, and what it hands back.
 *
 * A section measures both programs in turns, checks each result, and throws WrongResult where one is wrong: then
 * none of its figures counts. It leaves the arena as it found it.
 */
import type { Arena } from "./arena.ts";
import type { Growth } from "./growth.ts";
import type { Line } from "./lines.ts";
import type { Table } from "./tables.ts";

/** How much is measured; each section says itself what that means for it. */
export const SIZE_NAMES = ["small", "medium", "normal", "large"] as const;
export type SizeName = (typeof SIZE_NAMES)[number];

/** How often each side has its turn. */
export interface Rounds {
  readonly counted: number;
  /** Before those; they do not count. */
  readonly warmUp: number;
}

/** What a section is given. */
export interface Bench {
  readonly arena: Arena;
  readonly size: SizeName;
  readonly rounds: Rounds;
  /** Says how it goes. */
  readonly tell: (line: string) => void;
}

/** What a section found. */
export interface Findings {
  readonly lines: readonly Line[];
  /** How the time for one of many grows with how many they are. */
  readonly growths?: readonly Growth[];
  /** What does not fit into a line. */
  readonly tables?: readonly Table[];
}

/** One section. */
export interface Section {
  /** For --only. */
  readonly name: string;
  /** What it measures, in a few words. */
  readonly what: string;
  /** About so long at normal size, on a quiet machine with two processors. */
  readonly minutes: number;
  readonly measure: (bench: Bench) => Promise<Findings>;
}
