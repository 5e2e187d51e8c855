/**
 * Takes one change of a text back in what has become of that text since: other lines may have come and gone. Pure.
 */

/**
 * `current`, with the lines that the change from `before` to `after` put in replaced by those that were there before.
 * The change is taken for a single one: from the first line that differs to the last. Null: its lines do not stand in
 * `current` as they were left, or more than once.
 */
export function linesBack(before: string, after: string, current: string): string | null {
  const [old, left, now] = [before, after, current].map((text) => text.split("\n"));
  if (old === undefined || left === undefined || now === undefined) {
    return null;
  }
  const shortest = Math.min(old.length, left.length);
  let head = 0;
  while (head < shortest && old[head] === left[head]) {
    head++;
  }
  let tail = 0;
  while (tail < shortest - head && old.at(-1 - tail) === left.at(-1 - tail)) {
    tail++;
  }
  const put = left.slice(head, left.length - tail);
  const places = now.flatMap((_, at) =>
    put.every((line, index) => now[at + index] === line) ? [at] : [],
  );
  const [place] = places;
  if (put.length === 0 || place === undefined || places.length > 1) {
    return null;
  }
  return [
    ...now.slice(0, place),
    ...old.slice(head, old.length - tail),
    ...now.slice(place + put.length),
  ].join("\n");
}
