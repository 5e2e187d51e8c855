/**
 * Answers about deferred mail out of the index.
 *
 * Sums are made of the batches' facts, which stay in memory (some 40 bytes a message): one way through columns of
 * numbers for each answer, and one for those that every list begins with (sums_ahead.ts). A filter is asked for each site once, and for each reason once in each batch. Messages are
 * told as of the moment when the index was opened; their texts are read when they are asked for. Says the same as
 * messages_in_memory.ts does.
 *
 * Throws StoreFault from its constructor where the index is broken; what turns out to be broken later is read anew, as
 * it is then.
 */
import { type IndexStore, StoreFault } from "../effects/index_store.ts";
import { BatchReasons, BatchState, WholeBatch } from "./batch.ts";
import {
  groupsOfRecipients,
  type LoadedBatch,
  NO_FILTER,
  select,
  unreadableCountOf,
} from "./batch_selection.ts";
import type {
  AgeRow,
  DeferredMail,
  DeferredMessage,
  GroupBy,
  MailFilter,
  MailGroup,
  MailTotals,
  UnreadableFile,
} from "./deferred_mail.ts";
import { type Grouping, GroupSums, type Selection } from "./group_sums.ts";
import { loadBatch } from "./merge_batches.ts";
import { NoMessage } from "./no_message.ts";
import { Numbering } from "./numbering.ts";
import type { PackedTexts } from "./packing.ts";
import { SUMMED_AHEAD, SumsAhead } from "./sums_ahead.ts";

/** Where a message stands. */
interface MessagePlace {
  readonly queueId: string;
  readonly batch: WholeBatch;
  readonly index: number;
}

export class IndexedMail implements DeferredMail {
  #store: IndexStore;
  #batches: readonly LoadedBatch[];
  /** Of these batches, or of some of them so far. */
  #ahead: SumsAhead;
  readonly #readAnew: (fault: StoreFault) => IndexStore;

  /**
   * `ahead` has made sums of batches of this store, as they are now. `readAnew` gives what is used in place of a store that
   * turns out to be of no use.
   */
  constructor(store: IndexStore, ahead: SumsAhead, readAnew: (fault: StoreFault) => IndexStore) {
    this.#store = store;
    this.#batches = ahead.load(store, store.batches());
    this.#ahead = ahead;
    this.#readAnew = readAnew;
  }

