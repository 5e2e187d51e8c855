/**
 * Releases what was chosen: sites through the flush service that records them, all else message by message.
 *
 * Where the original answers, and for sites that nothing is recorded of, the messages are those that are deferred for
 * them, and each is asked for with a request that every flush service has. Each message is told once, when it has
 * been released. Ctrl-C ends it between two messages.
 */
import type { ReportItem } from "../client/ask.ts";
import { type Release, releaseById } from "../client/release_by_id.ts";
import { malformedSite, siteBatches } from "../client/site_batches.ts";
import { errorCode } from "../effects/os_error.ts";
import { FOLLOWED_MAX, type ReleasedMessage } from "../following/following.ts";
import { hashedPath } from "../names/hashed_path.ts";
import { parseQueueId, type QueueId } from "../names/names.ts";
import { QueueIdSet } from "../names/queue_id_set.ts";
import type { Choice, ChosenMail, ChosenMessage } from "./chosen_mail.ts";
import type { CommandTools } from "./command_tools.ts";
import { CommandError } from "./exit_status.ts";
import { addTotals, restFilter, tellUnrecorded } from "./gather_preview.ts";
import { noReport } from "./no_report.ts";
import { openQueue } from "./open_mail.ts";
import { printable } from "./printable.ts";
import { Progress } from "./progress.ts";
import { runRequests, type Sum, tellItem } from "./run_requests.ts";

/** So many messages whose files could not be changed are named. */
const NAMED_MAX = 20;

/** So many messages are released between two states of the bar. */
const BAR_STEP = 50;

/** Why a message came to what it came to, as the service puts it. */
const WHY: Readonly<Record<Release, string>> = {
  released: "",
  kept: "in active or hold",
  gone: "in none of the queues",
  failed: "its file can't be moved: see the log",
};

/** How to release, and whom to tell. */
export interface SendHow {
  /** A byte string. */
  readonly reason: string;
  readonly json: boolean;
  /** Is told each message that was released, with all that is known of it; null: nobody follows. */
  readonly onReleased: ((message: ReleasedMessage) => void) | null;
}

/** What came of it. */
export interface Sent {
  readonly sum: Sum;
  /** Some of those that could not be released: queue IDs, printable. */
  readonly failed: readonly string[];
  /** Totals of what was released message by message; null: nothing was. */
  readonly byIdTotals: Sum["totals"];
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
  /** Whom the service has told of. */
  readonly #told = new QueueIdSet();
  /** By queue ID, what is known of messages before they are released. */
  readonly #known = new Map<string, ReleasedMessage>();
  #isInterrupted = false;

  constructor(tools: CommandTools, choice: Choice, how: SendHow) {
    this.#tools = tools;
    this.#choice = choice;
    this.#how = how;
  }

  async run(): Promise<Sent> {
    const { lists, isOfRest } = await this.#plan();
    let sum: Sum = EMPTY_SUM;
    let rest = isOfRest;
    if (lists.length > 0) {
      sum = await this.#askService(lists);
      const isRefused = restFilter(this.#choice, lists, sum);
      rest = sum.isOriginal ? ALL_SITES : eitherOf(isRefused, rest);
    }
    if ((sum.failure !== null && !sum.isOriginal) || rest === null) {
      return this.#sent(sum, null);
    }
    tellUnrecorded(this.#tools, sum);
    const byId = await this.#sendRest(rest);
    const totals = addTotals(sum.totals, byId.totals);
    return this.#sent({ ...byId, totals, hasFailed: sum.hasFailed }, byId.totals);
  }

  /** What the service may have sent before is told also where the queue can't be read. */
  async #sendRest(isOfRest: (site: string) => boolean): Promise<Sum> {
    try {
      const chosen = await this.#choice.open();
      return await this.#releaseById(chosen, chosen.messages(isOfRest));
    } catch (caught) {
      if (!(caught instanceof CommandError)) {
        throw caught;
      }
      return { ...EMPTY_SUM, failure: caught };
    }
  }

  /** What the service is asked to send, and what it can't be asked for. */
  async #plan(): Promise<{
    readonly lists: readonly string[];
    readonly isOfRest: ((site: string) => boolean) | null;
  }> {
    const { selection } = this.#choice;
    if (selection.kind === "sites") {
      return { lists: selection.lists, isOfRest: null };
    }
    const { sites } = await this.#choice.open();
    const isNameable = (site: string): boolean => malformedSite([site]) === null && site !== "";
    const nameable = sites.filter(isNameable);
    const isWhole = nameable.length === sites.length && selection.kind !== "ids";
    return {
      lists: nameable.length === 0 ? [] : siteBatches(nameable),
      isOfRest: isWhole ? null : (site) => !isNameable(site) || selection.kind === "ids",
    };
  }

