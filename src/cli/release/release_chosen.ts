/**
 * Releases what was chosen, and says in the mail log and on standard output what was done: for send and watch.
 */
import type { CommandTools } from "../command_tools.ts";
import { countText } from "../printable.ts";
import type { Choice } from "./chosen_mail.ts";
import { addTotals } from "./gather_preview.ts";
import { logRelease } from "./log_release.ts";
import { inDeliveryText } from "./mail_in_delivery.ts";
import { missingText } from "./missing_text.ts";
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
function sentText({ sum, failed, missing, isDeliveryComplete, isInterrupted }: Sent): string {
  if (sum.totals === null) {
    return "";
  }
  const totals = addTotals(sum.totals, new Map([["gone", -missing.size]]));
  const number = (name: string): number => totals?.get(name) ?? 0;
  const count = (name: string): string => countText(number(name), "message");
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
        `${failed.join(", ")}${number("failed") > failed.length ? ", ..." : ""}`,
    ],
  ];
  const shown = lines.filter(([name = ""]) => number(name) > 0);
  const isNothing = missing.size > 0 && number("released") === 0;
  const text =
    (isNothing ? "Nothing was released.\n" : "") +
    shown.map(([, line]) => `${line}\n`).join("") +
    missingText(missing);
  if (isInterrupted) {
    return `${text}You ended it: what is not yet released stays deferred.\n`;
  }
  const passing = inDeliveryText(number("in_delivery"), isDeliveryComplete);
  // Where it failed before anything was released, the failure is all that is to be said.
  return text === "" && sum.failure === null
    ? `Nothing was released: ${passing || "no deferred mail was found for this.\n"}`
    : text + passing;
}
