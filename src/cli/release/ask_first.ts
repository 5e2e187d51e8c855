/**
 * Asks before many messages are released: a script must not work only as long as the queue is short, so that without a
 * terminal nothing is done, however few they are, unless `--yes` says so.
 */
import type { CommandTools } from "../command_tools.ts";
import { isAgreed, requireTerminal } from "../consent.ts";
import { EXIT } from "../exit_status.ts";
import { countText } from "../printable.ts";
import { endOfRun } from "../run_requests.ts";
import type { Choice } from "./chosen_mail.ts";
import { countPreview } from "./preview.ts";

/** More messages than these are not released without having asked. */
export const ASK_ABOVE = 100;

const UNDONE = {
  what: "Nothing was released",
  verb: "release",
  shown: "what would be released",
} as const;

/**
 * The exit status if nothing is to be done; null: go on. `question` is asked of so many messages, in words.
 */
export async function askFirst(
  tools: CommandTools,
  choice: Choice,
  question: (messages: string) => string,
): Promise<number | null> {
  const { terminal } = tools;
  requireTerminal(terminal, UNDONE);
  const { sum, release, others } = await countPreview(tools, choice);
  if (sum.failure !== null || sum.totals === null) {
    return endOfRun(tools, sum);
  }
  const { messages, certainty } = release;
  if (messages <= ASK_ABOVE && certainty !== "at least ") {
    return null;
  }
  terminal.err(others.text("This also tries"));
  const what = `${certainty}${countText(messages, "message")}`;
  if (await isAgreed(tools, question(what))) {
    return null;
  }
  terminal.err("Nothing was released.\n");
  return EXIT.found;
}
