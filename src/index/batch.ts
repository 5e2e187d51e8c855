/**
 * A batch: the messages of one directory that were read at one time, packed (packing.ts), in four parts.
 *
 * `state` says which files they were, `facts` all that sums are made of, `reasons` and `texts` the rest of what is
 * known of them: who wants only sums reads `facts` alone. What is in a batch never changes; which of its messages are
 * still what it says is kept beside it. Sites and reasons are told once, however many recipients have them.
 *
 * What was packed by another version of this file or of reason_text.ts can't be read: PACKED_VERSION tells them apart.
 */
import type { PackedBatch } from "../effects/index_store.ts";
import { type KnownFiles, STAMP_WORDS } from "../effects/quick_looks.ts";
import type { DeferredMessage, WaitingRecipient } from "./deferred_mail.ts";
import { NoMessage } from "./no_message.ts";
import { Numbering } from "./numbering.ts";
import { type PackedTexts, pack, packTexts, TextColumn, Unpacked } from "./packing.ts";
import { briefReason, relayOf } from "./reason_text.ts";
import { mtimeSecondsOf } from "./stamps.ts";

/** To be raised with every change of what a batch means. */
export const PACKED_VERSION = 2;

/** So many messages take about a megabyte. */
export const BATCH_MESSAGES_MAX = 8192;
/** A message may have 20,000, and the batch that it is in ends with it. */
const BATCH_RECIPIENTS_MAX = 20_000;
const BATCH_TEXT_BYTES_MAX = 4 * 1024 * 1024;

const FIRST_MESSAGES = 64;

/** With their words, a few megabytes. */
const REMEMBERED_REASONS_MAX = 5000;

/** What a batch knows of one file. */
interface FiledMessage {
  readonly name: string;
  readonly message: DeferredMessage | NoMessage;
}

/** What reason_text.ts makes of reasons, as far as that is remembered: the batches of a queue have much in common. */
class ReasonWords {
  readonly #words = new Map<string, { readonly brief: string; readonly relay: string }>();

  of(status: string, reason: string): { readonly brief: string; readonly relay: string } {
    const key = `${status} ${reason}`;
    const known = this.#words.get(key);
    if (known !== undefined) {
      return known;
    }
    if (this.#words.size >= REMEMBERED_REASONS_MAX) {
      this.#words.clear();
    }
    const words = { brief: briefReason(status, reason), relay: relayOf(reason) };
    this.#words.set(key, words);
    return words;
  }
}

const WORDS = new ReasonWords();

/** Makes one batch. */
export class BatchBuilder {
  #stamps = new Uint32Array(FIRST_MESSAGES * STAMP_WORDS);
  readonly #names = new TextColumn();
  readonly #arrivals: number[] = [];
  readonly #sizes: number[] = [];
  readonly #nextTries: number[] = [];
  readonly #recipientEnds: number[] = [];
  readonly #unreadable: number[] = [];
  readonly #siteOfRecipient: number[] = [];
  readonly #reasonOfRecipient: number[] = [];
  readonly #briefOfReason: number[] = [];
  readonly #relayOfReason: number[] = [];
  readonly #statusOfReason: string[] = [];
  readonly #textOfReason: string[] = [];
  /** Of a file that is no message: why it is none. */
  readonly #sendersOrWhys = new TextColumn();
  readonly #addresses = new TextColumn();
  readonly #sites = new Numbering();
  /** Numbers of reasons, by status and text. */
  readonly #reasons = new Map<string, Map<string, number>>();
  readonly #briefs = new Numbering();
  readonly #relays = new Numbering();
  #textBytes = 0;

  get count(): number {
    return this.#names.count;
  }

  /** It had better be built before another message comes in. */
  get isFull(): boolean {
    return (
      this.#names.count >= BATCH_MESSAGES_MAX ||
      this.#addresses.count >= BATCH_RECIPIENTS_MAX ||
      this.#textBytes >= BATCH_TEXT_BYTES_MAX
    );
  }

