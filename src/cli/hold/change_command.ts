/**
 * What hold, release and delete have in common: the messages are gathered, shown or asked about, and then those and no
 * others are held, released or deleted by postsuper(1); what came of each is told.
 */
import { wallSeconds } from "../../effects/clock.ts";
import { OsError } from "../../effects/os_error.ts";
import type {
  ChangeHow,
  ChangeOutcome,
  ChangeTools,
  Target,
} from "../../holding/change_messages.ts";
import type { QueueId } from "../../names/names.ts";
import type { CommandTools } from "../command_tools.ts";
import { requireTerminal } from "../consent.ts";
import { CommandError, EXIT } from "../exit_status.ts";
import { jsonLine } from "../json_lines.ts";
import { openQueue } from "../open_mail.ts";
import { countText, printable } from "../printable.ts";
import { Progress } from "../progress.ts";
import type { Choice } from "../release/chosen_mail.ts";
import { logLine, orderText, reasonText } from "../release/log_release.ts";
import { inDeliveryText, mailInDelivery } from "../release/mail_in_delivery.ts";
import { type ChangeOrder, undoneText } from "./change_order.ts";
import { type Gathered, gatherMessages } from "./gather_messages.ts";
import { CHANGE_WORDS, leftText } from "./hold_words.ts";
import { requireRoot } from "./holds.ts";
import { endLine, showGathered, summaryText } from "./show_gathered.ts";

/** So many messages are changed between two states of the bar. */
const BAR_STEP = 50;

/** So much of what postsuper says beside what it did is shown. */
const TROUBLE_LINES_MAX = 5;

/** The steps in which the commands differ. */
export interface ChangeSteps {
  /** Messages in other queues that something is done with too: they are not told to be left alone. */
  readonly alsoMeant: ReadonlySet<QueueId>;
  /** Asks at the terminal. */
  agree(gathered: Gathered): Promise<boolean>;
  /** Does it; returns what postsuper has said beside what it did. */
  act(tools: ChangeTools, targets: readonly Target[], how: ChangeHow): Promise<readonly string[]>;
  /** What is said of those that were done; a line, or nothing. */
  doneText(count: number): string;
  /** More totals for the end of --json. */
  totals(): ReadonlyMap<string, number>;
}

/** Goes through the steps, and returns the exit status. Throws CommandError. */
export async function runChange(
  tools: CommandTools,
  choice: Choice,
  order: ChangeOrder,
  steps: ChangeSteps,
): Promise<number> {
  const { change, isHeld, isDryRun, isAsked, isWhole, json } = order;
  if (!isDryRun) {
    requireRoot(tools, undoneText(change));
  }
  if (isAsked && !isDryRun) {
    const look = `--dry-run to see ${CHANGE_WORDS[change].shown}`;
    requireTerminal(tools.terminal, { what: undoneText(change), verb: change, look });
  }
  const shown = showGathered(tools, order);
  const { onMessage } = shown;
  const { alsoMeant } = steps;
  const gathering = { change, isHeld, isWhole, alsoMeant, onMessage };
  const gathered = await gatherMessages(tools, choice, gathering);
  choice.tellUnreadable();
  const isFound = gathered.missing.size === 0 && !choice.isIncomplete;
  const passing = isHeld ? null : await mailInDelivery(tools, choice, () => false);
  const inDelivery = passing?.messages.size ?? 0;
  const passingText = inDeliveryText(inDelivery, passing?.isComplete !== false);
  if (isDryRun) {
    shown.end(gathered, inDelivery, passingText);
    return isFound ? EXIT.done : EXIT.found;
  }
  const isNothing = gathered.targets.length === 0 && steps.alsoMeant.size === 0;
  if (isNothing && gathered.left.size === 0 && !json) {
    const { mail } = CHANGE_WORDS[change];
    tools.terminal.out(`${undoneText(change)}: no ${mail} was found for this.\n${passingText}`);
    return isFound ? EXIT.done : EXIT.found;
  }
  if (isAsked && !isNothing) {
    tools.terminal.err(summaryText(gathered, order, wallSeconds(tools.clock)));
    if (!(await steps.agree(gathered))) {
      tools.terminal.err(`${undoneText(change)}.\n`);
      return EXIT.found;
    }
  }
  const changing = new Changing(tools, order, gathered);
  const trouble = await changing.run(steps);
  await changing.log();
  changing.tell(steps, trouble, inDelivery, passingText);
  return isFound && changing.isWhole && trouble.length === 0 ? EXIT.done : EXIT.found;
}

