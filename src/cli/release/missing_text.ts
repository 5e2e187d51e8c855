/**
 * Queue IDs that somebody has named and that were in none of the queues when the command looked: mistyped, or long gone.
 * Pure.
 */
import type { QueueId } from "../../names/names.ts";
import { countText, printable } from "../printable.ts";

/** So many are named. */
const NAMED_MAX = 20;

/** A line that says which, or nothing. */
export function missingText(missing: ReadonlySet<QueueId>): string {
  if (missing.size === 0) {
    return "";
  }
  const named = [...missing].slice(0, NAMED_MAX).map((id) => printable(id));
  const more = missing.size > named.length ? ", ..." : "";
  const count = countText(missing.size, "message");
  return `${count} not found: in none of the queues. Queue IDs: ${named.join(", ")}${more}\n`;
}
