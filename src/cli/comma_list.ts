/**
 * Lists with commas between their names, as the service's report has them. Pure.
 *
 * A comma within the quotes that a name begins with parts nothing: `"q, w"@a.example` is one address. A quote that is
 * not closed is a character like any other.
 */

const NAME = /"(?:\\.|[^"\\])*"[^,]*|[^,]+/gs;

/** The names; empty ones are left out. */
export function commaList(text: string): string[] {
  return text.match(NAME) ?? [];
}
