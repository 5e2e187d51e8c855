/**
 * Entries as the lines that are written to a log. Pure.
 *
 * Put down byte by byte where the last ones stood: to make strings of them, and bytes of those, costs an add in the place of
 * each new object a miss of the processor's caches (docs/PERFORMANCE.md, "Adds, and which max_use").
 */
import type { QueueId } from "../names/names.ts";

const NEWLINE = 0x0a;

/** Used again each time: some 300 short queue IDs, more than the clients that wait at once. */
const SHARED = Buffer.allocUnsafe(4096);

/**
 * Each entry with a newline behind it; `startsNewLine` puts one before the first, too. The bytes are good until the next call.
 */
export function entryLines(ids: readonly QueueId[], startsNewLine: boolean): Uint8Array {
  let length = startsNewLine ? 1 : 0;
  for (const id of ids) {
    length += id.length + 1;
  }
  const bytes = length <= SHARED.length ? SHARED.subarray(0, length) : Buffer.allocUnsafe(length);
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
