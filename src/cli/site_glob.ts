/**
 * Patterns of destinations, as a shell has them for file names: `*` any text, `?` any character, `[a-f]` one of these,
 * `[!a-f]` none of them, `\` in front of what is to be taken as it is. Pure.
 *
 * A pattern is compared with the whole name, whatever the case. Linear in the name's length for each `*`: names are
 * strangers' choice.
 */

/** One character of a name; null: any text. */
type Token = ((character: string) => boolean) | null;

/** Whether a name fits; null: it is no pattern, as a bracket isn't closed or nothing is there. */
export function compileGlob(pattern: string): ((name: string) => boolean) | null {
  const tokens = tokensOf(pattern.toLowerCase());
  return tokens === null || tokens.length === 0 ? null : (name) => fits(tokens, name.toLowerCase());
}

function tokensOf(pattern: string): Token[] | null {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (character === "*") {
      tokens.push(null);
    } else if (character === "?") {
      tokens.push(() => true);
    } else if (character === "[") {
      // The first character may be the bracket itself.
      const isNegated = pattern.charAt(at + 1) === "!" || pattern.charAt(at + 1) === "^";
      const first = at + (isNegated ? 2 : 1);
      const end = pattern.indexOf("]", first + 1);
      if (end === -1) {
        return null;
      }
      tokens.push(oneOf(pattern.slice(first, end), isNegated));
      at = end;
    } else {
      const literal = character === "\\" ? pattern.charAt(++at) : character;
      tokens.push((other) => other === literal);
    }
  }
  return tokens;
}

function oneOf(members: string, isNegated: boolean): (character: string) => boolean {
  const ranges: [string, string][] = [];
  for (let at = 0; at < members.length; at++) {
    const from = members.charAt(at);
    const isRange = members.charAt(at + 1) === "-" && at + 2 < members.length;
    ranges.push([from, isRange ? members.charAt(at + 2) : from]);
    at += isRange ? 2 : 0;
  }
  return (character) =>
    ranges.some(([from, to]) => from <= character && character <= to) !== isNegated;
}

/** Goes back to the last `*` only: what an earlier one could take, the last one can take as well. */
function fits(tokens: readonly Token[], name: string): boolean {
  let at = 0;
  let place = 0;
  let star: { readonly at: number; place: number } | null = null;
  while (place < name.length) {
    const token = tokens[at];
    if (token === null) {
      star = { at, place };
      at++;
    } else if (token?.(name.charAt(place)) === true) {
      at++;
      place++;
    } else if (star !== null) {
      star.place++;
      at = star.at + 1;
      place = star.place;
    } else {
      return false;
    }
  }
  return tokens.slice(at).every((token) => token === null);
}
