/**
 * Reads one deferred message: its queue file and its defer file, in as few system calls as it takes.
 *
 * A recipient that waits is told under each address that the defer file names for it, with the reason; under its own
 * where it names none. The two files are read one after the other while Postfix may move, change and remove them: the
 * queue file, which stays open, is looked at before and afterwards, and if anything has become of it, all is read
 * again. What is told is never half of one try and half of another.
 *
 * Trusts nothing that the files hold (see queue/queue_file.ts); work and memory for a message are bounded. Leaves atime
 * alone. Never throws OsError.
 */
import type { Descriptor, Files } from "../effects/files.ts";
import { OsError } from "../effects/os_error.ts";
import { type OpenDirectory, type QuickLooks, STAMP_WORDS } from "../effects/quick_looks.ts";
import { areHashedAlike, type HashingRules, hashedDirectory } from "../names/hashed_path.ts";
import type { QueueId } from "../names/names.ts";
import { type DeferEntry, readDeferFile, readSmallDeferFile } from "../queue/defer_file.ts";
import { domainOf } from "../queue/domain_of.ts";
import { TRIED_ADDRESSES_MAX } from "../queue/message_sites.ts";
import { type QueuedRecipient, readEnvelope } from "../queue/queue_file.ts";
import { MODE_READY } from "../queue/release.ts";
import { waitingRecipients } from "../queue/waiting_recipients.ts";
import type { CanonicalDomains } from "../record/canonical_domain.ts";
import type { DeferredMessage, WaitingRecipient } from "./deferred_mail.ts";
import { NoMessage } from "./no_message.ts";
import {
  areAlike,
  distrust,
  isDirectory,
  isRegularFile,
  modeOf,
  mtimeSecondsOf,
  sizeBytesOf,
} from "./stamps.ts";

/** A message that changes each time it is looked at is left as it was found last. */
const ATTEMPTS_MAX = 4;

/** What is remembered: most mail waits for few sites. */
const CACHED_SITES_MAX = 10_000;

/** What reading messages needs. */
export interface ReadingTools {
  readonly files: Files;
  readonly looks: QuickLooks;
  readonly hashing: HashingRules;
  readonly domains: CanonicalDomains;
}

export type MessageReading =
  | DeferredMessage
  | NoMessage
  /** It is not in this directory, or no longer; or it is a directory itself. */
  | "absent";

/** Reads the messages of one directory; `close` when they are read. */
export class MessageReader {
  readonly #tools: ReadingTools;
  readonly #directory: OpenDirectory;
  /** The directory of the last defer file, that of message `id`; null: it can't be opened. */
  #defers: { readonly id: QueueId; readonly directory: OpenDirectory | null } | null = null;
  readonly #again = new Uint32Array(STAMP_WORDS);
  readonly #sites = new Map<string, string>();

  /** Of the directory that is open. */
  constructor(tools: ReadingTools, directory: OpenDirectory) {
    this.#tools = tools;
    this.#directory = directory;
  }

