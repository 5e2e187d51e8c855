/**
 * The command line of the benchmark.
 */
import { parseArgs } from "node:util";
import { type Rounds, type Section, SIZE_NAMES, type SizeName } from "./section.ts";

/** What may be wrong with a command line; the message is for whoever typed it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What was asked for. */
export interface Options {
  /** In the order of the table. */
  readonly sections: readonly Section[];
  readonly size: SizeName;
  readonly rounds: Rounds;
  /** The original plays ours' part too. */
  readonly control: boolean;
}

const ROUNDS: Readonly<Record<SizeName, Rounds>> = {
  small: { counted: 1, warmUp: 0 },
  medium: { counted: 3, warmUp: 1 },
  normal: { counted: 5, warmUp: 1 },
  large: { counted: 5, warmUp: 1 },
};

/** The text for --help: how to call it, and what the sections of `table` are and take. */
export function usage(table: readonly Section[]): string {
  const nameLength = Math.max(...table.map(({ name }) => name.length));
  const sections = table.map(({ name, what, minutes }) => {
    return `  ${name.padEnd(nameLength)}  ${minutes.toFixed(1).padStart(4)} min  ${what}`;
  });
  const total = table.reduce((sum, { minutes }) => sum + minutes, 0);
  return `usage: npm run bench -- [--size small|medium|normal|large] [--only SECTIONS] [--rounds N] [--control]
  --size     small: a few requests, one round, to see that all works; medium: a tenth of normal or less, for a
             machine that has other work; normal; large: up to a million messages, hours (default: normal)
  --only     which sections, such as add,send (default: all)
  --rounds   how many rounds count (default: 5, of medium size 3, after one that does not)
  --control  the original in ours' place too: the ratios then show the machine's noise

Sections, and about how long each takes at normal size on a quiet machine with two processors (each run says
what it took; the largest parts are the adds of 10,000 sites and the log that is filled with a million entries):
${sections.join("\n")}
  all of them: ${Math.round(total)} min

Standard error says how each turn went. Standard output has each section's table as it ends, and at the end all
of them in Markdown. Exit status: 0 if every result was right, 1 if a section failed, 2 for wrong usage.`;
}

function parseSize(text: string): SizeName {
  const size = SIZE_NAMES.find((name) => name === text);
  if (size === undefined) {
    throw new UsageError(`--size ${text}: must be small, medium, normal or large`);
  }
  return size;
}

function parseSections(text: string, table: readonly Section[]): Section[] {
  const names = text.split(",");
  const unknown = names.find((name) => !table.some((section) => section.name === name));
  if (unknown !== undefined) {
    const known = table.map(({ name }) => name).join(", ");
    throw new UsageError(`--only ${text}: "${unknown}" is none of ${known}`);
  }
  return table.filter(({ name }) => names.includes(name));
}

function parseRounds(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) {
    throw new UsageError(`--rounds ${text}: must be a number from 1 to 9999`);
  }
  return Number(text);
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        size: { type: "string", default: "normal" },
        only: { type: "string" },
        rounds: { type: "string" },
        control: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Parses the arguments behind the script's name; `table` has all sections. Throws UsageError. */
export function parseOptions(args: readonly string[], table: readonly Section[]): Options {
  const values = readArguments(args);
  const size = parseSize(values.size);
  const counted = values.rounds === undefined ? {} : { counted: parseRounds(values.rounds) };
  return {
    sections: values.only === undefined ? table : parseSections(values.only, table),
    size,
    rounds: { ...ROUNDS[size], ...counted },
    control: values.control,
  };
}
