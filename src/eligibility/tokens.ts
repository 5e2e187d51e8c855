/**
 * Splits lists as Postfix's parameters write them.
 *
 * Tokens end at a comma or white space (postconf(5)); what stands in braces, which may be nested, is not
 * split. Braces stay in the token; an unmatched one protects all that follows. Pure.
 */

const SEPARATORS = ", \t\r\n";

/** White space of isspace(3) in the C locale, as the body of a character class. */
export const SPACE = " \\t\\n\\v\\f\\r";

const OUTER_SPACE = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g");

/** A token and where it leads. */
export interface Token {
  readonly text: string;
  /** What follows the separator behind the token. */
  readonly rest: string;
}

/** Calls `take` with each token until that returns false. */
export function eachToken(text: string, take: (token: Token) => boolean): void {
  let position = 0;
  for (;;) {
    while (position < text.length && SEPARATORS.includes(text.charAt(position))) {
      position++;
    }
    if (position === text.length) {
      return;
    }
    const end = tokenEnd(text, position);
    if (!take({ text: text.slice(position, end), rest: text.slice(end + 1) })) {
      return;
    }
    position = end;
  }
}

/** All tokens of a text. */
export function splitTokens(text: string): string[] {
  const tokens: string[] = [];
  eachToken(text, (token) => {
    tokens.push(token.text);
    return true;
  });
  return tokens;
}

function tokenEnd(text: string, start: number): number {
  let depth = 0;
  for (let index = start; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === "{") {
      depth++;
    } else if (character === "}" && depth > 0) {
      depth--;
    } else if (depth === 0 && SEPARATORS.includes(character)) {
      return index;
    }
  }
  return text.length;
}

/** Removes white space at both ends. */
export function trimSpace(text: string): string {
  return text.replace(OUTER_SPACE, "");
}

/** Index behind the brace that closes the one at the start of a text, -1 if there is none. */
export function closingBraceEnd(text: string): number {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === "{") {
      depth++;
    } else if (character === "}" && --depth === 0) {
      return index + 1;
    }
  }
  return -1;
}

/** What stands between the braces around a text, trimmed, or what is wrong, in Postfix's words. */
export function unbrace(text: string): { readonly body: string } | { readonly fault: string } {
  if (!text.startsWith("{")) {
    return { fault: `no '{' at start of text in "${text}"` };
  }
  const end = closingBraceEnd(text);
  if (end < 0) {
    return { fault: `missing '}' in "${text}"` };
  }
  if (trimSpace(text.slice(end)) !== "") {
    return { fault: `syntax error after '}' in "${text}"` };
  }
  return { body: trimSpace(text.slice(1, end - 1)) };
}
