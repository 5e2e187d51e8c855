/**
 * Follows what was released to its end, by the queue and the mail log, and tells a report (outcome_report.ts).
 *
 * The logs are opened before anything is released, so that no line is missed. Prints nothing itself.
 */
import {
  Following,
  type FollowingLimits,
  type ReleasedMessage,
} from "../../following/following.ts";
import type { MailLog } from "../../following/mail_log.ts";
import { openMailLogs } from "../../following/open_mail_logs.ts";
import type { RecipientOutcome } from "../../following/outcome.ts";
import { SiteNames } from "../../index/site_names.ts";
import type { CommandTools } from "../command_tools.ts";
import { openQueue } from "../open_mail.ts";
import type { Ending } from "./outcome_report.ts";

/** Who is told of outcomes, and of what there are none. */
export interface OutcomeTaker {
  take(outcome: RecipientOutcome): void;
  addUnfollowed(count: number): void;
  end(ending: Ending, logNames: readonly string[]): void;
}

export class Follower {
  readonly #logs: readonly MailLog[];
  readonly #following: Following;
  readonly #taker: OutcomeTaker;

  private constructor(tools: CommandTools, taker: OutcomeTaker, logs: readonly MailLog[]) {
    this.#logs = logs;
    this.#taker = taker;
    const { instance, clock } = tools;
    const siteNames = new SiteNames(instance.idna2003);
    const ownNames = new Set(instance.logging.hostNames.map(firstLabel));
    this.#following = new Following({
      files: openQueue(tools),
      hashing: instance.hashing,
      siteOf: (address) => siteNames.siteOf(address),
      clock,
      logs,
      isOwnHost: (host) => ownNames.has(firstLabel(host)),
      onOutcome: (outcome) => taker.take(outcome),
    });
  }

  /** To be opened before anything is released. Throws CommandError where the queue can't be read. */
  static async open(tools: CommandTools, taker: OutcomeTaker): Promise<Follower> {
    const { maillogFile } = tools.instance.logging;
    const { programs, clock } = tools;
    const logs = await openMailLogs({ files: openQueue(tools), programs, clock, maillogFile });
    return new Follower(tools, taker, logs);
  }

  /** Those that were added and are followed. */
  get messageCount(): number {
    return this.#following.messageCount;
  }

  /** There is a log that tells what became of those that have left the queue. */
  get hasLog(): boolean {
    return this.#logs.length > 0;
  }

  /** Adds a message that was released. */
  add(message: ReleasedMessage): void {
    if (!this.#following.add(message)) {
      this.#taker.addUnfollowed(1);
    }
  }

  /** Follows all that were added. */
  async follow(limits: FollowingLimits): Promise<Ending> {
    const ending = await this.#following.run(limits);
    this.#taker.end(
      ending,
      this.#logs.map(({ name }) => name),
    );
    return ending;
  }

  /** To be closed whatever came of it. */
  close(): void {
    for (const log of this.#logs) {
      log.close();
    }
  }
}

/** Logs name a host with its domain or without. */
function firstLabel(host: string): string {
  return (host.split(".")[0] ?? "").toLowerCase();
}
