/**
 * Random main.cf texts and -o values: names, nested references, choices, comparisons, comments,
 * continuation lines, carriage returns, duplicates and, now and then, what is wrong.
 *
 * References only go to names further down the list that is given, but for one that refers to itself:
 * the original takes exponential time for loops in which a name refers twice to the next one.
 */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: main.cf's own syntax, not JavaScript's
import { oneIn, pick, type Random } from "./random.ts";

/** What main.cf and the command line say. */
export interface DrawnConfiguration {
  /** A byte string. */
  readonly mainCf: string;
  /** Values of -o options: ASCII, without NUL. */
  readonly overrides: readonly string[];
}

const NESTING_MAX = 3;
const WORDS = [
  "a",
  "B",
  "07",
  "7",
  "12",
  "3.6",
  "2",
  "level",
  "example.com",
  "/x",
  "t:y",
  "#",
  "=",
];
const ODDITIES = ["?", ":", "(z)", "{z}", "$$", "$$", ",", "\\", '"', "\x80", "\xe9", "%"];
const LEVELS = ["1", "2", "3.6", "3.10", "3.6.1"];
const BLANKS = ["", "", "", " ", "  ", "\t", " \t"];
const OPERATORS = ["==", "!=", "<", "<=", ">=", ">", "==level", "<level", ">=level", "!=level"];
const BROKEN = [
  "{",
  "}",
  "(",
  ")",
  "$",
  "$-",
  "${",
  "$(",
  "${}",
  "${x-y}",
  "${x y}",
  "${{1}}",
  "${{1}={2}}",
  "${{a}}",
];
const LINE_ENDS = [
  "\n",
  "\n",
  "\n",
  "\n",
  "\r\n",
  " \n",
  "\n\n",
  "\n# comment\n",
  "\n  # $-\n",
  "\n \t\n",
];

/** Draws values for some of `names`, in any order; `faultyLines`: now and then a line is none. */
export function drawConfiguration(
  random: Random,
  names: readonly string[],
  faultyLines = true,
): DrawnConfiguration {
  let mainCf = oneIn(random, 15) ? ` misplaced ${drawBlank(random)}\n` : "";
  const count = 1 + random(2 * names.length);
  for (let entry = 0; entry < count; entry++) {
    mainCf += drawEntry(random, names) + pick(random, LINE_ENDS);
  }
  if (faultyLines && oneIn(random, 25)) {
    mainCf += pick(random, ["junk", "= 3", "two words = 3", "\0", "u0 = 1\x002", "junk\n  more"]);
  }
  const overrides = Array.from({ length: random(3) }, () => drawOverride(random, names));
  return { mainCf, overrides };
}

function drawEntry(random: Random, names: readonly string[]): string {
  const value = drawNamedValue(random, names);
  const entry = `${value.name}${drawBlank(random)}=${drawBlank(random)}${value.text}`;
  return oneIn(random, 3)
    ? entry.replace(/ /g, () => pick(random, [" ", "\n ", "\n\t", "\n#\n "]))
    : entry;
}

function drawOverride(random: Random, names: readonly string[]): string {
  if (oneIn(random, 20)) {
    return pick(random, ["junk", "=x", "", "a b=c"]);
  }
  const { name, text } = drawNamedValue(random, names);
  const ascii = text.replace(/[^\x01-\x7f]/g, "");
  return `${drawBlank(random)}${name}${drawBlank(random)}=${ascii}${drawBlank(random)}`;
}

function drawNamedValue(
  random: Random,
  names: readonly string[],
): { readonly name: string; readonly text: string } {
  const index = random(names.length);
  const name = names[index] ?? "";
  const others = names.slice(index + 1);
  if (others.length === 0 && oneIn(random, 20)) {
    return {
      name,
      text: pick(random, [`$${name}`, `x$${name}`, `\${${name}}`, `\${${name}?$${name}}`]),
    };
  }
  if (name === "compatibility_level" && !oneIn(random, 10)) {
    return { name, text: pick(random, LEVELS) };
  }
  return { name, text: drawText(random, [...others, "undefined_name"], 0) };
}

function drawText(random: Random, names: readonly string[], depth: number): string {
  let text = "";
  for (let piece = random(4); piece > 0; piece--) {
    text += drawPiece(random, names, depth) + drawBlank(random);
  }
  return text;
}

function drawPiece(random: Random, names: readonly string[], depth: number): string {
  const kind = random(20);
  if (kind < 8) {
    return pick(random, WORDS);
  }
  if (kind < 10) {
    return pick(random, ODDITIES);
  }
  if (oneIn(random, 150)) {
    return pick(random, BROKEN);
  }
  if (kind < 13 || depth === NESTING_MAX) {
    const name = pick(random, names);
    return pick(random, [`$${name}`, `\${${name}}`, `$(${name})`, `\${ ${name}\t}`]);
  }
  return drawChoice(random, names, depth + 1);
}

function drawChoice(random: Random, names: readonly string[], depth: number): string {
  const blank = (): string => drawBlank(random);
  const text = (): string => drawText(random, names, depth);
  const group = (): string => `{${text()}}`;
  const last = (): string => (oneIn(random, 2) ? `${blank()}${group()}${blank()}` : text());
  const test = oneIn(random, 2)
    ? `${blank()}${pick(random, names)}${blank()}`
    : `${blank()}${drawComparison(random, names, depth)}${blank()}`;
  const choice = pick(random, [
    () => `?${last()}`,
    () => `:${last()}`,
    () => `?${blank()}${group()}${blank()}:${last()}`,
    () => `?${text()}:${text()}`,
    () => "",
  ])();
  return oneIn(random, 5) ? `$(${test}${choice})` : `\${${test}${choice}}`;
}

function drawComparison(random: Random, names: readonly string[], depth: number): string {
  const operator = oneIn(random, 40)
    ? pick(random, ["=", "===", "==lev", "<>"])
    : pick(random, OPERATORS);
  const side = (): string =>
    operator.endsWith("level")
      ? drawLevel(random, names)
      : oneIn(random, 2)
        ? pick(random, WORDS)
        : drawText(random, names, depth);
  return `{${side()}}${drawBlank(random)}${operator}${drawBlank(random)}{${side()}}`;
}

function drawLevel(random: Random, names: readonly string[]): string {
  if (names.includes("compatibility_level") && oneIn(random, 2)) {
    return "$compatibility_level";
  }
  return oneIn(random, 30) ? pick(random, ["", "x", "1.", "2 "]) : pick(random, LEVELS);
}

function drawBlank(random: Random): string {
  return pick(random, BLANKS);
}
