/**
 * Text cut to the columns of a terminal that it may have: that something is missing shows. Pure.
 *
 * A wide character has two columns, and one that is put on top of another none; none is cut in two.
 */
import stringWidth from "string-width";

const CUT = "…";

/** As much of a text as stands in so many columns. */
export function cutText(text: string, columns: number, cut = CUT): string {
  return stringWidth(text) <= columns
    ? text
    : startOf([...text], columns - stringWidth(cut)).join("") + cut;
}

/** The same of its beginning and its end. */
export function cutMiddle(text: string, columns: number, cut = CUT): string {
  if (stringWidth(text) <= columns) {
    return text;
  }
  const free = columns - stringWidth(cut);
  const end = startOf([...text].toReversed(), Math.floor(free / 2)).toReversed();
  const start = startOf([...text], free - stringWidth(end.join("")));
  return start.join("") + cut + end.join("");
}

/** The beginning of a text, in no more than so many columns. */
export function headOf(text: string, columns: number): string {
  return startOf([...text], columns).join("");
}

/** Those of the first characters that stand in so many columns. */
function startOf(characters: readonly string[], columns: number): readonly string[] {
  let width = 0;
  const count = characters.findIndex((character) => {
    width += stringWidth(character);
    return width > columns;
  });
  return count === -1 ? characters : characters.slice(0, count);
}
