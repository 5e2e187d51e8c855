/**
 * What happens to mail and service between two quiet moments: an operator's commands, requests for a flush,
 * deaths of processes; each chosen and aimed by a seed.
 *
 * Every disturbance returns when the command has done its work; what Postfix makes of it goes on.
 */
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { pidsRunning } from "../../lab/processes.ts";
import { oneIn, pick, type Random } from "../support/random.ts";
import type { MoodySites } from "./moody_sites.ts";
import { RELAYING } from "./queue_reading.ts";

/** One in so many messages has many recipients. */
const MANY_OF = 3;
const MANY_MAX = 20;
const FEW_MAX = 3;

/** One in so many recipients is written in capitals, one in so many with a detour. */
const CAPITALS_OF = 10;
const DETOUR_OF = 15;

/** SMTP connections on which mail comes in at the same time. */
const CONNECTIONS = 4;

/** Messages that one command is given, at most: a command line holds that many. */
const COMMAND_IDS_MAX = 200;

const KILL_DELAY_MAX_MS = 200;

/** Disturbs one instance. */
export class Disturbances {
  /** How often each was done, for whoever wants to know that all were. */
  readonly done = new Map<string, number>();
  readonly #instance: PostfixInstance;
  readonly #moody: MoodySites;
  readonly #random: Random;

  constructor(instance: PostfixInstance, moody: MoodySites, random: Random) {
    this.#instance = instance;
    this.#moody = moody;
    this.#random = random;
  }

  /** New mail, to one to twenty recipients each. */
  async sendMail(count: number): Promise<void> {
    const letters = Array.from({ length: count }, () => this.#letter());
    const parts = Array.from({ length: CONNECTIONS }, (_, part) =>
      letters.filter((_letter, index) => index % CONNECTIONS === part),
    );
    await Promise.all(parts.map((part) => this.#instance.sendMail(part)));
  }

  #letter() {
    const count = 1 + this.#random(oneIn(this.#random, MANY_OF) ? MANY_MAX : FEW_MAX);
    const to = Array.from({ length: count }, (_, index) => this.#address(index));
    return { from: `sender@${this.#domain()}`, to, subject: `to ${count}` };
  }

  #address(index: number): string {
    const domain = this.#domain();
    if (oneIn(this.#random, DETOUR_OF)) {
      return `user${index}%${domain}@${RELAYING}`;
    }
    return `user${index}@${oneIn(this.#random, CAPITALS_OF) ? domain.toUpperCase() : domain}`;
  }

  #domain(): string {
    return pick(this.#random, this.#moody.sites).domain;
  }

  /** All deferred mail is tried again. */
  async retryAll(): Promise<void> {
    await this.#command("postqueue", "-f");
  }

  /** A flush of one site. */
  async flushSite(): Promise<void> {
    if (oneIn(this.#random, 2)) {
      await this.#command("postqueue", "-s", this.#domain());
    } else {
      this.#count("ETRN");
      await this.#instance.etrn(this.#domain());
    }
  }

  /** One message is tried again. */
  async flushMessage(): Promise<void> {
    for (const queue_id of await this.#someIds(1)) {
      await this.#command("postqueue", "-i", queue_id);
    }
  }

  /** postsuper(1) with one of its letters, for one in `of` of all messages. */
  async postsuper(letter: "-d" | "-h" | "-H" | "-r", of: number): Promise<void> {
    const queue_ids = await this.#someIds(of);
    if (queue_ids.length > 0) {
      await this.#command("postsuper", ...queue_ids.flatMap((queue_id) => [letter, queue_id]));
    }
  }

  /** One in `of` of all messages in the queue; one message for 1. */
  async #someIds(of: number): Promise<string[]> {
    const all = (await this.#instance.queue()).map(({ queue_id }) => queue_id).sort();
    if (all.length === 0) {
      return [];
    }
    return of === 1
      ? [pick(this.#random, all)]
      : all.filter(() => oneIn(this.#random, of)).slice(0, COMMAND_IDS_MAX);
  }

  /** Kills one process of this instance that runs this program, some time after now. */
  async kill(program: string): Promise<void> {
    await Bun.sleep(this.#random(KILL_DELAY_MAX_MS));
    const pids = pidsRunning(`${this.#instance.folder}/sbin/${program}`);
    if (pids.length > 0) {
      process.kill(pick(this.#random, pids), "SIGKILL");
      this.#count(`kill ${program}`);
    }
  }

  async #command(name: string, ...args: readonly string[]): Promise<void> {
    this.#count(`${name} ${args[0] ?? ""}`);
    await this.#instance.command(name, ...args);
  }

  #count(what: string): void {
    this.done.set(what, (this.done.get(what) ?? 0) + 1);
  }
}
