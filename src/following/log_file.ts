/**
 * A log file from its present end on, across rotations.
 *
 * Renamed away, the file is read to its end, and then the new one from its start, as soon as there is one; cut to
 * nothing, it is read from its start. What is written between the last look at a file and its removal is read, as it
 * stays open. A line that isn't complete waits for its end; one that is longer than LINE_BYTES_MAX is dropped.
 * A call reads READ_BYTES_MAX at most, the next one goes on. Trouble with the file ends nothing: it is tried again.
 */
import type { Descriptor, FileStatus, Files } from "../effects/files.ts";
import { OsError } from "../effects/os_error.ts";
import { bytesToString } from "../names/byte_string.ts";
import type { MailLog } from "./mail_log.ts";

const CHUNK_BYTES = 256 * 1024;
/** A tenth of a second's work, and more than a mail system writes in one. */
const READ_BYTES_MAX = 16 * 1024 * 1024;
/** Postfix writes 2,000 bytes at most; a syslog daemon adds to that. */
const LINE_BYTES_MAX = 16 * 1024;

type LogFiles = Pick<Files, "open" | "close" | "read" | "status" | "statusOf">;

export class LogFile implements MailLog {
  readonly name: string;
  readonly isShared: boolean;
  readonly #files: LogFiles;
  readonly #chunk = new Uint8Array(CHUNK_BYTES);
  #file: Descriptor | null = null;
  #position = 0;
  /** What has come of a line; of one that is too long, enough to see that it is. */
  #begun = "";

  /** Opens the file at `path`, which may be missing yet; throws OsError where it can't be read, or is no file. */
  constructor(files: LogFiles, path: string, isShared: boolean) {
    this.#files = files;
    this.name = path;
    this.isShared = isShared;
    try {
      this.#file = files.open(path, { access: "read" });
      const { kind, sizeBytes } = files.status(this.#file);
      if (kind !== "file") {
        throw new OsError("EINVAL", "open");
      }
      this.#position = sizeBytes;
    } catch (caught) {
      if (!(caught instanceof OsError) || caught.code !== "ENOENT") {
        this.close();
        throw caught;
      }
    }
  }

  async read(onLine: (line: string) => void): Promise<void> {
    try {
      const leftBytes = this.#readOn(onLine, READ_BYTES_MAX);
      if (leftBytes > 0 && this.#isReplaced()) {
        // What was written to it before it was replaced; nothing comes behind that.
        this.#readOn(onLine, leftBytes);
        this.#openAnew();
        this.#readOn(onLine, leftBytes);
      }
    } catch (caught) {
      if (!(caught instanceof OsError)) {
        throw caught;
      }
    }
  }

  close(): void {
    if (this.#file !== null) {
      this.#files.close(this.#file);
      this.#file = null;
    }
  }

  /** Reads to the end, or so many bytes; returns how many were left. */
  #readOn(onLine: (line: string) => void, bytesMax: number): number {
    const file = this.#file;
    if (file === null) {
      return bytesMax;
    }
    if (this.#files.status(file).sizeBytes < this.#position) {
      this.#startAt(0);
    }
    let leftBytes = bytesMax;
    while (leftBytes > 0) {
      const count = this.#files.read(file, this.#chunk, this.#position);
      if (count === 0) {
        return leftBytes;
      }
      this.#position += count;
      leftBytes -= count;
      this.#take(bytesToString(this.#chunk.subarray(0, count)), onLine);
    }
    return 0;
  }

  #take(text: string, onLine: (line: string) => void): void {
    let start = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      const line = this.#begun + text.slice(start, end);
      if (line.length <= LINE_BYTES_MAX) {
        onLine(line);
      }
      this.#begun = "";
      start = end + 1;
    }
    this.#begun = (this.#begun + text.slice(start)).slice(0, LINE_BYTES_MAX + 1);
  }

  /** Another file has its name now, or it is to be opened for the first time. */
  #isReplaced(): boolean {
    const named = this.#statusOf(this.name);
    if (named === null || this.#file === null) {
      return named !== null;
    }
    const { device, inode } = this.#files.status(this.#file);
    return named.device !== device || named.inode !== inode;
  }

  #statusOf(path: string): FileStatus | null {
    try {
      return this.#files.statusOf(path);
    } catch (caught) {
      if (caught instanceof OsError && caught.code === "ENOENT") {
        return null;
      }
      throw caught;
    }
  }

  #openAnew(): void {
    const file = this.#files.open(this.name, { access: "read" });
    this.close();
    this.#file = file;
    this.#startAt(0);
  }

  #startAt(position: number): void {
    this.#position = position;
    this.#begun = "";
  }
}
