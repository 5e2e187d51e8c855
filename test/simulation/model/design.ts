/**
 * How our writer goes about it: the right design, and wrong ones by name.
 *
 * Each wrong design differs from the right one in one decision that somebody could well have taken. The
 * model's invariants must tell each of them from the right one, or they prove nothing.
 */
export interface Design {
  /** What of a log must be as remembered for an add to be skipped without reading the log. */
  readonly trust: "all, and settled" | "all" | "size";
  /** In how many looks a message must not be seen before its entry goes. */
  readonly looks: 1 | 2;
  /** Whether a compaction holds the lock from before it reads. */
  readonly lockToCompact: boolean;
  readonly cut: "copy, then truncate" | "shift" | "truncate, then append" | "rename";
  /** Whether an unterminated last line is ended before anything is appended. */
  readonly endFragment: boolean;
  /** An entry's end of line goes to its place before its text. */
  readonly newlineFirst: boolean;
  /** What of a log in hand counts as held: what was written since, or the part in hand too. */
  readonly heldInHand: "written" | "all";
  /** Whether the log is looked for once more before an add is answered. */
  readonly checkLink: boolean;
  /** What a send does with entries whose messages are in active or hold. */
  readonly keepUndeferred: boolean;
}

/** As ARCHITECTURE.md and DESIGN.md have it. */
export const RIGHT_DESIGN: Design = {
  trust: "all, and settled",
  looks: 2,
  lockToCompact: true,
  cut: "copy, then truncate",
  endFragment: true,
  newlineFirst: true,
  heldInHand: "written",
  checkLink: true,
  keepUndeferred: true,
};

/** Each must be caught. */
export const WRONG_DESIGNS: Readonly<Record<string, Partial<Design>>> = {
  "a skip trusted by size only": { trust: "size" },
  "a skip trusted although the log may change again within the tick": { trust: "all" },
  "one probe instead of two": { looks: 1 },
  "a cut without the lock": { lockToCompact: false },
  "a cut that shifts lines over themselves": { cut: "shift" },
  "a cut that truncates first": { cut: "truncate, then append" },
  "a rename instead of a cut in place": { cut: "rename" },
  "an append that does not end a fragment": { endFragment: false },
  "an append whose end of line comes last": { newlineFirst: false },
  "an entry in the part being sent taken as held": { heldInHand: "all" },
  "no look whether the log is still there": { checkLink: false },
  "a send that drops what is in active or hold": { keepUndeferred: false },
};
