/**
 * White space as C's isspace(3) has it, which is what Postfix's configuration files go by.
 *
 * Pure. JavaScript's own `trim` and `\s` take more for white space (0xA0 among them), so they would
 * change values that Postfix leaves alone.
 */
const TAB = 0x09;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;

/** Whether the character at `index` is white space; false beyond the ends. */
export function isBlankAt(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  // Tab, newline, vertical tab, form feed and carriage return are neighbours.
  return code === SPACE || (code >= TAB && code <= CARRIAGE_RETURN);
}

/** The text without white space at its ends. */
export function trimBlanks(text: string): string {
  let start = 0;
  while (isBlankAt(text, start)) {
    start++;
  }
  let end = text.length;
  while (end > start && isBlankAt(text, end - 1)) {
    end--;
  }
  return text.slice(start, end);
}
