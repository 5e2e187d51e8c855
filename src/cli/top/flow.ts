/**
 * Which messages came into groups of deferred mail, and which went, between moments; as rates. Pure.
 *
 * A message that Postfix tries again leaves the deferred queue and comes back: that is neither. So one that is missing
 * counts as gone when it was missing at two moments in a row and is not being delivered at the second. What counts is
 * the message in the group: one that was delivered to a destination and still waits for another has left the first.
 */
import type { Rates } from "./sample.ts";

const MS_PER_MINUTE = 60_000;

/** Rates are of the last minute, or of the last two moments where these are further apart. */
const WINDOW_MS = MS_PER_MINUTE;

/** Of so many messages, some 100 MB, is kept where they count; of more than these there are no rates. */
const MESSAGES_MAX = 500_000;

/** In place of a group: all messages, each once. */
const ALL = Symbol("all");

type Counts = Map<string | typeof ALL, number>;

/** What has changed between two moments. */
interface Change {
  readonly fromMs: number;
  readonly toMs: number;
  readonly came: Counts;
  readonly went: Counts;
}

interface Known {
  groups: readonly string[];
  /** The last moment that it was seen at. */
  moment: number;
}

export class Flow {
  readonly #known = new Map<string, Known>();
  readonly #messagesMax: number;
  #changes: Change[] = [];
  #moment = 0;
  #atMs = 0;
  #isTooMuch = false;

  constructor(messagesMax = MESSAGES_MAX) {
    this.#messagesMax = messagesMax;
  }

  /**
   * Takes what is deferred at a moment: `tell` tells each message with its groups. `inDelivery` is asked once, and only
   * where somebody is missing; its answer says whether a message is being delivered now.
   */
  take(
    atMs: number,
    tell: (onMessage: (queueId: string, groups: readonly string[]) => void) => void,
    inDelivery: () => (queueId: string) => boolean,
  ): void {
    const change = { fromMs: this.#atMs, toMs: atMs, came: new Map(), went: new Map() };
    this.#moment++;
    this.#atMs = atMs;
    if (!this.#isTooMuch) {
      tell((queueId, groups) => this.#see(queueId, groups, change));
      this.#findGone(inDelivery, change);
    }
    if (this.#isTooMuch) {
      this.#known.clear();
      this.#changes = [];
    } else if (this.#moment > 1) {
      const last = this.#changes.filter(({ fromMs }) => fromMs >= atMs - WINDOW_MS);
      this.#changes = [...last, change];
    }
  }

  /** Of a group. */
  ratesOf(group: string): Rates {
    return this.#rates(group);
  }

  /** Of all messages, each counted once. */
  get totalRates(): Rates {
    return this.#rates(ALL);
  }

  #rates(group: string | typeof ALL): Rates {
    const [first] = this.#changes;
    if (first === undefined) {
      return { inPerMinute: null, outPerMinute: null };
    }
    const minutes = (this.#atMs - first.fromMs) / MS_PER_MINUTE;
    const perMinute = (of: "came" | "went"): number =>
      this.#changes.reduce((sum, change) => sum + (change[of].get(group) ?? 0), 0) / minutes;
    return { inPerMinute: perMinute("came"), outPerMinute: perMinute("went") };
  }

  #see(queueId: string, groups: readonly string[], { came, went }: Change): void {
    const known = this.#known.get(queueId);
    if (known === undefined) {
      if (this.#known.size >= this.#messagesMax) {
        this.#isTooMuch = true;
        return;
      }
      this.#known.set(queueId, { groups, moment: this.#moment });
      count(came, [ALL, ...groups]);
      return;
    }
    known.moment = this.#moment;
    if (!areSame(known.groups, groups)) {
      count(came, lacking(groups, known.groups));
      count(went, lacking(known.groups, groups));
      known.groups = groups;
    }
  }

  #findGone(inDelivery: () => (queueId: string) => boolean, { went }: Change): void {
    let isInDelivery: ((queueId: string) => boolean) | null = null;
    for (const [queueId, { groups, moment }] of this.#known) {
      if (moment < this.#moment - 1) {
        isInDelivery ??= inDelivery();
        if (!isInDelivery(queueId)) {
          this.#known.delete(queueId);
          count(went, [ALL, ...groups]);
        }
      }
    }
  }
}

/** Most messages have but one group. */
function areSame(names: readonly string[], others: readonly string[]): boolean {
  return names.length === others.length && names.every((name) => others.includes(name));
}

/** Those of the names that are not among the others. */
function lacking(names: readonly string[], others: readonly string[]): readonly string[] {
  return names.filter((name) => !others.includes(name));
}

function count(counts: Counts, names: readonly (string | typeof ALL)[]): void {
  for (const name of names) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
}
