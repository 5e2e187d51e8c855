/**
 * Clients of flush services that ask without pause, all at once, for what a seed says.
 *
 * Each request goes to one of several sockets. A client has messages of its own: it defers them, has them
 * recorded, and those that somebody released it defers and has recorded again; so that whatever the services
 * do to each other, for every message it is known what must be true in the end. What is answered with anything
 * but OK is kept.
 */
import { type Answer, FlushConnection, flushRequest } from "../../lab/flush_request.ts";
import type { QueueId } from "../../src/names/names.ts";
import { oneIn, pick, type Random, randomFrom } from "../support/random.ts";
import type { PlainMessages } from "./plain_messages.ts";

/** What may be asked. */
export interface LoadPlan {
  readonly sockets: readonly string[];
  /** Those whose messages are recorded. */
  readonly sites: readonly string[];
  /** Those that are sent. */
  readonly sent: readonly string[];
  /** Whether all logs are sent, too. */
  readonly purges: boolean;
  readonly clients: number;
  /** Whether a client that has had so many answers asks once more. */
  readonly goesOn: (answers: number) => boolean;
}

/** A message and the site that it is recorded for. */
export interface RecordedMessage {
  readonly id: QueueId;
  readonly site: string;
}

/** How many more adds there are than anything else. */
const ADDS_IN_TEN = 7;

/** Once in so many sends: a message alone. Once in so many: the whole record. */
const ALONE = 4;
const WALK = 4;

/** Where nobody listens each request fails at once: nothing else would ever have its turn. */
const FAILED_PAUSE_MS = 10;

/** One after the other, several loads can be put on the same services; what was recorded stays known. */
export class SeededLoad {
  readonly #recorded = new Set<RecordedMessage>();
  /** All that anybody asked to be recorded, whatever the answer was. */
  readonly asked: RecordedMessage[] = [];
  /** Requests with other answers than OK, as text. */
  readonly failed: string[] = [];
  /** How often a message was deferred once more, after its release. */
  deferred_again = 0;
  /** Answers until now. */
  answers = 0;
  #clients = 0;

  constructor(
    readonly seed: number,
    readonly messages: PlainMessages,
  ) {}

  /** Messages of which an OK says that they are in the record as long as they are deferred. */
  get recorded(): RecordedMessage[] {
    return [...this.#recorded];
  }

  /** The add was answered with OK. */
  noteRecorded(message: RecordedMessage): void {
    this.#recorded.add(message);
  }

  /** The message was released and has come back: its old entry is gone, or may be. */
  noteDeferredAgain(message: RecordedMessage): void {
    this.#recorded.delete(message);
    this.deferred_again++;
  }

  /** Returns when all clients have all answers. */
  async run(plan: LoadPlan): Promise<void> {
    const clients = Array.from({ length: plan.clients }, () =>
      new Client(this, plan, randomFrom(this.seed + this.#clients++)).run(),
    );
    await Promise.all(clients);
  }
}

class Client {
  readonly #load: SeededLoad;
  readonly #plan: LoadPlan;
  readonly #random: Random;
  readonly #own: RecordedMessage[] = [];

  constructor(load: SeededLoad, plan: LoadPlan, random: Random) {
    this.#load = load;
    this.#plan = plan;
    this.#random = random;
  }

  async run(): Promise<void> {
    for (let answers = 0; this.#plan.goesOn(answers); answers++) {
      if (this.#own.length === 0 || this.#random(10) < ADDS_IN_TEN) {
        await this.#add();
      } else if (this.#plan.purges && oneIn(this.#random, WALK)) {
        await this.#ask("request", "purge");
      } else {
        await this.#send();
      }
    }
  }

  /** A new message, or one of our own once more. */
  async #add(): Promise<void> {
    const message = this.#takeOld() ?? this.#takeNew();
    const { id, site } = message;
    if (await this.#ask("request", "add", "site", site, "queue_id", id)) {
      this.#load.noteRecorded(message);
    }
  }

  #takeNew(): RecordedMessage {
    const id = this.#load.messages.create(this.#random);
    const message = { id, site: pick(this.#random, this.#plan.sites) };
    this.#own.push(message);
    this.#load.asked.push(message);
    return message;
  }

  #takeOld(): RecordedMessage | null {
    if (this.#own.length === 0 || oneIn(this.#random, 2)) {
      return null;
    }
    const message = pick(this.#random, this.#own);
    if (this.#load.messages.deferAgain(message.id)) {
      this.#load.noteDeferredAgain(message);
    }
    return message;
  }

  async #send(): Promise<void> {
    const { id } = pick(this.#random, this.#own);
    if (oneIn(this.#random, ALONE)) {
      await this.#ask("request", "send_file", "queue_id", id);
    } else if (oneIn(this.#random, WALK)) {
      await (oneIn(this.#random, 2) ? this.#ask("request", "rfrsh") : this.#wake());
    } else {
      await this.#ask("request", "send_site", "site", pick(this.#random, this.#plan.sent));
    }
  }

  /** As master(8) does it, but waiting for the answer. */
  async #wake(): Promise<boolean> {
    const connection = await FlushConnection.open(pick(this.#random, this.#plan.sockets));
    connection.write("W\0");
    return await this.#isOk(["W"], await connection.answer);
  }

  async #ask(...words: readonly string[]): Promise<boolean> {
    return await this.#isOk(
      words,
      await flushRequest(pick(this.#random, this.#plan.sockets), words),
    );
  }

  async #isOk(words: readonly string[], answer: Answer): Promise<boolean> {
    this.#load.answers++;
    const is_ok = answer.kind === "status" && answer.status === 0;
    if (!is_ok) {
      this.#load.failed.push(`${words.join(" ")}: ${JSON.stringify(answer)}`);
      await Bun.sleep(FAILED_PAUSE_MS);
    }
    return is_ok;
  }
}