/** A change that goes on. */
class Changing {
  readonly #tools: CommandTools;
  readonly #order: ChangeOrder;
  readonly #gathered: Gathered;
  readonly #counts: Map<ChangeOutcome | "partly", number>;
  #toldCount = 0;
  #isInterrupted = false;

  constructor(tools: CommandTools, order: ChangeOrder, gathered: Gathered) {
    this.#tools = tools;
    this.#order = order;
    this.#gathered = gathered;
    this.#counts = new Map(gathered.left);
  }

  /** Nothing failed, and all were come to. */
  get isWhole(): boolean {
    return !this.#counts.has("failed") && this.#toldCount === this.#gathered.targets.length;
  }

  async run(steps: ChangeSteps): Promise<readonly string[]> {
    const { programs, instance, interrupts } = this.#tools;
    const tools = {
      programs,
      files: openQueue(this.#tools),
      hashing: instance.hashing,
      configDirectory: instance.configDirectory,
    };
    const progress = new Progress(this.#tools);
    const listening = interrupts.listen(() => {
      this.#isInterrupted = true;
    });
    const { targets } = this.#gathered;
    try {
      return await steps.act(tools, targets, {
        shouldStop: () => this.#isInterrupted,
        onOutcome: (target, outcome) => {
          this.#take(target, outcome);
          if (this.#toldCount % BAR_STEP === 0) {
            progress.bar("Running postsuper", this.#toldCount, targets.length, "message");
          }
        },
      });
    } catch (caught) {
      if (!(caught instanceof OsError)) {
        throw caught;
      }
      const text = `postsuper(1) can't be started (${caught.text}). ${undoneText(this.#order.change)}.`;
      throw new CommandError(EXIT.found, text);
    } finally {
      listening.cancel();
      progress.clear();
    }
  }

  #take({ queueId }: Target, outcome: ChangeOutcome): void {
    this.#toldCount++;
    this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + 1);
    const { json, change } = this.#order;
    if (json) {
      const name = outcome === "done" ? CHANGE_WORDS[change].outcome : outcome;
      const attributes = new Map<string, string>([
        ["queue_id", queueId],
        ["outcome", name],
      ]);
      this.#tools.terminal.out(jsonLine(change, "outcome", attributes) ?? "");
    }
  }

  #count(outcome: ChangeOutcome): number {
    return this.#counts.get(outcome) ?? 0;
  }

  /** postsuper logs each message; this says who wanted it, and why. */
  async log(): Promise<void> {
    const { change, selected, reason } = this.#order;
    if (this.#count("done") > 0) {
      const who = orderText(selected, this.#tools.instance.logging.userId);
      const counts = `${CHANGE_WORDS[change].outcome}=${this.#count("done")}, failed=${this.#count("failed")}`;
      const line = `${change}: ${who}, ${counts}${reasonText(reason)}`;
      await logLine(this.#tools, line, reason === "" ? "Who did this" : "The reason");
    }
  }

  tell(
    steps: ChangeSteps,
    trouble: readonly string[],
    inDelivery: number,
    passingText: string,
  ): void {
    const { terminal } = this.#tools;
    const { change, json } = this.#order;
    const { done } = CHANGE_WORDS[change];
    if (json) {
      const totals = [...this.#counts, ...steps.totals(), ["in_delivery", inDelivery] as const];
      const status = this.isWhole && trouble.length === 0 ? "done" : "failed";
      terminal.out(endLine(change, status, this.#gathered, totals));
    } else {
      const { missing, targets } = this.#gathered;
      const isNothing = missing.size > 0 && targets.length === 0 && steps.alsoMeant.size === 0;
      terminal.out(
        (isNothing ? `${undoneText(change)}.\n` : "") +
          steps.doneText(this.#count("done")) +
          leftText(this.#counts, missing, done) +
          passingText,
      );
    }
    const untouched = this.#gathered.targets.length - this.#toldCount;
    if (untouched > 0) {
      const why = this.#isInterrupted ? "You ended it" : "Not complete";
      terminal.err(`${why}: ${countText(untouched, "message")} stayed as they were.\n`);
    }
    const lines = trouble.slice(0, TROUBLE_LINES_MAX).map((line) => `    ${printable(line)}\n`);
    terminal.err(lines.length === 0 ? "" : `postsuper(1) says:\n${lines.join("")}`);
  }
}
