/**
 * Whole small files for real: effects/text_files.ts.
 *
 * Content and time stamp are of one open file, so they belong together even where an editor puts another
 * file in its place meanwhile. A file that is rewritten in place may be seen half done; its time stamp
 * is taken first, so that the next look finds it changed.
 */
import { OsError } from "../effects/os_error.ts";
import type { TextFile, TextFiles } from "../effects/text_files.ts";
import { STATUSES } from "./file_status.ts";
import { errno, libc, throwErrno } from "./libc.ts";
import { OPEN_FLAG } from "./open_flags.ts";
import { PathBuffer } from "./path_buffer.ts";

/** More than any list that is worth reading into memory at start-up; larger ones belong in a table. */
const TEXT_BYTES_MAX = 64 * 1024 * 1024;
/** One read takes a whole main.cf. */
const CHUNK_BYTES = 65536;

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** Needed by each reading for a moment. */
const PATH = new PathBuffer();

/** Reads whole files; relative paths start at the working directory. EFBIG beyond 64 MiB. */
export function createTextFiles(): TextFiles {
  return { read: readTextFile };
}

function readTextFile(path: string): TextFile {
  const flags = OPEN_FLAG.closeOnExec | OPEN_FLAG.nonBlocking;
  const descriptor = libc.open(PATH.encode(path, "open"), flags, 0);
  if (descriptor < 0) {
    throwErrno(errno[0], "open");
  }
  try {
    const { mtimeNs } = STATUSES.ofDescriptor(descriptor);
    const modifiedMs = Number(mtimeNs / NANOSECONDS_PER_MILLISECOND);
    return { text: readToEnd(descriptor), modifiedMs };
  } finally {
    libc.close(descriptor);
  }
}

function readToEnd(descriptor: number): string {
  // Not cleared: that would touch all of its pages, of which a main.cf needs one.
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let text = "";
  for (;;) {
    const count = libc.pread(descriptor, chunk, chunk.length, text.length);
    if (count < 0) {
      throwErrno(errno[0], "read");
    }
    if (count === 0) {
      return text;
    }
    text += chunk.toString("latin1", 0, count);
    if (text.length > TEXT_BYTES_MAX) {
      throw new OsError("EFBIG", "read");
    }
  }
}
