/**
 * Domain names that follow one another in a list, looked up together.
 *
 * Time grows with the number of labels in the name that is looked for, not with the length of the list.
 */
import type { ListEntry } from "./list_entries.ts";

type NameEntry = ListEntry & { readonly kind: "name" };

export class NameRun {
  readonly entries: NameEntry[] = [];
  readonly #matchParents: boolean;
  /** Of a name that is listed twice, the first one counts. */
  readonly #byName = new Map<string, { readonly index: number; readonly negated: boolean }>();

  constructor(first: NameEntry, matchParents: boolean) {
    this.#matchParents = matchParents;
    this.add(first);
  }

  add(entry: NameEntry): void {
    if (!this.#byName.has(entry.name)) {
      this.#byName.set(entry.name, { index: this.entries.length, negated: entry.negated });
    }
    this.entries.push(entry);
  }

  /** The first entry that is the folded name, or a domain above it; null if there is none. */
  find(name: string): { readonly index: number; readonly negated: boolean } | null {
    let first = this.#byName.get(name) ?? null;
    for (let dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1)) {
      const found = this.#byName.get(name.slice(this.#matchParents ? dot + 1 : dot));
      if (found !== undefined && (first === null || found.index < first.index)) {
        first = found;
      }
    }
    return first;
  }
}
