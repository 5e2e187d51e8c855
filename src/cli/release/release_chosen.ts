/**
 * Releases what was chosen, and says in the mail log and on standard output what was done: for send and watch.
 */
import type { CommandTools } from "../command_tools.ts";
import { countText } from "../printable.ts";
import type { Choice } from "./chosen_mail.ts";
import { logRelease } from "./log_release.ts";
import { inDeliveryText } from "./mail_in_delivery.ts";
import { type SendHow, type Sent, sendMail } from "./send_mail.ts";

/** How to release, and what is said of it. */
export interface ReleaseHow extends SendHow {
  /** What was selected, as it was written: a byte string. */
  readonly selected: string;
}

/** Releases; what could not be done is in the result, and not yet told. */
export async function releaseChosen(
  tools: CommandTools,
  choice: Choice,
  { selected, ...how }: ReleaseHow,
): Promise<Sent> {
  const sent = await sendMail(tools, choice, how);
  if ((sent.byIdTotals?.get("released") ?? 0) > 0) {
    const totals = sent.byIdTotals ?? new Map();
    await logRelease(tools, { selected, reason: how.reason, totals });
  }
  if (!how.json) {
    tools.terminal.out(sentText(sent));
  }
  return sent;
}

/** What was done, a line for each kind of outcome that there was. */
function sentText({ sum, failed, isDeliveryComplete, isInterrupted }: Sent): string {
  const { totals } = sum;
  if (totals === null) {
    return "";
  }
  const count = (name: string): string => countText(totals.get(name) ?? 0, "message");
  const lines = [
    ["released", `${count("released")} released for delivery: Postfix tries to deliver now.`],
    ["kept", `${count("kept")} left alone: in active or hold.`],
    ["tried", `${count("tried")} left alone: released or tried meanwhile.`],
    ["skipped", `${count("skipped")} left deferred: no undelivered recipient is at these sites.`],
    ["gone", `${count("gone")} not found: no longer in the queue.`],
    [
      "failed",
      `${count("failed")} not released: a file could not be changed, the mail log says why. ` +
        "Queue IDs: " +
        `${failed.join(", ")}${(totals.get("failed") ?? 0) > failed.length ? ", ..." : ""}`,
    ],
  ];
  const shown = lines.filter(([name = ""]) => (totals.get(name) ?? 0) > 0);
  const text = shown.map(([, line]) => `${line}\n`).join("");
  if (isInterrupted) {
    return `${text}You ended it: what is not yet released stays deferred.\n`;
  }
  const passing = inDeliveryText(totals.get("in_delivery") ?? 0, isDeliveryComplete);
  // Where it failed before anything was released, the failure is all that is to be said.
  return text === "" && sum.failure === null
    ? `Nothing was released: ${passing || "no deferred mail was found for this.\n"}`
    : text + passing;
}
