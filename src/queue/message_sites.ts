/**
 * Says which domains a message counts under: those of its recipients that are not delivered yet.
 *
 * A recipient counts under the domain of its address in the queue file and, where the defer file names
 * another address for it, under that one's too: mail to `x%d.test@mx.test` may be tried at d.test, and is
 * recorded there. Domains are byte strings as they stand in the files: folding and IDNA are the caller's.
 *
 * The two files are read one after the other while Postfix may move, change and remove them. Whether what
 * was found is all that there is, `isSure` says. Changes nothing. Never throws OsError.
 */
import { hashedPathParts } from "../names/hashed_path.ts";
import type { QueueId } from "../names/names.ts";
import { readDeferFile } from "./defer_file.ts";
import { domainOf } from "./domain_of.ts";
import { mayBeThere } from "./may_be_there.ts";
import { type QueuedRecipient, readQueueFile, seekRecipient } from "./queue_file.ts";
import type { QueueTools } from "./queue_tools.ts";
import type { NotRead } from "./read_file.ts";
import type { SoughtDomains } from "./sought_domains.ts";

/** A recipient that a flush could deliver to. */
interface UndeliveredRecipient {
  /** As the queue file has it. */
  readonly address: string;
  /** Its own first, then that of the address that was tried, if it is another; an address without has none. */
  readonly domains: readonly string[];
  /** Those that whoever defers it records it under: of the address that was tried; its own where none is known. */
  readonly recordedDomains: readonly string[];
  /** The defer file says where it was tried. */
  readonly isTried: boolean;
}

export type MessageReading =
  | {
      readonly kind: "read";
      readonly sender: string;
      /** Since the epoch. */
      readonly arrivalSeconds: number;
      readonly sizeBytes: number;
      readonly recipients: readonly UndeliveredRecipient[];
      /**
       * The defer file says of each of these recipients where it was tried. Otherwise one of them may have
       * been recorded under a domain that is not listed, and no site may be told that the message is not its.
       */
      readonly isSure: boolean;
      /** The defer file could not be read for now: at another time it may say more. */
      readonly mayPass?: true;
    }
  | NotRead;

/** By the place of a recipient's record in the queue file: the addresses that were tried for it. */
type Tried = ReadonlyMap<number, readonly string[]>;

/** Also where the defer file is missing or can't be read. */
const NOTHING_TRIED: Tried = new Map();

/** Where it can't be read for now. */
const NOT_KNOWN_NOW: Tried = new Map();

/** Of one recipient: an alias may have several. A file that names more was not written by Postfix. */
export const TRIED_ADDRESSES_MAX = 20;

/** Where messages are looked for. */
type Queue = "deferred" | "incoming" | "active" | "hold";

/** All that is needed of the queue's tools. */
type ReadingTools = Pick<QueueTools, "files" | "hashing">;

/** Reads a message that is looked for in `queue`. "absent": it isn't there, or has left during the reading. */
export function readMessage(tools: ReadingTools, queue: Queue, id: QueueId): MessageReading {
  const path = hashedPathParts(queue, id, tools.hashing);
  const message = readQueueFile(tools.files, path);
  if (message.kind !== "read") {
    return message;
  }
  const { kind, sender, arrivalSeconds, sizeBytes } = message;
  const undelivered = message.recipients.filter(({ isDone }) => !isDone);
  const tried = undelivered.length === 0 ? NOTHING_TRIED : triedAddresses(tools, id);
  const isSure = undelivered.every(({ offset }) => tried.has(offset));
  // The defer file goes when a message leaves the deferred queue: what looks unsure may have gone.
  if (!isSure && !mayBeThere(tools.files, path)) {
    return { kind: "absent" };
  }
  const recipients = undelivered.map((recipient) => withDomains(recipient, tried));
  const known = { kind, sender, arrivalSeconds, sizeBytes, recipients, isSure };
  return tried === NOT_KNOWN_NOW ? { ...known, mayPass: true } : known;
}

/** Whether a message counts under a site; "unsure" is what `isSure` of a reading is about. */
export type Belonging = "belongs" | "foreign" | "unsure" | NotRead;

/**
 * Says whether a message counts under one of the site's domains: as readMessage does, at less cost where the queue file
 * alone says so. `domains` may be used for many messages, and should.
 */
export function belongsToSite(
  tools: ReadingTools,
  queue: Queue,
  id: QueueId,
  domains: SoughtDomains,
): Belonging {
  const path = hashedPathParts(queue, id, tools.hashing);
  const message = seekRecipient(tools.files, path, domains);
  if (message.kind === "found") {
    return "belongs";
  }
  if (message.kind !== "read") {
    return message;
  }
  const undelivered = message.recipients.filter(({ isDone }) => !isDone);
  if (undelivered.length === 0) {
    return "foreign";
  }
  const isFor = (address: string): boolean => domains.hasAddress(address);
  if (undelivered.some(({ address }) => isFor(address))) {
    return "belongs";
  }
  const tried = triedAddresses(tools, id);
  if (undelivered.some(({ offset }) => tried.get(offset)?.some(isFor) === true)) {
    return "belongs";
  }
  if (undelivered.every(({ offset }) => tried.has(offset))) {
    return "foreign";
  }
  // As in readMessage.
  return mayBeThere(tools.files, path) ? "unsure" : { kind: "absent" };
}

function triedAddresses(tools: ReadingTools, id: QueueId): Tried {
  const reading = readDeferFile(tools.files, id, tools.hashing);
  if (reading.kind !== "read") {
    return reading.kind === "unreadable" && reading.mayPass ? NOT_KNOWN_NOW : NOTHING_TRIED;
  }
  const tried = new Map<number, string[]>();
  for (const { offset, recipient } of reading.entries) {
    const others = tried.get(offset);
    if (others === undefined) {
      tried.set(offset, [recipient]);
    } else if (others.length < TRIED_ADDRESSES_MAX) {
      others.push(recipient);
    } else {
      return NOTHING_TRIED;
    }
  }
  return tried;
}

function withDomains({ address, offset }: QueuedRecipient, tried: Tried): UndeliveredRecipient {
  const recordedDomains: string[] = [];
  const others = tried.get(offset);
  for (const other of others ?? [address]) {
    addDomain(recordedDomains, other);
  }
  const domains: string[] = [];
  addDomain(domains, address);
  for (const domain of recordedDomains) {
    addDomain(domains, `@${domain}`);
  }
  return { address, domains, recordedDomains, isTried: others !== undefined };
}

function addDomain(domains: string[], address: string): void {
  const domain = domainOf(address);
  if (domain !== null && !domains.includes(domain)) {
    domains.push(domain);
  }
}
