/**
 * Mail that is chosen by what is in the queue, without asking the flush service: for selections that it does not
 * know, and for sites that nothing is recorded of.
 *
 * Sites and patterns choose from deferred mail, as of one moment; queue IDs name messages in any queue. One message
 * at a time is in memory. Changes nothing.
 */
import { isNowhere, readQueued, type WaitingMessage } from "../../following/read_waiting.ts";
import type { DeferredMail, DeferredMessage, MailFilter } from "../../index/deferred_mail.ts";
import { SiteNames } from "../../index/site_names.ts";
import { siteMatcher } from "../../index/site_pattern.ts";
import { parseQueueId, type QueueId } from "../../names/names.ts";
import { parseSiteList } from "../../wire/site_list.ts";
import { commandOn } from "../command_on.ts";
import type { CommandTools } from "../command_tools.ts";
import { unreadableText } from "../deferred/read_mail.ts";
import { openMail, openQueue } from "../open_mail.ts";
import type { Selection } from "./selection.ts";

/** A message that was chosen. All text is byte strings. */
export interface ChosenMessage {
  readonly queueId: QueueId;
  /** Where it is; empty: in none of the queues. */
  readonly queue: string;
  /** When it is to be tried next, as it was seen in deferred; null: it is meant wherever it is. */
  readonly nextTrySeconds: number | null;
  /** Null: it could not be read, or isn't there. */
  readonly details: Pick<
    WaitingMessage,
    "sender" | "arrivalSeconds" | "sizeBytes" | "recipients"
  > | null;
}

/** Messages that were chosen. */
export interface ChosenMail {
  /** Of those that are there. */
  readonly messageCount: number;
  /** Files of the deferred queue of which can't be told whether they are meant. */
  readonly unreadableCount: number;
  /** Queue IDs that were named, and were in none of the queues when this was looked up. */
  readonly missing: ReadonlySet<QueueId>;
  /** Their destinations, as far as they are meant; empty for queue IDs. */
  readonly sites: readonly string[];
  /** Whether mail to this destination is meant. */
  isMeant(site: string): boolean;
  messages(): Iterable<ChosenMessage>;
}

const NONE_MISSING: ReadonlySet<QueueId> = new Set();

const ALL_SITES = (): boolean => true;

/** What a selection chooses, looked up when it is asked for, and only once. */
export class Choice {
  readonly siteNames: SiteNames;
  readonly selection: Selection;
  /** Null: all are meant. */
  readonly #isOfSite: ((site: string) => boolean) | null;
  readonly #tools: CommandTools;
  #mail: DeferredMail | null = null;
  #chosen: ChosenMail | null = null;
  #isUnreadableTold = false;

  constructor(tools: CommandTools, selection: Selection) {
    this.#tools = tools;
    this.selection = selection;
    this.siteNames = new SiteNames(tools.instance.idna2003);
    this.#isOfSite = this.#filterOf(selection);
  }

  /** Whether mail to this destination is meant. */
  get isMeant(): (site: string) => boolean {
    return this.#isOfSite ?? ALL_SITES;
  }

  /** Queue IDs that were in none of the queues when they were looked up; none before that. */
  get missing(): ReadonlySet<QueueId> {
    return this.#chosen?.missing ?? NONE_MISSING;
  }

  /** All deferred mail was asked for, and some of it can't be read: as far as it was looked up. */
  get isIncomplete(): boolean {
    return this.selection.kind === "all" && (this.#chosen?.unreadableCount ?? 0) > 0;
  }

  /** Says, once, which files can't be read as messages, as far as they were looked up. */
  tellUnreadable(): void {
    const count = this.#chosen?.unreadableCount ?? 0;
    if (count > 0 && this.#mail !== null && !this.#isUnreadableTold) {
      this.#isUnreadableTold = true;
      const fastflush = commandOn("fastflush", this.#tools.instance.configDirectory);
      const text = unreadableText(this.#mail, count, `${fastflush} list --json`);
      const whose = "For whom they are, nobody can tell.";
      const [begin, end] = this.isIncomplete ? ["Not complete: ", ""] : ["", `${whose}\n`];
      this.#tools.terminal.err(`${begin}${text}${end}`);
    }
  }

  /** Throws CommandError where the queue can't be read. */
  async open(): Promise<ChosenMail> {
    this.#chosen ??=
      this.selection.kind === "ids"
        ? this.#namedById(this.selection.ids)
        : await this.#deferredFor();
    return this.#chosen;
  }

  close(): void {
    this.#mail?.close();
  }

  #filterOf(selection: Selection): ((site: string) => boolean) | null {
    switch (selection.kind) {
      case "sites":
        return siteFilter(this.siteNames, selection.lists);
      case "match":
        return siteMatcher(selection.patterns, this.#tools.instance.idna2003);
      case "ids":
      case "all":
        return null;
    }
  }

  async #deferredFor(): Promise<ChosenMail> {
    const mail = await openMail(this.#tools);
    this.#mail = mail;
    const filter = { isOfSite: this.#isOfSite, isOfReason: null, arrivedBySeconds: null };
    const { messageCount, unreadableCount } = mail.totals(filter);
    return {
      messageCount,
      unreadableCount,
      missing: NONE_MISSING,
      sites: mail.groups("site", filter).map(({ name }) => name),
      isMeant: this.isMeant,
      messages: () => deferredMessages(mail, filter),
    };
  }

  #namedById(ids: readonly QueueId[]): ChosenMail {
    const { instance } = this.#tools;
    const files = openQueue(this.#tools);
    const siteOf = (address: string): string => this.siteNames.siteOf(address);
    const tools = { files, hashing: instance.hashing, siteOf };
    return {
      messageCount: ids.length,
      unreadableCount: 0,
      missing: new Set(ids.filter((id) => isNowhere(tools, id))),
      sites: [],
      isMeant: ALL_SITES,
      *messages() {
        for (const queueId of ids) {
          const found = readQueued(tools, queueId);
          yield found === "gone"
            ? { queueId, queue: "", nextTrySeconds: null, details: null }
            : { queueId, queue: found.queue, nextTrySeconds: null, details: found.message };
        }
      },
    };
  }
}

/** Whether a destination is in one of these lists. */
function siteFilter(siteNames: SiteNames, lists: readonly string[]): (site: string) => boolean {
  const filters = lists.flatMap((list) => {
    const named = parseSiteList(list);
    return named === null ? [] : [siteNames.isAmong(named)];
  });
  return (site) => filters.some((isAmong) => isAmong(site));
}

function* deferredMessages(mail: DeferredMail, filter: MailFilter): Generator<ChosenMessage> {
  for (const message of mail.messages(filter)) {
    const queueId = parseQueueId(message.queueId);
    if (queueId !== null) {
      const { nextTrySeconds } = message;
      yield { queueId, queue: "deferred", nextTrySeconds, details: detailsOf(message) };
    }
  }
}

function detailsOf({ sender, arrivalSeconds, sizeBytes, recipients }: DeferredMessage) {
  return { sender, arrivalSeconds, sizeBytes, recipients };
}