  /** Reads a message; `stamp` becomes that of the file that was read, distrusted where it is not to be relied on. */
  read(id: QueueId, stamp: Uint32Array): MessageReading {
    try {
      for (let attempt = 1; attempt < ATTEMPTS_MAX; attempt++) {
        const reading = this.#attempt(id, stamp);
        if (areAlike(stamp, 0, this.#again, 0)) {
          return reading;
        }
      }
      const reading = this.#attempt(id, stamp);
      distrust(stamp, 0);
      return reading;
    } catch (caught) {
      if (!(caught instanceof OsError)) {
        throw caught;
      }
      distrust(stamp, 0);
      return caught.code === "ENOENT" ? "absent" : new NoMessage(caught.message, true);
    }
  }

  close(): void {
    this.#defers?.directory?.close();
    this.#defers = null;
  }

  /** Stamps before and after the reading are in `stamp` and `#again`. */
  #attempt(id: QueueId, stamp: Uint32Array): MessageReading {
    const directory = this.#directory;
    const file = directory.open(id);
    try {
      directory.lookInto(file, stamp, 0);
      const reading = this.#readOpened(id, file, stamp);
      directory.lookInto(file, this.#again, 0);
      return reading;
    } finally {
      this.#tools.files.close(file);
    }
  }

  #readOpened(id: QueueId, file: Descriptor, stamp: Uint32Array): MessageReading {
    if (isDirectory(stamp, 0)) {
      return "absent";
    }
    if (!isRegularFile(stamp, 0)) {
      return new NoMessage("not a regular file");
    }
    if ((modeOf(stamp, 0) & MODE_READY) !== MODE_READY) {
      return new NoMessage("the message is not received completely");
    }
    const message = readEnvelope(this.#tools.files, file, sizeBytesOf(stamp, 0));
    if (message.kind !== "read") {
      return message.kind === "absent" ? "absent" : new NoMessage(message.why);
    }
    const { sender, arrivalSeconds, sizeBytes } = message;
    const isDelivered = message.recipients.every(({ isDone }) => isDone);
    return {
      queueId: id,
      sender,
      arrivalSeconds,
      sizeBytes,
      nextTrySeconds: mtimeSecondsOf(stamp, 0),
      recipients: isDelivered ? [] : this.#waiting(message.recipients, this.#deferrals(id)),
    };
  }

  #deferrals(id: QueueId): readonly DeferEntry[] {
    const { files, hashing } = this.#tools;
    const directory = this.#deferDirectory(id);
    if (directory === null) {
      return [];
    }
    try {
      const file = directory.open(id);
      try {
        const small = readSmallDeferFile(files, file);
        if (small !== null) {
          return small;
        }
      } finally {
        files.close(file);
      }
    } catch (caught) {
      if (!(caught instanceof OsError)) {
        throw caught;
      }
      return [];
    }
    const reading = readDeferFile(files, id, hashing);
    return reading.kind === "read" ? reading.entries : [];
  }

  #deferDirectory(id: QueueId): OpenDirectory | null {
    const { hashing } = this.#tools;
    if (this.#defers === null || !areHashedAlike("defer", this.#defers.id, id, hashing)) {
      this.close();
      const directory = this.#openDirectory(hashedDirectory("defer", id, hashing));
      this.#defers = { id, directory };
    }
    return this.#defers.directory;
  }

  #openDirectory(path: string): OpenDirectory | null {
    try {
      return this.#tools.looks.openDirectory(path);
    } catch (caught) {
      if (!(caught instanceof OsError)) {
        throw caught;
      }
      return null;
    }
  }

  #waiting(
    recipients: readonly QueuedRecipient[],
    entries: readonly DeferEntry[],
  ): WaitingRecipient[] {
    const believed = arePlausible(entries) ? entries : [];
    return waitingRecipients(recipients, believed).map(({ address, status, reason }) => ({
      address,
      site: this.#siteOf(address),
      status,
      reason,
    }));
  }

  /** What stands behind the last `@`, in its canonical form. */
  #siteOf(address: string): string {
    const domain = domainOf(address);
    if (domain === null) {
      return "";
    }
    const known = this.#sites.get(domain);
    if (known !== undefined) {
      return known;
    }
    if (this.#sites.size >= CACHED_SITES_MAX) {
      this.#sites.clear();
    }
    const site = this.#tools.domains.of(domain) ?? "";
    this.#sites.set(domain, site);
    return site;
  }
}

/** Whether Postfix may have written them. */
function arePlausible(entries: readonly DeferEntry[]): boolean {
  return (
    entries.length <= TRIED_ADDRESSES_MAX ||
    Map.groupBy(entries, ({ offset }) => offset)
      .values()
      .every((tries) => tries.length <= TRIED_ADDRESSES_MAX)
  );
}
