/**
 * When a process asks for its successor: early enough that one is ready when this one has had its max_use clients.
 *
 * master(8) starts a process when all that it has say that they are taken and a client waits. Until the new one is ready, which
 * takes it some 10 ms, nobody would serve if the old one asked with its last client. So it asks once what it may still accept is
 * gone, at the pace of the clients that came last, in about the time that it took to start itself; and goes on meanwhile.
 *
 * Guarantees that a process asks once at the most, and not before some clients of its own: while clients keep coming there are
 * no more starts than clients / max_use. Where the pace was misjudged, as after a few clients at once and none behind them, the
 * successor is there early and serves beside this one; if none come for max_idle, both end: two starts where one would have
 * done. Pure.
 */

/** A start may take longer than one's own did: the machine is busier now, or this process would not be used up. */
const STARTS_AHEAD = 2;

/** Fewer say nothing of a pace. */
const CLIENTS_SEEN_MIN = 4;

/** After so many the pace is taken anew: clients that came slowly once say nothing of those that come now. */
const CLIENTS_SEEN_MAX = 64;

export class Succession {
  readonly #maxUse: number;
  readonly #aheadMs: number;
  /** From here the pace is taken: the client's number, and when it came. */
  #firstSeen: number | null = null;
  #firstSeenMs = 0;
  #hasAsked = false;

  /** `startedInMs`: how long this process took from its beginning until it could serve. */
  constructor(maxUse: number, startedInMs: number) {
    this.#maxUse = maxUse;
    this.#aheadMs = STARTS_AHEAD * startedInMs;
  }

  /** Whether it has asked: master takes it for taken since. */
  get hasAsked(): boolean {
    return this.#hasAsked;
  }

  /** Whether to ask now, when the client that is number `count` of this process has come; true once. */
  isDue(count: number, nowMs: number): boolean {
    if (this.#hasAsked) {
      return false;
    }
    const seen = this.#firstSeen === null ? 0 : count - this.#firstSeen;
    if (seen >= CLIENTS_SEEN_MIN) {
      const leftMs = ((nowMs - this.#firstSeenMs) / seen) * (this.#maxUse - count);
      this.#hasAsked = leftMs < this.#aheadMs;
    }
    if (this.#firstSeen === null || seen >= CLIENTS_SEEN_MAX) {
      this.#firstSeen = count;
      this.#firstSeenMs = nowMs;
    }
    return this.#hasAsked;
  }
}