  /** Takes what a file with this stamp was found to be. */
  add(name: string, stamp: Uint32Array, at: number, message: DeferredMessage | NoMessage): void {
    this.#addStamp(stamp, at);
    this.#names.add(name);
    this.#nextTries.push(mtimeSecondsOf(stamp, at));
    this.#textBytes += name.length;
    if (message instanceof NoMessage) {
      this.#addColumns(1, 0, 0, message.why);
    } else {
      this.#addColumns(0, message.arrivalSeconds, message.sizeBytes, message.sender);
      for (const recipient of message.recipients) {
        this.#addRecipient(recipient);
      }
    }
    this.#recipientEnds.push(this.#addresses.count);
  }

  #addColumns(
    unreadable: number,
    arrivalSeconds: number,
    sizeBytes: number,
    senderOrWhy: string,
  ): void {
    this.#unreadable.push(unreadable);
    this.#arrivals.push(arrivalSeconds);
    this.#sizes.push(sizeBytes);
    this.#sendersOrWhys.add(senderOrWhy);
    this.#textBytes += senderOrWhy.length;
  }

  #addStamp(stamp: Uint32Array, at: number): void {
    const start = this.#names.count * STAMP_WORDS;
    if (start === this.#stamps.length) {
      const larger = new Uint32Array(start * 2);
      larger.set(this.#stamps);
      this.#stamps = larger;
    }
    for (let word = 0; word < STAMP_WORDS; word++) {
      this.#stamps[start + word] = stamp[at + word] ?? 0;
    }
  }

  build(): PackedBatch {
    return {
      state: pack([
        this.#stamps.subarray(0, this.#names.count * STAMP_WORDS),
        ...this.#names.sections(),
      ]),
      facts: pack([
        Float64Array.from(this.#arrivals),
        Float64Array.from(this.#sizes),
        Float64Array.from(this.#nextTries),
        Uint32Array.from(this.#recipientEnds),
        Uint8Array.from(this.#unreadable),
        Uint32Array.from(this.#siteOfRecipient),
        Uint32Array.from(this.#reasonOfRecipient),
        Uint32Array.from(this.#briefOfReason),
        Uint32Array.from(this.#relayOfReason),
        ...packTexts(this.#sites.texts),
        ...packTexts(this.#briefs.texts),
        ...packTexts(this.#relays.texts),
      ]),
      reasons: pack([...packTexts(this.#statusOfReason), ...packTexts(this.#textOfReason)]),
      texts: pack([...this.#sendersOrWhys.sections(), ...this.#addresses.sections()]),
    };
  }

  #addRecipient({ address, site, status, reason }: WaitingRecipient): void {
    this.#addresses.add(address);
    this.#siteOfRecipient.push(this.#sites.of(site));
    this.#reasonOfRecipient.push(this.#numberOfReason(status, reason));
    this.#textBytes += address.length;
  }

  #numberOfReason(status: string, reason: string): number {
    let numbers = this.#reasons.get(status);
    if (numbers === undefined) {
      numbers = new Map();
      this.#reasons.set(status, numbers);
    }
    const known = numbers.get(reason);
    if (known !== undefined) {
      return known;
    }
    const number = this.#textOfReason.push(reason) - 1;
    numbers.set(reason, number);
    this.#statusOfReason.push(status);
    const { brief, relay } = WORDS.of(status, reason);
    this.#briefOfReason.push(this.#briefs.of(brief));
    this.#relayOfReason.push(this.#relays.of(relay));
    this.#textBytes += reason.length;
    return number;
  }
}

/** The files that a batch's messages were. */
export class BatchState {
  readonly stamps: Uint32Array;
  readonly names: PackedTexts;
  readonly files: KnownFiles;

  constructor(state: Uint8Array) {
    const sections = new Unpacked(state);
    this.stamps = sections.numbers(0);
    this.names = sections.texts(1);
    this.files = { names: this.names.heap, nameEnds: this.names.ends, stamps: this.stamps };
  }

  get count(): number {
    return this.names.count;
  }
}

/** What sums are made of: columns by message, by recipient, and by reason. */
export class BatchFacts {
  readonly arrivals: Float64Array;
  readonly sizes: Float64Array;
  readonly nextTries: Float64Array;
  /** The recipients of a message are those up to here, from where those of the message before it end. */
  readonly recipientEnds: Uint32Array;
  /** 1: the file can't be read as a message. */
  readonly unreadable: Uint8Array;
  readonly siteOfRecipient: Uint32Array;
  readonly reasonOfRecipient: Uint32Array;
  readonly briefOfReason: Uint32Array;
  readonly relayOfReason: Uint32Array;
  readonly sites: PackedTexts;
  readonly briefs: PackedTexts;
  readonly relays: PackedTexts;

  constructor(facts: Uint8Array) {
    const sections = new Unpacked(facts);
    this.arrivals = sections.doubles(0);
    this.sizes = sections.doubles(1);
    this.nextTries = sections.doubles(2);
    this.recipientEnds = sections.numbers(3);
    this.unreadable = sections.bytes(4);
    this.siteOfRecipient = sections.numbers(5);
    this.reasonOfRecipient = sections.numbers(6);
    this.briefOfReason = sections.numbers(7);
    this.relayOfReason = sections.numbers(8);
    this.sites = sections.texts(9);
    this.briefs = sections.texts(11);
    this.relays = sections.texts(13);
  }

  get count(): number {
    return this.arrivals.length;
  }
}

/** The reasons, in the order of their numbers. */
export class BatchReasons {
  readonly statuses: PackedTexts;
  readonly reasons: PackedTexts;

  constructor(packed: Uint8Array) {
    const sections = new Unpacked(packed);
    this.statuses = sections.texts(0);
    this.reasons = sections.texts(2);
  }
}

/** All of a batch. */
export class WholeBatch {
  readonly state: BatchState;
  readonly #facts: BatchFacts;
  readonly #reasons: BatchReasons;
  readonly #sendersOrWhys: PackedTexts;
  readonly #addresses: PackedTexts;

  constructor(batch: PackedBatch) {
    this.state = new BatchState(batch.state);
    this.#facts = new BatchFacts(batch.facts);
    this.#reasons = new BatchReasons(batch.reasons);
    const texts = new Unpacked(batch.texts);
    this.#sendersOrWhys = texts.texts(0);
    this.#addresses = texts.texts(2);
  }

  /** What the batch says of one of its files. */
  at(index: number): FiledMessage {
    const name = this.state.names.at(index);
    const facts = this.#facts;
    if (facts.unreadable[index] === 1) {
      return { name, message: new NoMessage(this.#sendersOrWhys.at(index)) };
    }
    const recipients: WaitingRecipient[] = [];
    const end = facts.recipientEnds[index] ?? 0;
    for (let at = facts.recipientEnds[index - 1] ?? 0; at < end; at++) {
      recipients.push(this.#recipient(at));
    }
    return {
      name,
      message: {
        queueId: name,
        sender: this.#sendersOrWhys.at(index),
        arrivalSeconds: facts.arrivals[index] ?? 0,
        sizeBytes: facts.sizes[index] ?? 0,
        nextTrySeconds: facts.nextTries[index] ?? 0,
        recipients,
      },
    };
  }

  #recipient(at: number): WaitingRecipient {
    const reason = this.#facts.reasonOfRecipient[at] ?? 0;
    return {
      address: this.#addresses.at(at),
      site: this.#facts.sites.at(this.#facts.siteOfRecipient[at] ?? 0),
      status: this.#reasons.statuses.at(reason),
      reason: this.#reasons.reasons.at(reason),
    };
  }
}
