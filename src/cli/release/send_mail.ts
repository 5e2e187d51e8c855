/**
 * Releases what was chosen: sites through the flush service that records them, all else message by message.
 *
 * What the service does not tell of and the queue has deferred for what was chosen, is asked for by its queue ID, with a
 * request that every flush service has: all of it where the original answers; with ours what it keeps no log for, or
 * has missed. Each message is told once, when it has been released. What others have released or tried since the queue
 * was looked at is left alone, and what is being delivered now counted: whoever follows is told of both. Ctrl-C ends it
 * between two messages.
 */
import type { ReportItem } from "../../client/ask.ts";
import { type Release, releaseById, type Wanted } from "../../client/release_by_id.ts";
import { malformedSite, siteBatches } from "../../client/site_batches.ts";
import type { Files } from "../../effects/files.ts";
import { errorCode } from "../../effects/os_error.ts";
import { FOLLOWED_MAX, type ReleasedMessage } from "../../following/following.ts";
import { type InDelivery, isOnHold, messageInDelivery } from "../../following/in_delivery.ts";
import { hashedPath } from "../../names/hashed_path.ts";
import { parseQueueId, type QueueId } from "../../names/names.ts";
import { QueueIdSet } from "../../names/queue_id_set.ts";
import type { CommandTools } from "../command_tools.ts";
import { CommandError } from "../exit_status.ts";
import { noReport } from "../no_report.ts";
import { openQueue } from "../open_mail.ts";
import { printable } from "../printable.ts";
import { Progress } from "../progress.ts";
import { runRequests, type Sum, tellItem } from "../run_requests.ts";
import type { Choice, ChosenMail, ChosenMessage } from "./chosen_mail.ts";
import { addTotals, tellUnrecorded } from "./gather_preview.ts";
import { mailInDelivery, siteOf } from "./mail_in_delivery.ts";

/** So many messages whose files could not be changed are named. */
const NAMED_MAX = 20;

/** So many messages are released between two states of the bar. */
const BAR_STEP = 50;

/** Why a message came to what it came to, as the service puts it. */
const WHY: Readonly<Record<Release, string>> = {
  released: "",
  kept: "in active or hold",
  gone: "in none of the queues",
  tried: "released or tried meanwhile",
  failed: "its file can't be moved: see the log",
};

/** How to release, and whom to tell. */
export interface SendHow {
  /** Whose schema the items are printed by. */
  readonly command: "send" | "watch";
  /** A byte string. */
  readonly reason: string;
  readonly json: boolean;
  /** Is told each message that was released, here or by others meanwhile, with all that is known of it; null: nobody follows. */
  readonly onReleased: ((message: ReleasedMessage) => void) | null;
}

/** What came of it. */
export interface Sent {
  readonly sum: Sum;
  /** Some of those that could not be released: queue IDs, printable. */
  readonly failed: readonly string[];
  /** Those that were named by their IDs, and were in none of the queues, neither at first nor when their turn came. */
  readonly missing: ReadonlySet<QueueId>;
  /** Totals of what was released message by message; null: nothing was. */
  readonly byIdTotals: Sum["totals"];
  /** All mail that is being delivered now was looked at: there is no more than the totals say. */
  readonly isDeliveryComplete: boolean;
  readonly isInterrupted: boolean;
}

/** Releases what was chosen. */
export async function sendMail(tools: CommandTools, choice: Choice, how: SendHow): Promise<Sent> {
  return await new Sending(tools, choice, how).run();
}

class Sending {
  readonly #tools: CommandTools;
  readonly #choice: Choice;
  readonly #how: SendHow;
  readonly #failed: string[] = [];
  readonly #missing = new Set<QueueId>();
  /** Whom the service has told of, by outcome; those that it released after all stand in both. */
  readonly #told = new Map([["released", new QueueIdSet()]]);
  /** How often an outcome is not a message's, as it was told of once more; negative. A log names it for each site. */
  readonly #repeats = new Map<string, number>();
  #opened: Files | null = null;
  /** By queue ID, what is known of messages before they are released. */
  readonly #known = new Map<string, ReleasedMessage>();
  /** There are messages that the service has released and not told of. */
  #hasOmitted = false;
  /** Mail for what was chosen that others have released, or that has just come. */
  #inDelivery: InDelivery = { messages: new Map(), isComplete: true };
  #isInterrupted = false;

  constructor(tools: CommandTools, choice: Choice, how: SendHow) {
    this.#tools = tools;
    this.#choice = choice;
    this.#how = how;
  }

