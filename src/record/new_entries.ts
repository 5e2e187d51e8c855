/**
 * Which entries a log does not hold yet: what an add asks before it writes. Pure.
 *
 * Few are searched for one by one in the bytes. For more, the log is gone over once, and what is looked for is told by a hash
 * of its bytes; the bytes themselves decide. No line becomes a string that is not looked for: to make strings of all lines took
 * 200 µs for a log of 32 KiB, once for each write (docs/PERFORMANCE.md, "Adds, and which max_use").
 */
import type { QueueId } from "../names/names.ts";
import { HASH_START, hashOn } from "../names/queue_id_set.ts";

const NEWLINE = 0x0a;

/**
 * From so many entries on the log is gone over once. A search takes 2 to 4 µs where the log has 64 KiB; to go over it 65 where that is
 * compiled, which is 20 searches, but a millisecond and more where it is not: as in the first hundred clients of a process,
 * which are its only ones by default.
 */
const SEARCHED_IDS_MAX = 64;

/** A power of two: of the lines that are not looked for, one in a hundred becomes a string where 40 entries are. */
const HASHES = 4096;

/** By hash: 1 where an entry that is looked for has it. Nobody keeps it. */
const SOUGHT = new Uint8Array(HASHES);

/** Those of `ids` that are no line of `log`. A last line without its end is none: the original would write behind it. */
export function newEntries(log: Buffer, ids: readonly QueueId[]): QueueId[] {
  if (ids.length <= SEARCHED_IDS_MAX) {
    return ids.filter((id) => !isLineOf(log, id));
  }
  const held = linesLike(log, ids);
  return ids.filter((id) => !held.has(id));
}

/**
 * Searched for in the bytes as they are: to make a string of them first takes longer. With the newline before it and without the
 * one behind it: the runtime looks for the first and the last byte of a text, and newlines are everywhere; with both it takes 11 µs.
 */
function isLineOf(log: Buffer, id: QueueId): boolean {
  const text = `\n${id}`;
  for (let at = log.indexOf(text, 0, "latin1"); at !== -1; ) {
    const end = at + text.length;
    if (log[end] === NEWLINE) {
      return true;
    }
    at = log.indexOf(text, end, "latin1");
  }
  return log[id.length] === NEWLINE && log.toString("latin1", 0, id.length) === id;
}

/** The lines with a hash that one of `ids` has: all of those that are in the log, and few others. */
function linesLike(log: Buffer, ids: readonly QueueId[]): ReadonlySet<string> {
  SOUGHT.fill(0);
  for (const id of ids) {
    SOUGHT[hashOf(id)] = 1;
  }
  const lines = new Set<string>();
  let hash = HASH_START;
  let start = 0;
  for (let at = 0; at < log.length; at++) {
    const byte = log[at] ?? 0;
    if (byte !== NEWLINE) {
      hash = hashOn(hash, byte);
      continue;
    }
    if (SOUGHT[hash & (HASHES - 1)] === 1) {
      lines.add(log.toString("latin1", start, at));
    }
    start = at + 1;
    hash = HASH_START;
  }
  return lines;
}

function hashOf(id: QueueId): number {
  let hash = HASH_START;
  for (let index = 0; index < id.length; index++) {
    hash = hashOn(hash, id.charCodeAt(index));
  }
  return hash & (HASHES - 1);
}
