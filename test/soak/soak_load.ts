/**
 * The mixed load of a soak: each deed at its time, whether the one before has been answered or not, up to a limit.
 *
 * The messages are a fixed number, with queue files and defer files that can be read; what is released comes back, so
 * that the queue and the record stay as large as they are. Answers other than OK are kept as text.
 */
import { FlushConnection, flushRequest } from "../../lab/flush_request.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { askReport } from "../../lab/report_request.ts";
import type { QueueId } from "../../src/names/names.ts";
import { hashingOf } from "../contract/hashing.ts";
import { type MessageContent, PlainMessages } from "../postfix/plain_messages.ts";
import { buildDeferFile, buildQueueFile } from "../support/queue_files.ts";
import { pick, type Random } from "../support/random.ts";
import { type Deed, HOUR_MS, TIMES_AN_HOUR } from "./hour.ts";

const SITES = Array.from({ length: 50 }, (_, number) => `site${number}.example`);

/** For the original alone. */
const CONTROL_SITE = "control.example";

/**
 * Nothing new is begun while so many requests are open: a load without bounds measures itself, and master(8)'s listen
 * queue holds 100, beyond which Bun's connections fail instead of waiting.
 */
const OPEN_MAX = 50;

/** How often it is looked at what is due. */
const TICK_MS = 2;

/** A wake-up goes over the whole record, at a quarter of a processor. */
const WAKE_UP_LIMIT_MS = 2 * 60 * 1000;

interface Message {
  readonly id: QueueId;
  readonly site: string;
}

/** What was seen since the last look. */
export interface Latencies {
  readonly ours_ms: readonly number[];
  readonly original_ms: readonly number[];
}

/** How the load goes. */
export interface SoakPlan {
  readonly duration_ms: number;
  /** How many times as fast as in the hour of hour.ts. */
  readonly speed: number;
  readonly messages: number;
  readonly ours: string;
  readonly original: string;
}

export class SoakLoad {
  /** How often each thing was done. */
  readonly done = new Map<Deed, number>();
  readonly failed: string[] = [];
  readonly #instance: PostfixInstance;
  readonly #random: Random;
  readonly #plan: SoakPlan;
  readonly #plain: PlainMessages;
  readonly #messages: readonly Message[];
  #ours_ms: number[] = [];
  #original_ms: number[] = [];
  readonly #open = new Set<Promise<void>>();

  constructor(instance: PostfixInstance, random: Random, plan: SoakPlan) {
    this.#instance = instance;
    this.#random = random;
    this.#plan = plan;
    this.#plain = new PlainMessages(instance, hashingOf());
    this.#messages = Array.from({ length: plan.messages }, () => {
      const site = pick(random, SITES);
      return { id: this.#plain.create(random, contentFor(site)), site };
    });
  }

  /** Takes what was measured since the last time. */
  takeLatencies(): Latencies {
    const taken = { ours_ms: this.#ours_ms, original_ms: this.#original_ms };
    this.#ours_ms = [];
    this.#original_ms = [];
    return taken;
  }

  /** Does everything at its time, each thing first in the beginning, for `duration_ms`; returns when all is answered. */
  async run(): Promise<void> {
    const start_ms = performance.now();
    const due = Object.entries(TIMES_AN_HOUR) as (readonly [Deed, number])[];
    const { duration_ms, speed } = this.#plan;
    for (let now_ms = 0; now_ms < duration_ms; now_ms = performance.now() - start_ms) {
      for (const [deed, times] of due) {
        const goal = Math.ceil((now_ms * speed * times) / HOUR_MS);
        while ((this.done.get(deed) ?? 0) < goal && this.#open.size < OPEN_MAX) {
          this.#begin(deed);
        }
      }
      await Bun.sleep(TICK_MS);
    }
    await Promise.all(this.#open);
  }

  #begin(deed: Deed): void {
    this.done.set(deed, (this.done.get(deed) ?? 0) + 1);
    const doing = this.#do(deed).catch((error) => {
      this.failed.push(`${deed}: ${error}`);
    });
    this.#open.add(doing);
    void doing.then(() => this.#open.delete(doing));
  }

  #do(deed: Deed): Promise<void> {
    const { id, site } = pick(this.#random, this.#messages);
    switch (deed) {
      case "add":
        return this.#add(id, site);
      case "add to the original":
        return this.#addToOriginal(id);
      case "send_site":
        return this.#ask("send_site", "site", site);
      case "send_file":
        return this.#ask("send_file", "queue_id", id);
      case "rfrsh":
      case "purge":
        return this.#ask(deed);
      case "wake-up":
        return this.#wakeUp();
      case "hang up":
        return this.#hangUp(id, site);
      case "fastflush_sites":
      case "fastflush_rebuild":
        return this.#report(deed, "version", "1");
      case "fastflush_send":
        return this.#report(deed, "version", "1", "sites", site, "reason", "soak");
      default:
        return this.#report(deed, "version", "1", "sites", site);
    }
  }

  /** As when a message is deferred, mostly not for the first time. */
  async #add(id: QueueId, site: string): Promise<void> {
    this.#plain.deferAgain(id);
    const start_ms = performance.now();
    await this.#ask("add", "site", site, "queue_id", id);
    this.#ours_ms.push(performance.now() - start_ms);
  }

  async #addToOriginal(id: QueueId): Promise<void> {
    const words = ["request", "add", "site", CONTROL_SITE, "queue_id", id];
    const start_ms = performance.now();
    const answer = await flushRequest(this.#instance.flushSocket(this.#plan.original), words);
    this.#original_ms.push(performance.now() - start_ms);
    this.#expectOk("add to the original", answer);
  }

  async #ask(...words: readonly string[]): Promise<void> {
    this.#expectOk(words.join(" "), await flushRequest(this.#socket, ["request", ...words]));
  }

  async #wakeUp(): Promise<void> {
    const connection = await FlushConnection.open(this.#socket, WAKE_UP_LIMIT_MS);
    connection.write("W\0");
    this.#expectOk("wake-up", await connection.answer);
  }

  async #report(...words: readonly string[]): Promise<void> {
    const { end } = await askReport(this.#socket, ["request", ...words]);
    this.#expectOk(words.join(" "), { kind: "status", status: end?.status ?? Number.NaN });
  }

  /** At once, within a request, or before the answer is read. */
  async #hangUp(id: QueueId, site: string): Promise<void> {
    const request = `request\0add\0site\0${site}\0queue_id\0${id}\0\0`;
    const connection = await FlushConnection.open(this.#socket);
    connection.write(request.slice(0, this.#random(2) * (1 + this.#random(request.length))));
    connection.close();
  }

  #expectOk(what: string, answer: unknown): void {
    if (!Bun.deepEquals(answer, { kind: "status", status: 0 })) {
      this.failed.push(`${what}: ${JSON.stringify(answer)}`);
    }
  }

  get #socket(): string {
    return this.#instance.flushSocket(this.#plan.ours);
  }
}

/** A message with one recipient at the site, who was tried in vain. */
function contentFor(site: string): MessageContent {
  const recipient = `user@${site}`;
  const { text, offsets } = buildQueueFile({ recipients: [{ address: recipient }] });
  const [offset = 0] = offsets;
  return { queue_file: text, defer_file: buildDeferFile([{ recipient, offset }]) };
}
