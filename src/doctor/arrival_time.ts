/**
 * When a message arrived, as the first records of its queue file say. Pure.
 *
 * Enough of the format for that, and no more: a record is its type, its length in groups of seven bits, and its data;
 * a record of sizes comes first, then that of the time. Null where the file begins otherwise.
 */

/** More than the two records have. */
export const HEAD_BYTES = 256;

const SIZES = "C";
const TIME = "T";

const MORE = 0x80;
const GROUP = 0x7f;
const GROUP_BITS = 7;

/** In seconds since the epoch; `head` is the beginning of a queue file, a byte string. */
export function arrivalSeconds(head: string): number | null {
  let rest = head;
  for (const type of [SIZES, TIME]) {
    if (rest.charAt(0) !== type) {
      return null;
    }
    let [length, position, shift] = [0, 1, 0];
    for (let byte = MORE; (byte & MORE) !== 0 && position < rest.length; position++) {
      byte = rest.charCodeAt(position);
      length |= (byte & GROUP) << shift;
      shift += GROUP_BITS;
    }
    if (type === TIME) {
      const [, seconds] =
        /^([0-9]{1,15})(?: |$)/.exec(rest.slice(position, position + length)) ?? [];
      return seconds === undefined ? null : Number(seconds);
    }
    rest = rest.slice(position + length);
  }
  return null;
}
