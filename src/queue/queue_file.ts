/**
 * Reads the envelope of one message from its queue file: sender, arrival, size and recipients.
 *
 * A queue file is a chain of records (record_reader.ts): the envelope; `M` and the content; `X` and what
 * was extracted from the content, which may be recipients too (`sendmail -t`); `E`. The first record, `C`,
 * says how far the content reaches, so that it is jumped over, not read. A recipient's record says by its
 * type what became of it: it is changed in place. What a Milter adds stands behind the end, and is reached
 * and left again by `p` records, so that records are followed, not just read on. All this was found by
 * running Postfix: test/postfix/queue_file_test.ts asks postcat(1) to confirm it.
 *
 * Trusts nothing: whatever the file holds, the work is bounded, and what is not understood in full is
 * "unreadable". Reads a file of any size in one or two reads, and leaves its atime alone. Changes nothing.
 * Never throws OsError.
 */
import type { Descriptor, FileStatus, Files, Path } from "../effects/files.ts";
import { OsError } from "../effects/os_error.ts";
import { type NotRead, readFile } from "./read_file.ts";
import { Malformed, RecordReader, WINDOW_BYTES } from "./record_reader.ts";
import { MODE_READY } from "./release.ts";
import type { SoughtDomains } from "./sought_domains.ts";

/** A recipient in a queue file. */
export interface QueuedRecipient {
  /** As Postfix keeps it: without quotes, any bytes. */
  readonly address: string;
  /** Where its record stands in the file: defer files name the recipient by it. */
  readonly offset: number;
  /** Delivered, bounced or expired. */
  readonly isDone: boolean;
}

/** What a queue file says. */
interface QueuedMessage {
  readonly kind: "read";
  /** Empty for a bounce. */
  readonly sender: string;
  /** Since the epoch. */
  readonly arrivalSeconds: number;
  /** Of the message as it was received, as postqueue(1) shows it. */
  readonly sizeBytes: number;
  /** In the order of the file, without those that a Milter has taken back. */
  readonly recipients: readonly QueuedRecipient[];
}

export type QueueFileReading = QueuedMessage | NotRead;

/** As many as the queue manager takes up at a time (qmgr_message_recipient_limit): 2 ms of work. */
const RECIPIENTS_MAX = 20_000;

/** That many recipients with all that is said of them, and longer names than usual. */
const WALK_BYTES_MAX = 8 * 1024 * 1024;

const TYPE = {
  size: 0x43, // C
  arrival: 0x54, // T
  sender: 0x53, // S
  recipient: 0x52, // R
  doneRecipient: 0x44, // D
  pointer: 0x70, // p
  content: 0x4d, // M
  extracted: 0x58, // X
  end: 0x45, // E
} as const;

/**
 * Records that say nothing of who gets the message, by postcat's names: `/` canceled recipient, `K` killed
 * record, `w` padding, `A` attribute, `O` and `o` original recipient, and the message's own options. (`>`,
 * redirection, changes who gets it; the defer file then names them.) A type that is in no list may be
 * anything, a recipient of a later version included.
 */
const PASSED_OVER = typeSet("/<>AFIKLOPVWcefinorw");
const CONTENT_TYPES = typeSet("NLKw");

/** What a glance at an envelope goes on behind: what it is not for, and recipients that are not sought. */
const GLANCED_OVER = typeSet("/<>ACDFIKLOPRSTVWcefinorw");

function typeSet(types: string): ReadonlySet<number> {
  const codes = new Set<number>();
  // A loop: to go over a Buffer for the first time takes a new process 0.15 ms (docs/PERFORMANCE.md).
  for (let index = 0; index < types.length; index++) {
    codes.add(types.charCodeAt(index));
  }
  return codes;
}

/** Reads the queue file at `path`. */
export function readQueueFile(files: Files, path: Path): QueueFileReading {
  return readFile(files, path, (file, status) => readOpened(files, file, status));
}

/** A recipient that is sought waits in the message; no more of it has been read. */
interface Found {
  readonly kind: "found";
}

const FOUND: Found = { kind: "found" };

/**
 * Reads the queue file at `path`, but for those, nearly all, whose first block names a recipient who is not delivered yet and
 * whose address is at one of `domains`. That is one read, no look at the status, and no list of recipients, nor a
 * string for any: a flush asks for each of its messages (docs/PERFORMANCE.md).
 */
export function seekRecipient(
  files: Files,
  path: Path,
  domains: SoughtDomains,
): QueueFileReading | Found {
  return readFile<QueueFileReading | Found>(
    files,
    path,
    (file, status) => readOpened(files, file, status),
    (file) => glanceAt(files, file, domains),
  );
}

/** Null: not found up to the first record that leads elsewhere, or there is trouble, of which the second reading says more. */
function glanceAt(
  files: Pick<Files, "read">,
  file: Descriptor,
  domains: SoughtDomains,
): Found | null {
  const records = new RecordReader(files, file, WINDOW_BYTES);
  try {
    records.moveTo(0);
    for (let { type } = records; GLANCED_OVER.has(type); { type } = records) {
      if (type === TYPE.recipient && records.isAddressAt(domains)) {
        return FOUND;
      }
      records.moveTo(records.end);
    }
    return null;
  } catch (caught) {
    if (caught instanceof Malformed || caught instanceof OsError) {
      return null;
    }
    throw caught;
  }
}

