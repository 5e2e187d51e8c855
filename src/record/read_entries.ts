/**
 * Reads the entries of a logfile as they are, without its lock: for whoever looks and changes nothing.
 *
 * The log's atime stays. What others write meanwhile may or may not be seen, and an entry may be seen twice or,
 * while a log is being compacted, not at all: what must be certain is looked at again. Lines that are no queue
 * ID are passed over. Memory is bounded by a block. Throws OsError.
 */
import type { Descriptor, Files } from "../effects/files.ts";
import { errorCode } from "../effects/os_error.ts";
import { bytesToString } from "../names/byte_string.ts";
import { type LogfileName, parseQueueId, type QueueId } from "../names/names.ts";
import { logfilePath, type RecordTools } from "./record_tools.ts";

/** Bytes read at once: some thousand entries. */
const BLOCK_BYTES = 16 * 1024;

/** Some 80 entries, as nearly all logs have no more: a fraction of a millisecond's work. */
const SMALL_LOGFILE_BYTES = 1024;

/** What is read of a small logfile; nobody keeps it. */
const SMALL_LOGFILE = new Uint8Array(SMALL_LOGFILE_BYTES);

/** Yields the entries in batches; none where there is no such log. */
export function* readEntries(
  tools: Pick<RecordTools, "files" | "hashing">,
  name: LogfileName,
): Generator<readonly QueueId[], void, void> {
  const file = openQuietly(tools.files, logfilePath(tools, name));
  if (file === null) {
    return;
  }
  try {
    const block = new Uint8Array(BLOCK_BYTES);
    let rest = "";
    let position = 0;
    for (
      let count = tools.files.read(file, block, position);
      count > 0;
      count = tools.files.read(file, block, position)
    ) {
      position += count;
      const lines = (rest + bytesToString(block.subarray(0, count))).split("\n");
      // What is longer than a block without an end is no queue ID, and not worth keeping.
      rest = lines.pop()?.slice(0, BLOCK_BYTES) ?? "";
      yield idsOf(lines);
    }
    yield idsOf([rest]);
  } finally {
    tools.files.close(file);
  }
}

/**
 * The entries of a small logfile, read in one call. Null: it is not small, something in it is no entry with an end, or it
 * is another owner's, so that it can't be read without a trace. None where there is no such log.
 */
export function readSmallLogfile(
  { files, hashing }: Pick<RecordTools, "files" | "hashing">,
  name: LogfileName,
): readonly QueueId[] | null {
  let file: Descriptor;
  try {
    file = files.open(logfilePath({ hashing }, name), { access: "read", keepAtime: true });
  } catch (caught) {
    switch (errorCode(caught)) {
      case "ENOENT":
        return [];
      case "EPERM":
        return null;
      default:
        throw caught;
    }
  }
  try {
    const count = files.read(file, SMALL_LOGFILE, 0);
    const lines = bytesToString(SMALL_LOGFILE.subarray(0, count)).split("\n");
    const ids = lines.slice(0, -1).flatMap((line) => parseQueueId(line) ?? []);
    const isAllEntries = lines.at(-1) === "" && ids.length === lines.length - 1;
    return count < SMALL_LOGFILE_BYTES && isAllEntries ? ids : null;
  } finally {
    files.close(file);
  }
}

function openQuietly(files: Files, path: string): Descriptor | null {
  for (const keepAtime of [true, false]) {
    try {
      return files.open(path, { access: "read", keepAtime });
    } catch (caught) {
      switch (errorCode(caught)) {
        case "ENOENT":
          return null;
        case "EPERM":
          // Another owner's: the kernel lets nobody else read it without a trace.
          continue;
        default:
          throw caught;
      }
    }
  }
  return null;
}

function idsOf(lines: readonly string[]): QueueId[] {
  return lines.flatMap((line) => parseQueueId(line.split("\0", 1)[0] ?? "") ?? []);
}
