/**
 * Who has bounced, each by queue ID and address, with what the other server has said: that mail is no longer in the
 * queue. Where they are many, how many they are. Pure.
 */
import type { RecipientOutcome } from "../../following/outcome.ts";
import { countText, printable } from "../printable.ts";
import { tableText } from "../table.ts";

/** More than these are not named. */
const NAMED_MAX = 20;

const COLUMNS = [
  { heading: "BOUNCED" },
  { heading: "RECIPIENT", mayBeCut: true },
  { heading: "BECAUSE OF", mayBeCut: true },
] as const;

export class BouncedList {
  readonly #rows: string[][] = [];
  #count = 0;

  /** Takes in a recipient that has bounced. */
  take({ queueId, address, reason, status }: RecipientOutcome): void {
    if (++this.#count <= NAMED_MAX) {
      const why = printable(reason || status) || "(no reason is known)";
      this.#rows.push([printable(queueId), printable(address) || "(not known)", why]);
    }
  }

  /** A table, or a line; nothing where nobody has. Null: no terminal whose width matters. */
  text(terminalColumns: number | null): string {
    if (this.#count === 0) {
      return "";
    }
    return this.#count > NAMED_MAX
      ? `${countText(this.#count, "recipient")} bounced: --json names them all, and what was said of each.\n`
      : `\n${tableText(COLUMNS, this.#rows, terminalColumns)}`;
  }
}
