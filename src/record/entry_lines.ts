/**
 * Entries as the lines that are written to a log. Pure.
 *
 * Put down byte by byte: to join them to one string first, and make bytes of that, is three new objects in the place of one, and
 * with each an add misses the processor's caches (docs/PERFORMANCE.md, "Adds, and which max_use").
 */
import type { QueueId } from "../names/names.ts";

const NEWLINE = 0x0a;

/** Each entry with a newline behind it; `startsNewLine` puts one before the first, too. */
export function entryLines(ids: readonly QueueId[], startsNewLine: boolean): Uint8Array {
  let length = startsNewLine ? 1 : 0;
  for (const id of ids) {
    length += id.length + 1;
  }
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  if (startsNewLine) {
    bytes[at++] = NEWLINE;
  }
  for (const id of ids) {
    for (let index = 0; index < id.length; index++) {
      bytes[at++] = id.charCodeAt(index);
    }
    bytes[at++] = NEWLINE;
  }
  return bytes;
}
