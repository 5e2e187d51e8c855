/**
 * The other destinations of messages that a flush would release: Postfix retries whole messages, and who flushes
 * should know whom else it tries.
 */
import { countText, printable } from "../printable.ts";

/** So many different ones are counted. */
const COUNTED_MAX = 10_000;
const NAMED_MAX = 5;

export class OtherSites {
  readonly #names = new Set<string>();

  /** Takes in the attributes of a previewed message. */
  take(attributes: ReadonlyMap<string, string>): void {
    if (attributes.get("outcome") !== "release") {
      return;
    }
    this.add((attributes.get("others") ?? "").split(","));
  }

  /** Takes in names; empty ones are none. */
  add(names: Iterable<string>): void {
    for (const name of names) {
      if (name !== "" && this.#names.size < COUNTED_MAX) {
        this.#names.add(name);
      }
    }
  }

  /** A line that begins so; nothing where there are none. */
  text(beginning: string): string {
    if (this.#names.size === 0) {
      return "";
    }
    const named = [...this.#names].slice(0, NAMED_MAX).map(printable).join(", ");
    const dots = this.#names.size > NAMED_MAX ? ", ..." : "";
    const isMore = this.#names.size === COUNTED_MAX ? "at least " : "";
    const count = countText(this.#names.size, "other destination");
    return `${beginning} ${isMore}${count} of these messages: ${named}${dots}.\n`;
  }
}
