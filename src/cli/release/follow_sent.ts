/**
 * `send --wait`: follows what was released to its end, with a bar meanwhile and tables in the end.
 *
 * The logs are opened before anything is released, so that no line is missed. Ctrl-C and the limit end the
 * following, not the mail system's work: what is known by then is told.
 */
import { FOLLOWED_MAX, Following, type ReleasedMessage } from "../../following/following.ts";
import type { MailLog } from "../../following/mail_log.ts";
import { openMailLogs } from "../../following/open_mail_logs.ts";
import type { RecipientOutcome } from "../../following/outcome.ts";
import { SiteNames } from "../../index/site_names.ts";
import type { CommandTools } from "../command_tools.ts";
import { jsonLine } from "../json_lines.ts";
import { openQueue } from "../open_mail.ts";
import { ageText, countText, numberText, printable } from "../printable.ts";
import { Progress } from "../progress.ts";
import { OutcomeTally } from "./outcome_tally.ts";

const MS_PER_SECOND = 1000;

/** How to follow. */
export interface FollowHow {
  readonly limitSeconds: number;
  readonly json: boolean;
}

/** From before the release to the tables. */
export class Follower {
  readonly #tools: CommandTools;
  readonly #how: FollowHow;
  readonly #logs: readonly MailLog[];
  readonly #following: Following;
  readonly #tally = new OutcomeTally();
  #unfollowedCount = 0;

  private constructor(tools: CommandTools, how: FollowHow, logs: readonly MailLog[]) {
    this.#tools = tools;
    this.#how = how;
    this.#logs = logs;
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
      onOutcome: (outcome) => this.#take(outcome),
    });
  }

  /** To be opened before anything is released. Throws CommandError where the queue can't be read. */
  static async open(tools: CommandTools, how: FollowHow): Promise<Follower> {
    const { maillogFile } = tools.instance.logging;
    const { programs, clock } = tools;
    const logs = await openMailLogs({ files: openQueue(tools), programs, clock, maillogFile });
    return new Follower(tools, how, logs);
  }

  /** Adds a message that was released. */
  add(message: ReleasedMessage): void {
    if (!this.#following.add(message)) {
      this.#unfollowedCount++;
    }
  }

  /**
   * Follows, prints what came of it unless as JSON, and says whether all was delivered. Whoever has ended the release
   * (`isEnded`) doesn't wait for more: nothing is followed. Destinations that are meant are told of first.
   */
  async run(isEnded: boolean, isMeant: (site: string) => boolean): Promise<boolean> {
    const { terminal } = this.#tools;
    const { messageCount } = this.#following;
    if (messageCount === 0) {
      this.#explain("done");
      return this.#unfollowedCount === 0;
    }
    if (isEnded) {
      this.#unfollowedCount += messageCount;
      const messages = countText(this.#unfollowedCount, "message");
      terminal.err(`${messages} released and not followed, as you ended it.\n`);
      return false;
    }
    const ending = await this.#follow();
    if (!this.#how.json) {
      terminal.out(`\n${this.#tally.text(terminal.outColumns, isMeant)}`);
    }
    this.#explain(ending);
    return this.#tally.totals.delivered === this.#tally.count && this.#unfollowedCount === 0;
  }

  async #follow(): Promise<"done" | "late" | "stopped"> {
    const progress = new Progress(this.#tools);
    let isInterrupted = false;
    const listening = this.#tools.interrupts.listen(() => {
      isInterrupted = true;
    });
    try {
      return await this.#following.run({
        limitMs: this.#how.limitSeconds * MS_PER_SECOND,
        shouldStop: () => isInterrupted,
        onLook: (done, all) => progress.bar("Following", done, all, "message"),
      });
    } finally {
      listening.cancel();
      progress.clear();
    }
  }

  /** To be closed whatever came of it. */
  close(): void {
    for (const log of this.#logs) {
      log.close();
    }
  }

  /** For the end of `--json`. */
  totals(): ReadonlyMap<string, number> {
    return new Map([...Object.entries(this.#tally.totals), ["unfollowed", this.#unfollowedCount]]);
  }

  #take(outcome: RecipientOutcome): void {
    this.#tally.take(outcome);
    if (this.#how.json) {
      const attributes = new Map([
        ["queue_id", outcome.queueId as string],
        ["recipient", outcome.address],
        ["site", outcome.site],
        ["outcome", outcome.outcome],
        ["dsn", outcome.status],
        ["reason", outcome.reason],
        ["relay", outcome.relay],
      ]);
      this.#tools.terminal.out(jsonLine("send", "outcome", attributes) ?? "");
    }
  }

  /** What the numbers don't say. */
  #explain(ending: "done" | "late" | "stopped"): void {
    const { terminal } = this.#tools;
    const { left, trying } = this.#tally.totals;
    if (left > 0) {
      const names = this.#logs.map(({ name }) => printable(name)).join(", ");
      const why =
        names === "" ? "no mail log could be read" : `the mail log (${names}) has no line for them`;
      terminal.err(
        `${countText(left, "recipient")} left the queue, delivered, bounced or taken out by an operator: ${why}.\n`,
      );
    }
    if (ending !== "done") {
      const when =
        ending === "late" ? `after ${ageText(this.#how.limitSeconds)}` : "when you ended following";
      terminal.err(
        `${countText(trying, "recipient")} still being tried ${when}: the mail system goes on by itself.\n`,
      );
    }
    if (this.#unfollowedCount > 0) {
      terminal.err(
        `${countText(this.#unfollowedCount, "message")} released and not followed: not more than ` +
          `${numberText(FOLLOWED_MAX)} recipients are.\n`,
      );
    }
  }
}

/** Logs name a host with its domain or without. */
function firstLabel(host: string): string {
  return (host.split(".")[0] ?? "").toLowerCase();
}