function readOpened(files: Files, file: Descriptor, status: FileStatus): QueueFileReading {
  if ((status.mode & MODE_READY) !== MODE_READY) {
    return { kind: "unreadable", why: "the message is not received completely" };
  }
  return readEnvelope(files, file, status.sizeBytes);
}

/** Reads what is open as a queue file of this size; `sizeBytes` and that it is complete, the caller has seen. */
export function readEnvelope(
  files: Pick<Files, "read">,
  file: Descriptor,
  sizeBytes: number,
): QueueFileReading {
  try {
    return new Walk(new RecordReader(files, file, sizeBytes), sizeBytes).run();
  } catch (caught) {
    if (!(caught instanceof Malformed)) {
      throw caught;
    }
    return { kind: "unreadable", why: caught.message };
  }
}

/** One way through the records of a file, from the first to the `E`. */
class Walk {
  readonly #records: RecordReader;
  readonly #bytesMax: number;
  #walkedBytes = 0;
  #sizeBytes = 0;
  #contentStart = 0;
  #sender: string | null = null;
  #arrivalSeconds: number | null = null;
  readonly #recipients: QueuedRecipient[] = [];

  constructor(records: RecordReader, fileBytes: number) {
    this.#records = records;
    this.#bytesMax = Math.min(fileBytes, WALK_BYTES_MAX);
  }

  run(): QueuedMessage {
    this.#step(0);
    this.#readSize();
    const contentEnvelopeEnd = this.#envelope(this.#records.end, TYPE.content);
    this.#envelope(this.#passContent(contentEnvelopeEnd), TYPE.end);
    if (this.#sender === null || this.#arrivalSeconds === null) {
      throw new Malformed("no sender or no time of arrival");
    }
    return {
      kind: "read",
      sender: this.#sender,
      arrivalSeconds: this.#arrivalSeconds,
      sizeBytes: this.#sizeBytes,
      recipients: this.#recipients,
    };
  }

  /** No record is on the way twice in what Postfix writes: who has walked more bytes than there are, circles. */
  #step(position: number): void {
    const records = this.#records;
    records.moveTo(position);
    this.#walkedBytes += records.end - position;
    if (this.#walkedBytes > this.#bytesMax) {
      throw new Malformed(`more than ${this.#bytesMax} bytes of records to follow`);
    }
  }

  /** Decimal numbers: the message's size, where its content starts, and others. */
  #readSize(): void {
    const records = this.#records;
    this.#sizeBytes = records.type === TYPE.size ? records.numberAt(0) : -1;
    this.#contentStart = this.#sizeBytes < 0 ? -1 : records.numberAt(records.numberEnd);
    if (this.#contentStart < 0) {
      throw new Malformed("does not begin with the size of a message");
    }
  }

  /** Follows envelope records, or extracted ones, to the one of type `last`; returns what comes behind it. */
  #envelope(start: number, last: number): number {
    const records = this.#records;
    for (let position = start; ; ) {
      this.#step(position);
      position = records.end;
      switch (records.type) {
        case last:
          return position;
        case TYPE.recipient:
        case TYPE.doneRecipient:
          this.#addRecipient();
          break;
        case TYPE.sender:
          this.#sender ??= records.text();
          break;
        case TYPE.arrival:
          this.#arrivalSeconds ??= this.#wholeNumber();
          break;
        case TYPE.pointer:
          position = this.#pointedAt();
          break;
        default:
          this.#passOver(PASSED_OVER);
      }
    }
  }

  /** Returns what comes behind the content's end, the `X`. */
  #passContent(start: number): number {
    const jump = start + this.#sizeBytes;
    if (start === this.#contentStart && this.#records.isBareRecordAt(jump, TYPE.extracted)) {
      return jump + 2;
    }
    for (let position = start; ; ) {
      this.#step(position);
      position = this.#records.end;
      if (this.#records.type === TYPE.extracted) {
        return position;
      }
      if (this.#records.type === TYPE.pointer) {
        position = this.#pointedAt();
      } else {
        this.#passOver(CONTENT_TYPES);
      }
    }
  }

  #addRecipient(): void {
    const { type, start } = this.#records;
    if (this.#recipients.length === RECIPIENTS_MAX) {
      throw new Malformed(`more than ${RECIPIENTS_MAX} recipients`);
    }
    const address = this.#records.text();
    this.#recipients.push({ address, offset: start, isDone: type === TYPE.doneRecipient });
  }

  /** Where a `p` record leads; 0 in it means that nothing is to be followed, yet. */
  #pointedAt(): number {
    const target = this.#wholeNumber();
    return target === 0 ? this.#records.end : target;
  }

  /** The current record begins with it. */
  #wholeNumber(): number {
    const value = this.#records.numberAt(0);
    if (value < 0) {
      throw new Malformed("a number is expected");
    }
    return value;
  }

  #passOver(types: ReadonlySet<number>): void {
    const { type, start } = this.#records;
    if (!types.has(type)) {
      throw new Malformed(`a record of type ${type} at ${start}`);
    }
  }
}
