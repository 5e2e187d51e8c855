/**
 * What a list of domains needs to know of a lookup table (postconf(5), "type:table").
 *
 * Whether a key is in the table; what it maps to does not matter to a list. Implementations keep their
 * whole content in memory from when they were opened, as in the jail their files are out of reach, or ask
 * somebody outside, which takes a while.
 */
export interface LookupTable {
  /** As written in the list: "texthash:/etc/postfix/list". */
  readonly title: string;
  /** Whether the parents of a name are looked up after it; else a name is looked up as a whole. To be read behind a lookup. */
  readonly triesParents: boolean;
  /**
   * Looks up a folded name; a promise where somebody has to be asked, which never rejects but with Fatal. Logs why it
   * is an error; "table lookup problem" is the caller's to log.
   */
  lookup(key: string): LookupResult | Promise<LookupResult>;
}

export type LookupResult = "found" | "not-found" | "error";

/**
 * A kind of table without what is common to all: the value for a key, null where there is none.
 * Values are byte strings.
 */
export interface KeyValueTable {
  readonly triesParents: boolean;
  find(key: string): string | null;
}

/** A table that could not be opened, and why. */
export interface OpenFailure {
  readonly reason: string;
}
