/**
 * Asks before many messages are released: a script must not work only as long as the queue is short, so that without a
 * terminal nothing is done, however few they are, unless `--yes` says so.
 */
import type { CommandTools } from "../command_tools.ts";
import { isAgreed, requireTerminal, type Undone } from "../consent.ts";
import { EXIT } from "../exit_status.ts";
import { countText } from "../printable.ts";
import { endOfRun } from "../run_requests.ts";
import type { Choice } from "./chosen_mail.ts";
import { countPreview } from "./preview.ts";

/** More messages than these are not released without having asked. */
export const ASK_ABOVE = 100;

/** What is asked. */
export interface ReleaseQuestion {
  /** Of so many messages, in words. */
  readonly text: (messages: string) => string;
  /** What is said where nobody can be asked. */
  readonly undone: Undone;
}

/** The exit status if nothing is to be done; null: go on. */
export async function askFirst(
  tools: CommandTools,
  choice: Choice,
  { text, undone }: ReleaseQuestion,
  askAbove = ASK_ABOVE,
): Promise<number | null> {
  const { terminal } = tools;
  requireTerminal(terminal, undone);
  const { sum, release, others } = await countPreview(tools, choice);
  if (sum.failure !== null || sum.totals === null) {
    return endOfRun(tools, sum);
  }
  const { messages, certainty } = release;
  if (messages <= askAbove && certainty !== "at least ") {
    return null;
  }
  terminal.err(others.text("This also tries"));
  const what = `${certainty}${countText(messages, "message")}`;
  if (await isAgreed(tools, text(what))) {
    return null;
  }
  terminal.err("Nothing was released.\n");
  return EXIT.found;
}
