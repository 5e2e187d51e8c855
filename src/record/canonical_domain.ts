/**
 * Domain names in the one form in which they can be compared: ASCII, lower case.
 *
 * `BÜCHER.example` and `xn--bcher-kva.example` are one domain. A name that has no ASCII form is no domain that a
 * log is kept for, so that nothing is equal to it. Nothing is logged.
 */
import { domainToAscii } from "./domain_to_ascii.ts";

/** Nearly all names are plain ASCII, and are not worth remembering; the tables of the others are slow. */
const CACHED_NAMES_MAX = 256;

const NEEDS_TABLES = /[^\x00-\x7f]|xn--/i;

export class CanonicalDomains {
  readonly #isTransitional: boolean;
  readonly #cache = new Map<string, string | null>();

  /** `idna2003`: enable_idna2003_compatibility, which maps ß to ss. */
  constructor(idna2003: boolean) {
    this.#isTransitional = idna2003;
  }

  /** The form of a name (a byte string) that can be compared; null where it has none. */
  of(name: string): string | null {
    if (!NEEDS_TABLES.test(name)) {
      return name.toLowerCase();
    }
    const cached = this.#cache.get(name);
    if (cached !== undefined) {
      return cached;
    }
    const ascii = domainToAscii(name, this.#isTransitional);
    const canonical = ascii.kind === "ascii" ? ascii.name.toLowerCase() : null;
    if (this.#cache.size >= CACHED_NAMES_MAX) {
      this.#cache.clear();
    }
    this.#cache.set(name, canonical);
    return canonical;
  }
}
