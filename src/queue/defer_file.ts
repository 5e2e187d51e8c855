/**
 * Reads a message's defer file, in which defer(8) says of each deferred recipient why.
 *
 * A text file in `defer/`: paragraphs, each a line for people and then `name=value` lines for programs. A
 * recipient is named by its address, as delivery was tried, and by where its record stands in the queue
 * file. The file is written anew at each delivery attempt, while it may be read here: a last paragraph
 * that is not complete is left out.
 *
 * Passes over names that it doesn't know, and paragraphs without recipient or place. A file that is too
 * large to be read at once is "unreadable". Leaves atime alone, changes nothing, never throws OsError.
 */
import type { Descriptor, Files } from "../effects/files.ts";
import { bytesToString } from "../names/byte_string.ts";
import { type HashingRules, hashedPathParts } from "../names/hashed_path.ts";
import type { QueueId } from "../names/names.ts";
import { type NotRead, readFile } from "./read_file.ts";

/** All values are byte strings, as they stand in the file. */
export interface DeferEntry {
  /** As delivery was tried: in quotes where an address needs them. */
  readonly recipient: string;
  /** Where the recipient's record stands in the queue file. */
  readonly offset: number;
  /** DSN status, such as "4.4.1"; empty where none is given. */
  readonly status: string;
  /** Empty where none is given. */
  readonly reason: string;
}

export type DeferFileReading =
  | { readonly kind: "read"; readonly entries: readonly DeferEntry[] }
  | NotRead;

/** 400 bytes for each of 20,000 recipients, as many as queue_file.ts lists: 40 ms of work on a busy machine. */
const FILE_BYTES_MAX = 8 * 1024 * 1024;

/** Some twenty recipients; one needs 300 bytes. */
const SMALL_FILE_BYTES = 8 * 1024;

/** For small files, so that nothing is allocated for them but text. */
const SMALL_FILE = Buffer.alloc(SMALL_FILE_BYTES);

/** Reads the defer file of a message. */
export function readDeferFile(files: Files, id: QueueId, hashing: HashingRules): DeferFileReading {
  return readFile(files, hashedPathParts("defer", id, hashing), (file, { sizeBytes }) =>
    sizeBytes > FILE_BYTES_MAX
      ? { kind: "unreadable", why: `has more than ${FILE_BYTES_MAX} bytes` }
      : { kind: "read", entries: parse(readText(files, file, sizeBytes)) },
  );
}

/**
 * Reads a defer file that is open, if it is small, as nearly all are: in one call, since nobody asks first how large it
 * is. Null: it is not small. Throws OsError.
 */
export function readSmallDeferFile(
  files: Pick<Files, "read">,
  file: Descriptor,
): readonly DeferEntry[] | null {
  const count = files.read(file, SMALL_FILE, 0);
  return count === SMALL_FILE_BYTES ? null : parse(SMALL_FILE.toString("latin1", 0, count));
}

/** What is appended behind `sizeBytes` meanwhile is not seen. */
function readText(files: Files, file: Descriptor, sizeBytes: number): string {
  const into =
    sizeBytes <= SMALL_FILE_BYTES ? SMALL_FILE.subarray(0, sizeBytes) : new Uint8Array(sizeBytes);
  for (let filled = 0; filled < sizeBytes; ) {
    const count = files.read(file, filled === 0 ? into : into.subarray(filled), filled);
    if (count === 0) {
      return bytesToString(into.subarray(0, filled));
    }
    filled += count;
  }
  return bytesToString(into);
}

function parse(text: string): DeferEntry[] {
  const entries: DeferEntry[] = [];
  let paragraph = new Paragraph();
  for (let start = 0; ; ) {
    const end = text.indexOf("\n", start);
    if (end === -1) {
      return entries;
    }
    if (end === start) {
      const entry = paragraph.entry();
      if (entry !== null) {
        entries.push(entry);
      }
      paragraph = new Paragraph();
    } else {
      paragraph.addLine(text, start, end);
    }
    start = end + 1;
  }
}

/** With which the names that are needed begin. */
const LETTER = { o: 0x6f, r: 0x72, s: 0x73 } as const;

/** What is between two empty lines. */
class Paragraph {
  #recipient: string | null = null;
  #offset: string | null = null;
  #status = "";
  #reason = "";

  /**
   * Takes the line of `text` from `start` to `end`; one that is not needed costs nothing. The line for people
   * begins with `<`, so that it is taken for no other, whatever a server said.
   */
  addLine(text: string, start: number, end: number): void {
    switch (text.charCodeAt(start)) {
      case LETTER.o:
        if (text.startsWith("offset=", start)) {
          this.#offset = text.slice(start + "offset=".length, end);
        }
        break;
      case LETTER.s:
        if (text.startsWith("status=", start)) {
          this.#status = text.slice(start + "status=".length, end);
        }
        break;
      case LETTER.r:
        if (text.startsWith("recipient=", start)) {
          this.#recipient = text.slice(start + "recipient=".length, end);
        } else if (text.startsWith("reason=", start)) {
          this.#reason = text.slice(start + "reason=".length, end);
        }
        break;
      default:
    }
  }

  entry(): DeferEntry | null {
    if (this.#recipient === null || this.#offset === null || !/^\d{1,15}$/.test(this.#offset)) {
      return null;
    }
    const offset = Number(this.#offset);
    return { recipient: this.#recipient, offset, status: this.#status, reason: this.#reason };
  }
}
