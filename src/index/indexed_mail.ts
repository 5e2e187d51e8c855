/**
 * Answers about deferred mail out of the index.
 *
 * Sums are made of the batches' facts, which stay in memory (some 40 bytes a message): one way through columns of
 * numbers for each answer. A filter is asked for each site once, and for each reason once in each batch. Messages are
 * told as of the moment when the index was opened; their texts are read when they are asked for. Says the same as
 * messages_in_memory.ts does.
 *
 * Throws StoreFault from its constructor where the index is broken; what turns out to be broken later is read anew, as
 * it is then.
 */
import { type IndexStore, type StoredBatch, StoreFault } from "../effects/index_store.ts";
import { BatchFacts, BatchReasons, BatchState, WholeBatch } from "./batch.ts";
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
import { GroupSums, type Selection } from "./group_sums.ts";
import { loadBatch } from "./merge_batches.ts";
import { NoMessage } from "./no_message.ts";
import { Numbering } from "./numbering.ts";
import type { PackedTexts } from "./packing.ts";
import { parentDomain } from "./parent_domain.ts";

/** A batch as far as it is in memory. */
interface LoadedBatch extends StoredBatch {
  readonly facts: BatchFacts;
}

/** What a filter lets through of a batch: 1, by number of site and of reason. Null: all. */
interface BatchFilter {
  readonly sites: Uint8Array | null;
  readonly reasons: Uint8Array | null;
  readonly arrivedBySeconds: number;
}

const NO_FILTER: BatchFilter = {
  sites: null,
  reasons: null,
  arrivedBySeconds: Number.POSITIVE_INFINITY,
};

/** Where a message stands. */
interface MessagePlace {
  readonly queueId: string;
  readonly batch: WholeBatch;
  readonly index: number;
}

export class IndexedMail implements DeferredMail {
  #store: IndexStore;
  #batches: readonly LoadedBatch[];
  readonly #readAnew: (fault: StoreFault) => IndexStore;

  /** `readAnew` gives what is used in place of a store that turns out to be of no use. */
  constructor(store: IndexStore, readAnew: (fault: StoreFault) => IndexStore) {
    this.#store = store;
    this.#batches = loadFacts(store);
    this.#readAnew = readAnew;
  }

  groups(by: GroupBy, filter: MailFilter): MailGroup[] {
    return this.#unlessBroken(() => {
      const sums = new GroupSums();
      this.#forEachBatch(filter, ({ facts }, selection) => {
        const groups = groupsOfRecipients(by, facts, sums.names);
        sums.add(facts, selection, groups, sums.names.texts.length);
        sums.countReasons(facts, selection, groups);
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
      const groupOf = groupsOfRecipients(by, batch.facts, names);
      forEachMessage(select(batch, NO_FILTER), groupOf, (index, groups) => {
        onMessage(queueIds.at(index), lists.of(groups));
      });
    }
  }

  totals(filter: MailFilter): MailTotals {
    return this.#unlessBroken(() => {
      const sums = new GroupSums();
      let unreadableCount = 0;
      this.#forEachBatch(filter, (batch, selection) => {
        const { facts } = batch;
        const oneGroup = new Uint32Array(facts.siteOfRecipient.length);
        sums.add(facts, selection, oneGroup, 1);
        unreadableCount += unreadableCountOf(batch);
      });
      return { ...sums.totals(0), unreadableCount };
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
        const groups = groupsOfRecipients(by, facts, names);
        recipients.forEach((recipient, at) => {
          const age = nowSeconds - (facts.arrivals[messages[at] ?? 0] ?? 0);
          const within = limitsSeconds.findIndex((limit) => age <= limit);
          const bucket = within === -1 ? limitsSeconds.length : within;
          const group = groups[recipient] ?? 0;
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
      this.#batches = loadFacts(this.#store);
      return answer();
    }
  }
}

function loadFacts(store: IndexStore): LoadedBatch[] {
  return store.batches().map((batch) => {
    const facts = new BatchFacts(store.part(batch.number, "facts"));
    return { ...batch, facts };
  });
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
  groupOf: Uint32Array,
  act: (index: number, groups: ReadonlySet<number>) => void,
): void {
  const groups = new Set<number>();
  for (const [at, index] of messages.entries()) {
    groups.add(groupOf[recipients[at] ?? 0] ?? 0);
    if (messages[at + 1] !== index) {
      act(index, groups);
      groups.clear();
    }
  }
}

/** Which group each recipient of a batch belongs to: numbers of `names`. */
function groupsOfRecipients(by: GroupBy, facts: BatchFacts, names: Numbering): Uint32Array {
  const { siteOfRecipient, reasonOfRecipient, relayOfReason } = facts;
  const groups = new Uint32Array(siteOfRecipient.length);
  if (by === "relay") {
    const relays = names.ofAll(facts.relays);
    for (let recipient = 0; recipient < groups.length; recipient++) {
      groups[recipient] = relays[relayOfReason[reasonOfRecipient[recipient] ?? 0] ?? 0] ?? 0;
    }
  } else {
    const sites = names.ofAll(facts.sites, by === "parent" ? parentDomain : undefined);
    for (let recipient = 0; recipient < groups.length; recipient++) {
      groups[recipient] = sites[siteOfRecipient[recipient] ?? 0] ?? 0;
    }
  }
  return groups;
}

/** The recipients that a filter lets through. */
function select(
  { facts, live }: LoadedBatch,
  { sites, reasons, arrivedBySeconds }: BatchFilter,
): Selection {
  const { arrivals, recipientEnds, siteOfRecipient, reasonOfRecipient } = facts;
  const recipients = new Uint32Array(siteOfRecipient.length);
  const messages = new Uint32Array(siteOfRecipient.length);
  let count = 0;
  let recipient = 0;
  for (let index = 0; index < live.length; index++) {
    const end = recipientEnds[index] ?? 0;
    if (live[index] !== 1 || (arrivals[index] ?? 0) > arrivedBySeconds) {
      recipient = end;
      continue;
    }
    for (; recipient < end; recipient++) {
      if (
        (sites === null || sites[siteOfRecipient[recipient] ?? 0] === 1) &&
        (reasons === null || reasons[reasonOfRecipient[recipient] ?? 0] === 1)
      ) {
        recipients[count] = recipient;
        messages[count] = index;
        count++;
      }
    }
  }
  return { recipients: recipients.subarray(0, count), messages: messages.subarray(0, count) };
}

function asked(texts: PackedTexts, ask: (text: string) => boolean): Uint8Array {
  return Uint8Array.from(texts.all(), (text) => (ask(text) ? 1 : 0));
}

function unreadableCountOf({ facts, live }: LoadedBatch): number {
  const { unreadable } = facts;
  let count = 0;
  // There are none, nearly always.
  for (let index = unreadable.indexOf(1); index !== -1; index = unreadable.indexOf(1, index + 1)) {
    count += live[index] ?? 0;
  }
  return count;
}
