/**
 * How many messages groups had at the last moments. Pure.
 *
 * A group without any for as long as is looked back is forgotten.
 */

/** As many as a sparkline has columns at most. */
export const HISTORY_MOMENTS = 16;

export class History {
  #counts = new Map<string, readonly number[]>();

  /** Takes the counts of one moment. */
  take(groups: Iterable<readonly [name: string, count: number]>): void {
    const next = new Map<string, readonly number[]>();
    for (const [name, count] of groups) {
      next.set(name, [...this.of(name), count].slice(-HISTORY_MOMENTS));
    }
    for (const [name, counts] of this.#counts) {
      const later = [...counts, 0].slice(-HISTORY_MOMENTS);
      if (!next.has(name) && later.some((count) => count > 0)) {
        next.set(name, later);
      }
    }
    this.#counts = next;
  }

  /** Of one group, the last moment last: as many as are known. */
  of(name: string): readonly number[] {
    return this.#counts.get(name) ?? [];
  }
}