  async #askService(lists: readonly string[]): Promise<Sum> {
    await this.#learnRecipients();
    const requests = lists.map(
      (sites) => ({ name: "send", sites, reason: this.#how.reason }) as const,
    );
    const sum = await runRequests(this.#tools, requests, {
      command: "send",
      json: this.#how.json,
      onItem: () => {},
      onEach: (item) => this.#takeItem(item),
    });
    if ((sum.totals?.get("omitted") ?? 0) > 0) {
      this.#findOmitted();
    }
    this.#known.clear();
    return sum;
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
    if (item === "message" && id !== null) {
      this.#told.add(id);
      this.#take(id, attributes.get("outcome") ?? "");
    }
  }

  #take(id: QueueId, outcome: string): void {
    if (outcome === "failed" && this.#failed.length < NAMED_MAX) {
      this.#failed.push(printable(id));
    }
    if (outcome === "released") {
      this.#how.onReleased?.(this.#known.get(id) ?? unknownMessage(id));
    }
    this.#known.delete(id);
  }

  /** The service has left out items: whoever it should have released and is no longer deferred was among them. */
  #findOmitted(): void {
    const files = openQueue(this.#tools);
    const { hashing } = this.#tools.instance;
    for (const message of this.#known.values()) {
      try {
        files.statusOf(hashedPath("deferred", message.queueId, hashing));
      } catch (caught) {
        if (errorCode(caught) === "") {
          throw caught;
        }
        this.#how.onReleased?.(message);
      }
    }
  }

  async #releaseById(chosen: ChosenMail, messages: Iterable<ChosenMessage>): Promise<Sum> {
    const counts: Record<Release, number> = { released: 0, kept: 0, gone: 0, failed: 0 };
    const progress = new Progress(this.#tools.terminal);
    const listening = this.#tools.interrupts.listen(() => {
      this.#isInterrupted = true;
    });
    const onRelease = (id: QueueId, release: Release): void => {
      counts[release]++;
      this.#tellRelease(id, release);
      const done = counts.released + counts.kept + counts.gone + counts.failed;
      if (done % BAR_STEP === 0) {
        progress.bar("Releasing", done, Math.max(done, chosen.messageCount), "message");
      }
    };
    const { socket, instance } = this.#tools;
    const tools = { socket, files: openQueue(this.#tools), hashing: instance.hashing };
    const shouldStop = (): boolean => this.#isInterrupted;
    try {
      const answer = await releaseById(tools, this.#idsOf(messages), { onRelease, shouldStop });
      const failure = answer === null ? null : noReport(answer, this.#tools.place);
      return { ...EMPTY_SUM, totals: addTotals(NOTHING, new Map(Object.entries(counts))), failure };
    } finally {
      listening.cancel();
      progress.clear();
    }
  }

  *#idsOf(messages: Iterable<ChosenMessage>): Generator<QueueId> {
    for (const message of messages) {
      if (!this.#told.has(message.queueId)) {
        if (this.#how.onReleased !== null) {
          this.#known.set(message.queueId, releasedMessage(message));
        }
        yield message.queueId;
      }
    }
  }

  #tellRelease(id: QueueId, release: Release): void {
    const attributes = new Map([
      ["queue_id", id as string],
      ["outcome", release],
      ["why", WHY[release]],
    ]);
    const options = { command: "send", json: this.#how.json, onItem: () => {} } as const;
    tellItem(this.#tools, options, { kind: "item", item: "message", attributes });
    this.#take(id, release);
  }

  #sent(sum: Sum, byIdTotals: Sum["totals"]): Sent {
    return { sum, failed: this.#failed, byIdTotals, isInterrupted: this.#isInterrupted };
  }
}

const ALL_SITES = (): boolean => true;

const NOTHING: ReadonlyMap<string, number> = new Map(
  ["released", "kept", "gone", "skipped", "failed", "omitted"].map((name) => [name, 0]),
);

const EMPTY_SUM: Sum = {
  totals: NOTHING,
  hasFailed: false,
  refused: [],
  failure: null,
  isOriginal: false,
};

type SiteFilter = ((site: string) => boolean) | null;

function eitherOf(one: SiteFilter, other: SiteFilter): SiteFilter {
  return one === null || other === null
    ? (one ?? other)
    : (site: string): boolean => one(site) || other(site);
}

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