  get #files(): Files {
    this.#opened ??= openQueue(this.#tools);
    return this.#opened;
  }

  async run(): Promise<Sent> {
    const lists = await this.#listsForService();
    const sum = lists.length === 0 ? EMPTY_SUM : await this.#askService(lists);
    if (sum.failure !== null && !sum.isOriginal) {
      return this.#sent(sum, null);
    }
    tellUnrecorded(this.#tools, sum);
    const rest = await this.#sendRest();
    const inDelivery = new Map([["in_delivery", this.#inDelivery.messages.size]]);
    const totals = addTotals(addTotals(sum.totals, rest.totals), inDelivery);
    for (const message of this.#inDelivery.messages.values()) {
      this.#how.onReleased?.(message);
    }
    return this.#sent({ ...rest, totals, hasFailed: sum.hasFailed }, rest.totals);
  }

  /** What the service is asked to send: nothing where messages are named by their IDs. */
  async #listsForService(): Promise<readonly string[]> {
    const { selection } = this.#choice;
    if (selection.kind === "sites") {
      return selection.lists;
    }
    const { sites } = await this.#choice.open();
    const nameable = sites.filter((site) => site !== "" && malformedSite([site]) === null);
    return nameable.length === 0 ? [] : siteBatches(nameable);
  }

  /** What the service has not told of. What it may have sent before is told also where the queue can't be read. */
  async #sendRest(): Promise<Sum> {
    try {
      const chosen = await this.#choice.open();
      const isTold = (id: QueueId): boolean => this.#toldOutcome(id) !== null;
      this.#inDelivery = await mailInDelivery(this.#tools, this.#choice, isTold);
      return await this.#releaseById(chosen);
    } catch (caught) {
      if (!(caught instanceof CommandError)) {
        throw caught;
      }
      return { ...EMPTY_SUM, failure: caught };
    }
  }

  async #askService(lists: readonly string[]): Promise<Sum> {
    await this.#learnRecipients();
    const requests = lists.map(
      (sites) => ({ name: "send", sites, reason: this.#how.reason }) as const,
    );
    const sum = await runRequests(this.#tools, requests, {
      command: this.#how.command,
      json: this.#how.json,
      onItem: () => {},
      onEach: (item) => this.#takeItem(item),
    });
    this.#hasOmitted = (sum.totals?.get("omitted") ?? 0) > 0;
    if (this.#hasOmitted) {
      this.#findOmitted();
    }
    this.#known.clear();
    return { ...sum, totals: sum.totals && addTotals(sum.totals, this.#repeats) };
  }

  /** Who waits in the messages that the service is going to release: afterwards it can't be read any more. */
  async #learnRecipients(): Promise<void> {
    if (this.#how.onReleased === null) {
      return;
    }
    const chosen = await this.#choice.open();
    let weight = 0;
    for (const message of chosen.messages()) {
      weight += Math.max(1, message.details?.recipients.length ?? 0);
      if (weight > FOLLOWED_MAX) {
        return;
      }
      this.#known.set(message.queueId, releasedMessage(message));
    }
  }

  #takeItem({ item, attributes }: ReportItem): void {
    const id = parseQueueId(attributes.get("queue_id") ?? "");
    if (item !== "message" || id === null) {
      return;
    }
    const outcome = attributes.get("outcome") ?? "";
    const before = this.#toldOutcome(id);
    if (before === null || (before !== "released" && outcome === "released")) {
      this.#discount(before);
      this.#take(id, outcome);
      const told = this.#told.get(outcome) ?? new QueueIdSet();
      told.add(id);
      this.#told.set(outcome, told);
    } else {
      this.#discount(outcome);
    }
  }

  /** What the service has made of a message, as far as it has told; null: nothing yet. */
  #toldOutcome(id: QueueId): string | null {
    return this.#told.entries().find(([, ids]) => ids.has(id))?.[0] ?? null;
  }

  #discount(outcome: string | null): void {
    if (outcome !== null) {
      this.#repeats.set(outcome, (this.#repeats.get(outcome) ?? 0) - 1);
    }
  }

  #take(id: QueueId, outcome: string): void {
    if (outcome === "failed" && this.#failed.length < NAMED_MAX) {
      this.#failed.push(printable(id));
    }
    const { onReleased } = this.#how;
    if (onReleased !== null && outcome === "released") {
      onReleased(this.#known.get(id) ?? unknownMessage(id));
    } else if (onReleased !== null && this.#isTakenUp(id, outcome)) {
      onReleased(this.#known.get(id) ?? this.#readInDelivery(id) ?? unknownMessage(id));
    }
    this.#known.delete(id);
    this.#inDelivery.messages.delete(id);
  }

  /** Others have released it, or Postfix has: whoever follows wants to know of it. What is on hold stays there. */
  #isTakenUp(id: QueueId, outcome: string): boolean {
    const { hashing } = this.#tools.instance;
    return (
      outcome === "tried" || (outcome === "kept" && !isOnHold({ files: this.#files, hashing }, id))
    );
  }

  #readInDelivery(id: QueueId): ReleasedMessage | null {
    const { hashing } = this.#tools.instance;
    return messageInDelivery({ files: this.#files, hashing, siteOf: siteOf(this.#choice) }, id);
  }

  /** The service has left out items: whoever it should have released and is no longer deferred was among them. */
  #findOmitted(): void {
    for (const message of this.#known.values()) {
      if (!this.#isDeferred(message.queueId)) {
        this.#how.onReleased?.(message);
      }
    }
  }

  #isDeferred(id: QueueId): boolean {
    try {
      this.#files.statusOf(hashedPath("deferred", id, this.#tools.instance.hashing));
      return true;
    } catch (caught) {
      if (errorCode(caught) === "") {
        throw caught;
      }
      return false;
    }
  }

  async #releaseById(chosen: ChosenMail): Promise<Sum> {
    const counts: Record<Release, number> = {
      released: 0,
      kept: 0,
      tried: 0,
      gone: 0,
      failed: 0,
    };
    let done = 0;
    const progress = new Progress(this.#tools);
    const listening = this.#tools.interrupts.listen(() => {
      this.#isInterrupted = true;
    });
    const onRelease = (id: QueueId, release: Release): void => {
      counts[release]++;
      if (release === "gone" && chosen.missing.has(id)) {
        this.#missing.add(id);
      }
      this.#tellRelease(id, release);
      if (++done % BAR_STEP === 0) {
        progress.bar("Releasing", done, Math.max(done, chosen.messageCount), "message");
      }
    };
    const { socket, instance } = this.#tools;
    const tools = { socket, files: this.#files, hashing: instance.hashing };
    const shouldStop = (): boolean => this.#isInterrupted;
    try {
      const answer = await releaseById(tools, this.#untold(chosen.messages()), {
        onRelease,
        shouldStop,
      });
      const failure = answer === null ? null : noReport(answer, this.#tools.place);
      return {
        ...EMPTY_SUM,
        totals: addTotals(NO_TOTALS, new Map(Object.entries(counts))),
        failure,
      };
    } finally {
      listening.cancel();
      progress.clear();
    }
  }

  *#untold(messages: Iterable<ChosenMessage>): Generator<Wanted> {
    for (const message of messages) {
      const isTold =
        this.#toldOutcome(message.queueId) !== null ||
        (this.#hasOmitted && !this.#isDeferred(message.queueId));
      if (!isTold) {
        if (this.#how.onReleased !== null) {
          this.#known.set(message.queueId, releasedMessage(message));
        }
        yield message;
      }
    }
  }

  #tellRelease(id: QueueId, release: Release): void {
    const attributes = new Map([
      ["queue_id", id as string],
      ["outcome", release],
      ["why", WHY[release]],
    ]);
    const { command, json } = this.#how;
    const options = { command, json, onItem: () => {} };
    tellItem(this.#tools, options, { kind: "item", item: "message", attributes });
    this.#take(id, release);
  }

  #sent(sum: Sum, byIdTotals: Sum["totals"]): Sent {
    return {
      sum,
      failed: this.#failed,
      missing: this.#missing,
      byIdTotals,
      isDeliveryComplete: this.#inDelivery.isComplete,
      isInterrupted: this.#isInterrupted,
    };
  }
}

/** Of a release that has come to nothing. */
export const NO_TOTALS: ReadonlyMap<string, number> = new Map(
  ["released", "kept", "tried", "gone", "skipped", "failed", "omitted"].map((name) => [name, 0]),
);

const EMPTY_SUM: Sum = {
  totals: NO_TOTALS,
  hasFailed: false,
  refused: [],
  failure: null,
  isOriginal: false,
};

function releasedMessage({ queueId, details }: ChosenMessage): ReleasedMessage {
  if (details === null) {
    return unknownMessage(queueId);
  }
  const { arrivalSeconds, recipients } = details;
  return {
    queueId,
    arrivalSeconds,
    recipients: recipients.map(({ address, site }) => ({ address, site })),
  };
}

function unknownMessage(queueId: QueueId): ReleasedMessage {
  return { queueId, arrivalSeconds: null, recipients: [] };
}
