/**
 * What became of released mail, as it is told at the end: the tables, what the numbers don't say, and with `--json` a
 * line for each recipient as soon as it is known. Several followers may tell one report.
 */
import { FOLLOWED_MAX } from "../../following/following.ts";
import type { RecipientOutcome } from "../../following/outcome.ts";
import type { CommandTools } from "../command_tools.ts";
import { jsonLine } from "../json_lines.ts";
import { ageText, countText, numberText, printable } from "../printable.ts";
import { OutcomeTally } from "./outcome_tally.ts";

/** How a following ended: all was known, it took too long, or somebody ended it. */
export type Ending = "done" | "late" | "stopped";

/** How to tell. */
export interface ReportHow {
  /** Whose schema the items are printed by. */
  readonly command: "send" | "watch";
  readonly json: boolean;
  readonly limitSeconds: number;
}

export class OutcomeReport {
  readonly how: ReportHow;
  readonly #terminal: CommandTools["terminal"];
  readonly #tally = new OutcomeTally();
  readonly #endings = new Set<Ending>();
  #logNames: readonly string[] = [];
  #unfollowedCount = 0;

  constructor({ terminal }: Pick<CommandTools, "terminal">, how: ReportHow) {
    this.#terminal = terminal;
    this.how = how;
  }

  /** All is known, and it was delivered. */
  get isAllDelivered(): boolean {
    return this.#tally.totals.delivered === this.#tally.count && this.#unfollowedCount === 0;
  }

  /** Takes in what became of a recipient. */
  take(outcome: RecipientOutcome): void {
    this.#tally.take(outcome);
    if (this.how.json) {
      const attributes = new Map([
        ["queue_id", outcome.queueId as string],
        ["recipient", outcome.address],
        ["site", outcome.site],
        ["outcome", outcome.outcome],
        ["dsn", outcome.status],
        ["reason", outcome.reason],
        ["relay", outcome.relay],
      ]);
      this.#terminal.out(jsonLine(this.how.command, "outcome", attributes) ?? "");
    }
  }

  /** So many messages were released, here or by others, and are not followed. */
  addUnfollowed(count: number): void {
    this.#unfollowedCount += count;
  }

  /** A following has ended, which went by these logs. */
  end(ending: Ending, logNames: readonly string[]): void {
    this.#endings.add(ending);
    this.#logNames = logNames;
  }

  /** Prints the tables, unless as JSON, and what they don't say. Destinations that are meant are told of first. */
  show(isMeant: (site: string) => boolean): void {
    if (!this.how.json && this.#tally.count > 0) {
      this.#terminal.out(`\n${this.#tally.text(this.#terminal.outColumns, isMeant)}`);
    }
    this.#explainLeft();
    this.#explainTrying();
    if (this.#unfollowedCount > 0) {
      this.#terminal.err(
        `${countText(this.#unfollowedCount, "message")} not followed: not more than ` +
          `${numberText(FOLLOWED_MAX)} recipients are.\n`,
      );
    }
  }

  /** For the end of `--json`. */
  totals(): ReadonlyMap<string, number> {
    return new Map([...Object.entries(this.#tally.totals), ["unfollowed", this.#unfollowedCount]]);
  }

  #explainLeft(): void {
    const { left } = this.#tally.totals;
    if (left > 0) {
      const names = this.#logNames.map(printable).join(", ");
      const why =
        names === "" ? "no mail log could be read" : `the mail log (${names}) has no line for them`;
      this.#terminal.err(
        `${countText(left, "recipient")} left the queue, delivered, bounced or taken out by an operator: ${why}.\n`,
      );
    }
  }

  #explainTrying(): void {
    const isStopped = this.#endings.has("stopped");
    if (isStopped || this.#endings.has("late")) {
      const when = isStopped
        ? "when you ended following"
        : `after ${ageText(this.how.limitSeconds)}`;
      const trying = countText(this.#tally.totals.trying, "recipient");
      this.#terminal.err(
        `${trying} still being tried ${when}: the mail system goes on by itself.\n`,
      );
    }
  }
}
