/**
 * A queue's life in chapters: each does something to the mail or to the service, and leaves the queue to come to rest.
 *
 * What operators are told to do about the record (docs/OPERATING.md) is done here, and nothing else is.
 */
import { existsSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import type { FlushEntry } from "../../lab/instance_files.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { askReport } from "../../lab/report_request.ts";
import { oneIn, type Random } from "../support/random.ts";
import type { Disturbances } from "./disturbances.ts";
import { runRecipe } from "./recipes.ts";

/** Programs whose processes are killed, in turns, and how many are. The first is what this is about. */
const MORTALS = ["fastflush/flush", "smtp", "fastflush/flush", "qmgr"] as const;
const KILLS = 16;

/** Enough for the original to meet messages on hold and in delivery. */
const ORIGINAL_FLUSHES = 20;

/** A file system other than that of private instances. */
const OTHER_FILE_SYSTEM = "/dev/shm";

const REBUILD = ["request", "fastflush_rebuild", "version", "1"];

/** What a chapter is called, and what happens in it. */
export interface Chapter {
  readonly title: string;
  readonly happens: () => Promise<void>;
  /**
   * Which entries may be missing until a rebuild is asked for: any, where the original forgets them, or those
   * whose adds got no answer. None unless set.
   */
  readonly loses?: "any" | "unanswered";
  /** It asks for a rebuild itself. */
  readonly asks_for_rebuild?: boolean;
}

export class RecordStory {
  /** In this order. Six of them bring new mail. */
  readonly chapters: readonly Chapter[] = [
    { title: "new mail", happens: () => this.#newMail() },
    { title: "retries and flushes", happens: () => this.#retries() },
    { title: "deletions, holds, new names", happens: () => this.#operator() },
    { title: "the original serves", happens: () => this.#original() },
    { title: "the original is flushed", happens: () => this.#originalFlushes(), loses: "any" },
    { title: "processes are killed", happens: () => this.#deaths(), loses: "unanswered" },
    { title: "a backup is restored", happens: () => this.#restored(), asks_for_rebuild: true },
    { title: "held messages come back", happens: () => this.#releases() },
    { title: "the queue is moved", happens: () => this.#moved(), asks_for_rebuild: true },
    { title: "held messages come back again", happens: () => this.#releases() },
    { title: "life goes on there", happens: () => this.#retries() },
  ];
  readonly #instance: PostfixInstance;
  readonly #disturbances: Disturbances;
  readonly #random: Random;
  readonly #message_count: number;
  #rebuild_count = 0;

  /** `message_count`: how many messages come in each time. */
  constructor(
    instance: PostfixInstance,
    disturbances: Disturbances,
    random: Random,
    message_count: number,
  ) {
    this.#instance = instance;
    this.#disturbances = disturbances;
    this.#random = random;
    this.#message_count = message_count;
  }

  /** What an operator does after a lossy chapter: in turns as the page says, and by the request. */
  async askForRebuild(): Promise<void> {
    if (this.#rebuild_count++ % 2 === 0) {
      await runRecipe(this.#instance, "Ask for a rebuild");
      return;
    }
    const { end } = await askReport(this.#instance.flushSocket(), REBUILD);
    if (end?.status !== 0) {
      throw new Error(`ask for a rebuild: ${JSON.stringify(end)}`);
    }
  }

  async #newMail(): Promise<void> {
    await this.#disturbances.sendMail(this.#message_count);
  }

  async #retries(): Promise<void> {
    const mail = this.#newMail();
    for (let turn = 0; turn < 4; turn++) {
      await this.#disturbances.flushSite();
      await this.#disturbances.flushMessage();
    }
    await mail;
    await this.#disturbances.retryAll();
  }

  /** What postsuper(1) does to messages that are being delivered, and to others. */
  async #operator(): Promise<void> {
    await this.#disturbances.retryAll();
    await this.#disturbances.postsuper("-d", 15);
    await this.#disturbances.postsuper("-h", 6);
    await this.#disturbances.flushSite();
    await this.#disturbances.postsuper("-r", 8);
    await this.#disturbances.postsuper("-H", 4);
    await this.#disturbances.flushSite();
  }

  /** Nobody flushes a site: the original forgets then what is on hold or in delivery. */
  async #original(): Promise<void> {
    await this.#serve("flush");
    await this.#newMail();
    await this.#disturbances.retryAll();
    await this.#disturbances.postsuper("-d", 15);
    await this.#serve("fastflush/flush");
  }

  async #originalFlushes(): Promise<void> {
    await this.#serve("flush");
    await this.#disturbances.postsuper("-h", 4);
    const retries = this.#retries();
    for (let turn = 0; turn < ORIGINAL_FLUSHES; turn++) {
      await this.#disturbances.flushSite();
    }
    await retries;
    await this.#disturbances.postsuper("-H", 2);
    await this.#serve("fastflush/flush");
  }

  async #serve(command: FlushEntry["command"]): Promise<void> {
    this.#instance.setFlush({ command });
    await this.#instance.reload();
    await this.#disturbances.flushSite();
    await this.#instance.waitFor(
      `${command} to serve`,
      () => this.#instance.flushPids(command).length > 0,
    );
  }

  async #deaths(): Promise<void> {
    for (let turn = 0; turn < KILLS; turn++) {
      await (oneIn(this.#random, 3)
        ? this.#disturbances.retryAll()
        : this.#disturbances.flushSite());
      await this.#disturbances.kill(MORTALS[turn % MORTALS.length] ?? MORTALS[0]);
    }
  }

  /** Mail goes on after the backup, and all of that is forgotten. */
  async #restored(): Promise<void> {
    const backup = join(this.#instance.folder, "backup.tar");
    await runRecipe(this.#instance, "Back up", { backup });
    await this.#retries();
    await this.#disturbances.postsuper("-d", 2);
    await runRecipe(this.#instance, "Restore", { backup });
  }

  async #moved(): Promise<void> {
    const parent = existsSync(OTHER_FILE_SYSTEM) ? OTHER_FILE_SYSTEM : this.#instance.folder;
    const queue_directory = mkdtempSync(join(parent, "fastflush-queue-"));
    this.#instance.addFolder(queue_directory);
    await this.#disturbances.postsuper("-h", 6);
    await runRecipe(this.#instance, "Move", { new: queue_directory });
    this.#instance.setMain({ queue_directory });
  }

  async #releases(): Promise<void> {
    await this.#disturbances.postsuper("-H", 2);
  }
}
