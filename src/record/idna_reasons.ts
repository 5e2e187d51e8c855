/**
 * Why a domain name has no ASCII form, in the words of ICU, which the original logs.
 *
 * For names that UTS #46 refuses, or that break the limits of DNS. All reasons are given, as ICU does,
 * in the order of its bits. Pure.
 */

/** In the order of ICU's bits. */
const REASONS = [
  "UIDNA_ERROR_EMPTY_LABEL",
  "UIDNA_ERROR_LABEL_TOO_LONG",
  "UIDNA_ERROR_DOMAIN_NAME_TOO_LONG",
  "UIDNA_ERROR_LEADING_HYPHEN",
  "UIDNA_ERROR_TRAILING_HYPHEN",
  "UIDNA_ERROR_HYPHEN_3_4",
  "UIDNA_ERROR_LEADING_COMBINING_MARK",
  "UIDNA_ERROR_DISALLOWED",
  "UIDNA_ERROR_PUNYCODE",
  "UIDNA_ERROR_INVALID_ACE_LABEL",
] as const;

type Reason = (typeof REASONS)[number];

/** What the tables say of a label or a character; see tr46.d.ts. */
export type ToUnicode = (text: string) => { readonly domain: string; readonly error: boolean };

export const ACE_PREFIX = "xn--";

const LABEL_LENGTH_MAX = 63;
const NAME_LENGTH_MAX = 253;

const NON_ASCII = /[^\x00-\x7f]/;
const STARTS_WITH_MARK = /^\p{M}/u;

/** A set of reasons that grows. */
export class IdnaReasons {
  readonly #found = new Set<Reason>();

  /** Comma-separated; empty if there are none. */
  toString(): string {
    return this.#found.size === 0
      ? ""
      : REASONS.filter((reason) => this.#found.has(reason)).join(",");
  }

  /** Empty labels, but for the root at the end, and lengths; that of the name only if all of it is ASCII. */
  addLengths(labels: readonly string[]): void {
    labels.forEach((label, index) => {
      const isRoot = index > 0 && index === labels.length - 1;
      if (label === "" && !isRoot) {
        this.#found.add("UIDNA_ERROR_EMPTY_LABEL");
      }
      if (label.length > LABEL_LENGTH_MAX) {
        this.#found.add("UIDNA_ERROR_LABEL_TOO_LONG");
      }
    });
    const name = labels.join(".");
    const length = name.length - (labels[labels.length - 1] === "" ? 1 : 0);
    if (length > NAME_LENGTH_MAX && !NON_ASCII.test(name)) {
      this.#found.add("UIDNA_ERROR_DOMAIN_NAME_TOO_LONG");
    }
  }

  /** Hyphens where a label must not have them; of Punycode, the decoded label counts. */
  addHyphens(label: string): void {
    if (label.startsWith("-")) {
      this.#found.add("UIDNA_ERROR_LEADING_HYPHEN");
    }
    if (label.endsWith("-")) {
      this.#found.add("UIDNA_ERROR_TRAILING_HYPHEN");
    }
    if (label.slice(2, 4) === "--") {
      this.#found.add("UIDNA_ERROR_HYPHEN_3_4");
    }
  }

  /** What is wrong with one label of a name that has been mapped but not decoded. */
  addLabel(label: string, toUnicode: ToUnicode): void {
    if (label.startsWith(ACE_PREFIX)) {
      this.#addPunycode(label, toUnicode);
      return;
    }
    this.addHyphens(label);
    if (STARTS_WITH_MARK.test(label)) {
      this.#found.add("UIDNA_ERROR_LEADING_COMBINING_MARK");
    }
    if (Array.from(label).some((character) => isDisallowed(character, toUnicode))) {
      this.#found.add("UIDNA_ERROR_DISALLOWED");
    }
  }

  #addPunycode(label: string, toUnicode: ToUnicode): void {
    const decoded = toUnicode(label).domain;
    if (decoded === label) {
      this.#found.add("UIDNA_ERROR_PUNYCODE");
    } else if (!NON_ASCII.test(decoded) || !isStable(decoded, toUnicode)) {
      this.#found.add("UIDNA_ERROR_INVALID_ACE_LABEL");
    } else {
      this.addHyphens(decoded);
      if (STARTS_WITH_MARK.test(decoded)) {
        this.#found.add("UIDNA_ERROR_LEADING_COMBINING_MARK");
        this.#found.add("UIDNA_ERROR_INVALID_ACE_LABEL");
      }
    }
  }
}

/** A name as UTS #46 maps it, before Punycode is decoded; what is disallowed stays. */
export function mapName(name: string, toUnicode: ToUnicode): string {
  return Array.from(name, (character) => toUnicode(character).domain)
    .join("")
    .normalize("NFC");
}

/** Whether mapping leaves a label as it is, and allows all of it. */
function isStable(label: string, toUnicode: ToUnicode): boolean {
  return (
    mapName(label, toUnicode) === label &&
    Array.from(label).every((character) => !isDisallowed(character, toUnicode))
  );
}

/** Behind a letter, so that a mark is not refused for standing first. */
function isDisallowed(character: string, toUnicode: ToUnicode): boolean {
  return toUnicode(`a${character}`).error;
}
