/**
 * mdoc(7), the language of manual pages: plain sentences into its lines. Pure.
 *
 * Text has `literals` in backticks and names of manual pages as in postconf(5); all else is what it says. What would
 * mean something to mdoc is escaped, so that any text of a help or a table may go in. ASCII alone: throws Error for
 * anything else, since terminals show it in different ways.
 */

/** A line of arguments can't be told from macros otherwise: mdoc's are names of two or three letters. */
const MACRO = /^[A-Z%][A-Za-z0-9]{1,2}$/;

/** What may stand directly before or behind a literal: mdoc sets it without a blank. */
const OPENING = /[([]+$/;
const CLOSING = /^[).,:;?!\]]+/;

/** Where a sentence ends: mdoc wants the next one on a line of its own. */
const SENTENCE_END = /(?<=[A-Za-z0-9)`"'/][.?!][)"']?) (?=\S)/;

/** Behind an argument that ends like this mdoc misses a blank, unless the end is marked. */
const DELIMITED = /[.,:;?!)\]]$/;

/** As mandoc wants lines of text. */
const LINE_LENGTH_MAX = 80;

/** Whether a word is a reference to a manual page. */
const MANUAL_PAGE = /\b([a-z][a-z0-9_.-]*)\(([1-9])\)/;

/** Text as it stands within a line. */
export function escaped(text: string): string {
  if (/[^ -~]/.test(text)) {
    throw new Error(`not printable ASCII, as a manual page has to be: ${JSON.stringify(text)}`);
  }
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("'", "\\(aq")
    .replaceAll("`", "\\(ga")
    .replace(/^\./, "\\&.");
}

/** One argument of a macro. */
export function argument(text: string): string {
  const plain = escaped(text).replaceAll('"', "\\(dq");
  const safe = text.length > 1 && DELIMITED.test(plain) ? `${plain}\\&` : plain;
  const named = MACRO.test(safe) || CLOSING.test(safe) || OPENING.test(safe) ? `\\&${safe}` : safe;
  return /[ \t]/.test(named) || named === "" ? `"${named}"` : named;
}

/** A paragraph's lines, each with its end. */
export function prose(text: string): string {
  return text
    .split(SENTENCE_END)
    .map((sentence) => sentenceLines(sentence).join("\n"))
    .join("\n")
    .concat("\n");
}

/** Paragraphs, each begun as such. */
export function paragraphs(texts: readonly string[]): string {
  return texts.map((text) => `.Pp\n${prose(text)}`).join("");
}

/** A section: its heading and what is in it. */
export function section(heading: string, body: string): string {
  return `.Sh ${escaped(heading)}\n${body.replace(/^(\.Pp\n)+/, "")}`;
}

/** An entry of a list: its head, a line of macros, and what is said of it. */
export interface ListItem {
  readonly head: string;
  /** Lines of mdoc. */
  readonly body: string;
}

/** A list of heads with what each means. */
export function tagged(items: readonly ListItem[]): string {
  const lines = items.map(({ head, body }) => `.It ${head}\n${body}`);
  return `.Bl -tag -width Ds\n${lines.join("")}.El\n`;
}

/** The same where heads are short, and stand in one line with what they mean. */
export function columns(items: readonly ListItem[], widest: string): string {
  const lines = items.map(({ head, body }) => `.It ${head}\n${body}`);
  return `.Bl -tag -width ${argument(widest)} -compact\n${lines.join("")}.El\n`;
}

/** Lines as they are. */
export function display(lines: readonly string[]): string {
  return `.Bd -literal -offset indent\n${lines.map((line) => `${escaped(line)}\n`).join("")}.Ed\n`;
}

/** Text in lines that are as long as they may be; a word may be longer. */
function folded(text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && escaped(longer).length > LINE_LENGTH_MAX) {
      lines.push(escaped(line));
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, escaped(line)];
}

/** Text, literals and references in turn, each literal on a line of its own. */
function sentenceLines(sentence: string): string[] {
  const lines: string[] = [];
  let rest = sentence;
  for (;;) {
    const [before, macro, after] = cut(rest);
    const opening = macro === null ? "" : (OPENING.exec(before)?.[0] ?? "");
    const text = before.slice(0, before.length - opening.length).trim();
    if (text !== "") {
      lines.push(...folded(text));
    }
    if (macro === null) {
      return lines;
    }
    const closing = CLOSING.exec(after)?.[0] ?? "";
    const attached = /^\S*/.exec(after.slice(closing.length))?.[0] ?? "";
    rest = after.slice(closing.length + attached.length);
    const [name, ...args] = macro;
    const ending = attached === "" ? [] : ["Ns", argument(attached)];
    lines.push([`.${name}`, ...opening, ...args.map(argument), ...closing, ...ending].join(" "));
  }
}

/** The first literal or reference: what stands before it, its macro, and what comes behind. */
function cut(text: string): [before: string, macro: readonly string[] | null, after: string] {
  const literal = /`([^`]+)`/.exec(text);
  const page = MANUAL_PAGE.exec(text);
  const first = literal !== null && (page === null || literal.index < page.index) ? literal : page;
  if (first === null) {
    return [text, null, ""];
  }
  const [whole, one = "", other] = first;
  const macro = first === literal ? ["Ql", one] : ["Xr", one, other ?? ""];
  return [text.slice(0, first.index), macro, text.slice(first.index + whole.length)];
}
