/**
 * Tells which addresses are at the domains that somebody seeks, by the bytes that stand in a file.
 *
 * Whether a domain is sought is asked once: the messages of a log name the same few domains over and over, and a string for each
 * of three recipients cost an exact send 1.6 µs a message. Exact: a hash chooses which domain to compare with, and the bytes
 * decide. What is known is bounded. Pure but for that.
 */
import { HASH_START, hashOn } from "../names/queue_id_set.ts";
import { domainOf } from "./domain_of.ts";

const AT = 0x40;

/** Of domains that are known; with more they are forgotten, and asked for again. */
const KNOWN_MAX = 256;

interface KnownDomain {
  readonly bytes: Uint8Array;
  readonly isSought: boolean;
}

export class SoughtDomains {
  readonly #isSought: (domain: string) => boolean;
  /** By the hash of their bytes, from the last to the first. */
  readonly #known = new Map<number, KnownDomain>();

  /** `isSought`: whether a domain, a byte string, is sought; its answer for one domain must stay the same. */
  constructor(isSought: (domain: string) => boolean) {
    this.#isSought = isSought;
  }

  /** Whether the domain of an address is sought; false where it has none. */
  hasAddress(address: string): boolean {
    const domain = domainOf(address);
    return domain !== null && this.#isSought(domain);
  }

  /** The same of an address in bytes, from `start` to `end`. */
  hasAddressIn(bytes: Buffer, start: number, end: number): boolean {
    let hash = HASH_START;
    for (let at = end - 1; at >= start; at--) {
      const byte = bytes[at] ?? 0;
      if (byte === AT) {
        return this.#has(bytes, at + 1, end, hash);
      }
      hash = hashOn(hash, byte);
    }
    return false;
  }

  #has(bytes: Buffer, start: number, end: number, hash: number): boolean {
    const known = this.#known.get(hash);
    if (known !== undefined && isAlike(known.bytes, bytes, start, end)) {
      return known.isSought;
    }
    if (this.#known.size === KNOWN_MAX) {
      this.#known.clear();
    }
    const isSought = this.#isSought(bytes.toString("latin1", start, end));
    this.#known.set(hash, { bytes: Uint8Array.from(bytes.subarray(start, end)), isSought });
    return isSought;
  }
}

function isAlike(one: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (one.length !== end - start) {
    return false;
  }
  for (let index = 0; index < one.length; index++) {
    if (one[index] !== bytes[start + index]) {
      return false;
    }
  }
  return true;
}