  groups(by: GroupBy, filter: MailFilter): MailGroup[] {
    return this.#unlessBroken(() => {
      if (by === SUMMED_AHEAD && letsAllThrough(filter)) {
        return this.#wholeSums().groups();
      }
      const sums = new GroupSums();
      this.#forEachBatch(filter, ({ facts }, selection) => {
        const groups = groupsOfRecipients(by, facts, sums.names);
        sums.add(facts, selection, groups, sums.names.texts.length);
      });
      return sums.groups();
    });
  }

  memberships(by: GroupBy, onMessage: (queueId: string, groups: readonly string[]) => void): void {
    // All is read before the first is told: what was told is not told once more where a store turns out to be broken.
    const batches = this.#unlessBroken(() =>
      this.#batches.map((batch) => {
        const queueIds = new BatchState(this.#store.part(batch.number, "state")).names;
        return { batch, queueIds };
      }),
    );
    const names = new Numbering();
    const lists = new SharedLists(names.texts);
    for (const { batch, queueIds } of batches) {
      const grouping = groupsOfRecipients(by, batch.facts, names);
      forEachMessage(select(batch, NO_FILTER), grouping, (index, groups) => {
        onMessage(queueIds.at(index), lists.of(groups));
      });
    }
  }

  totals(filter: MailFilter): MailTotals {
    return this.#unlessBroken(() => {
      const unreadableCount = this.#batches.reduce(
        (sum, batch) => sum + unreadableCountOf(batch),
        0,
      );
      if (letsAllThrough(filter)) {
        return { ...this.#wholeSums().totals(), unreadableCount };
      }
      const sums = new GroupSums();
      this.#forEachBatch(filter, ({ facts }, selection) => {
        const keys = facts.siteOfRecipient;
        sums.add(facts, selection, { keys, groups: new Uint32Array(facts.sites.count) }, 1);
      });
      return { ...sums.totals(), unreadableCount };
    });
  }

  ages(
    by: GroupBy,
    filter: MailFilter,
    nowSeconds: number,
    limitsSeconds: readonly number[],
  ): AgeRow[] {
    return this.#unlessBroken(() => {
      const names = new Numbering();
      const rows: number[][] = [];
      this.#forEachBatch(filter, ({ facts }, { recipients, messages }) => {
        const { keys, groups } = groupsOfRecipients(by, facts, names);
        recipients.forEach((recipient, at) => {
          const age = nowSeconds - (facts.arrivals[messages[at] ?? 0] ?? 0);
          const within = limitsSeconds.findIndex((limit) => age <= limit);
          const bucket = within === -1 ? limitsSeconds.length : within;
          const group = groups[keys[recipient] ?? 0] ?? 0;
          const counts = rows[group] ?? Array<number>(limitsSeconds.length + 1).fill(0);
          rows[group] = counts;
          counts[bucket] = (counts[bucket] ?? 0) + 1;
        });
      });
      return rows.flatMap((counts, number) => [{ name: names.texts[number] ?? "", counts }]);
    });
  }

  *messages(filter: MailFilter): Generator<DeferredMessage, void, void> {
    for (const { batch, index } of this.#unlessBroken(() => this.#find(filter))) {
      const { message } = batch.at(index);
      if (!(message instanceof NoMessage)) {
        yield message;
      }
    }
  }

  unreadable(countMax: number): UnreadableFile[] {
    return this.#unlessBroken(() => {
      let first: UnreadableFile[] = [];
      for (const batch of this.#batches) {
        if (unreadableCountOf(batch) > 0) {
          first = [...first, ...this.#unreadableOf(batch)]
            .sort((one, other) => (one.path < other.path ? -1 : 1))
            .slice(0, countMax);
        }
      }
      return first;
    });
  }

  close(): void {
    this.#store.close();
  }

  /** Sums over all messages, by what is summed up ahead. */
  #wholeSums(): GroupSums {
    this.#ahead.add(this.#batches);
    return this.#ahead.sums;
  }

  #unreadableOf({ number, directory, facts, live }: LoadedBatch): UnreadableFile[] {
    const whole = new WholeBatch(loadBatch(this.#store, number));
    const found: UnreadableFile[] = [];
    for (let index = 0; index < live.length; index++) {
      if (live[index] === 1 && facts.unreadable[index] === 1) {
        const { name, message } = whole.at(index);
        const why = message instanceof NoMessage ? message.why : "";
        found.push({ path: `${directory}/${name}`, why });
      }
    }
    return found;
  }

  /** The messages that a filter lets through, by queue ID. */
  #find(filter: MailFilter): MessagePlace[] {
    const places: MessagePlace[] = [];
    this.#forEachBatch(filter, (loaded, { messages }) => {
      const indices = new Set(messages);
      if (indices.size > 0) {
        const batch = new WholeBatch(loadBatch(this.#store, loaded.number));
        for (const index of indices) {
          places.push({ queueId: batch.state.names.at(index), batch, index });
        }
      }
    });
    return places.sort((one, other) => (one.queueId < other.queueId ? -1 : 1));
  }

  #forEachBatch(
    { isOfSite, isOfReason, arrivedBySeconds }: MailFilter,
    act: (batch: LoadedBatch, selection: Selection) => void,
  ): void {
    const askedSites = new Map<string, boolean>();
    const askSite = (site: string): boolean => {
      const answer = askedSites.get(site) ?? isOfSite?.(site) === true;
      askedSites.set(site, answer);
      return answer;
    };
    for (const batch of this.#batches) {
      const selection = select(batch, {
        sites: isOfSite === null ? null : asked(batch.facts.sites, askSite),
        reasons: isOfReason === null ? null : this.#askedReasons(batch.number, isOfReason),
        arrivedBySeconds: arrivedBySeconds ?? Number.POSITIVE_INFINITY,
      });
      act(batch, selection);
    }
  }

  #askedReasons(batch: number, isOfReason: (reason: string) => boolean): Uint8Array {
    const { statuses, reasons } = new BatchReasons(this.#store.part(batch, "reasons"));
    const answers = new Uint8Array(reasons.count);
    for (let index = 0; index < reasons.count; index++) {
      const parts = [statuses.at(index), reasons.at(index)].filter((part) => part !== "");
      answers[index] = isOfReason(parts.join(" ")) ? 1 : 0;
    }
    return answers;
  }

  #unlessBroken<Result>(answer: () => Result): Result {
    try {
      return answer();
    } catch (caught) {
      if (!(caught instanceof StoreFault)) {
        throw caught;
      }
      this.#store.close();
      this.#store = this.#readAnew(caught);
      this.#ahead = new SumsAhead();
      this.#batches = this.#ahead.load(this.#store, this.#store.batches());
      return answer();
    }
  }
}

function letsAllThrough({ isOfSite, isOfReason, arrivedBySeconds }: MailFilter): boolean {
  return isOfSite === null && isOfReason === null && arrivedBySeconds === null;
}

/** Lists of names by their numbers; one name's list is one object, as most messages have but one group. */
class SharedLists {
  readonly #names: readonly string[];
  readonly #single: (readonly string[])[] = [];

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  of(numbers: ReadonlySet<number>): readonly string[] {
    const [first = 0] = numbers;
    if (numbers.size > 1) {
      return Array.from(numbers, (number) => this.#names[number] ?? "");
    }
    this.#single[first] ??= [this.#names[first] ?? ""];
    return this.#single[first];
  }
}

/** Each selected message, by its place, with the numbers of its groups: a set that is used again. */
function forEachMessage(
  { recipients, messages }: Selection,
  { keys, groups: groupOfKey }: Grouping,
  act: (index: number, groups: ReadonlySet<number>) => void,
): void {
  const groups = new Set<number>();
  for (const [at, index] of messages.entries()) {
    groups.add(groupOfKey[keys[recipients[at] ?? 0] ?? 0] ?? 0);
    if (messages[at + 1] !== index) {
      act(index, groups);
      groups.clear();
    }
  }
}

function asked(texts: PackedTexts, ask: (text: string) => boolean): Uint8Array {
  return Uint8Array.from(texts.all(), (text) => (ask(text) ? 1 : 0));
}
