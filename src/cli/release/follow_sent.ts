/**
 * `send --wait`: follows what was released, here or by others, to its end, with a bar meanwhile and tables in the end.
 *
 * Ctrl-C and the limit end the following, not the mail system's work: what is known by then is told.
 */
import type { CommandTools } from "../command_tools.ts";
import { countText } from "../printable.ts";
import { Progress } from "../progress.ts";
import type { Follower } from "./follower.ts";
import type { OutcomeReport } from "./outcome_report.ts";

const MS_PER_SECOND = 1000;

/**
 * Follows, prints what came of it unless as JSON, and says whether all was delivered. Whoever has ended the release
 * (`isEnded`) doesn't wait for more: nothing is followed. Destinations that are meant are told of first.
 */
export async function followSent(
  tools: CommandTools,
  follower: Follower,
  report: OutcomeReport,
  { isEnded, isMeant }: { readonly isEnded: boolean; readonly isMeant: (site: string) => boolean },
): Promise<boolean> {
  const { messageCount } = follower;
  if (messageCount > 0 && isEnded) {
    report.addUnfollowed(messageCount);
    const messages = countText(report.totals().get("unfollowed") ?? 0, "message");
    tools.terminal.err(`${messages} not followed, as you ended it.\n`);
    return false;
  }
  if (messageCount > 0) {
    await follow(tools, follower, report.how.limitSeconds);
  }
  report.show(isMeant);
  return report.isAllDelivered;
}

async function follow(
  tools: CommandTools,
  follower: Follower,
  limitSeconds: number,
): Promise<void> {
  const progress = new Progress(tools);
  let isInterrupted = false;
  const listening = tools.interrupts.listen(() => {
    isInterrupted = true;
  });
  try {
    await follower.follow({
      limitMs: limitSeconds * MS_PER_SECOND,
      shouldStop: () => isInterrupted,
      onLook: (done, all) => progress.bar("Following", done, all, "message"),
    });
  } finally {
    listening.cancel();
    progress.clear();
  }
}
