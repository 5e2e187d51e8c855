/**
 * How hold, release and delete put into words what they do. Pure.
 */
import { wallSeconds } from "../../effects/clock.ts";
import type { ChangeOutcome } from "../../holding/change_messages.ts";
import type { Change } from "../../holding/postsuper.ts";
import type { QueueId } from "../../names/names.ts";
import type { CommandTools } from "../command_tools.ts";
import { localTimeText } from "../local_time_text.ts";
import { ageText, countText } from "../printable.ts";
import { missingText } from "../release/missing_text.ts";

/** Words for a change of messages. */
interface ChangeWords {
  /** What has become of a message: an outcome, and a total, of --json. */
  readonly outcome: "held" | "released" | "deleted";
  /** `3 messages put on hold`. */
  readonly done: string;
  /** Begins a line that names other destinations of the messages. */
  readonly also: string;
  /** Heads a column of what would be done. */
  readonly would: string;
  /** Which mail is looked for. */
  readonly mail: string;
  /** What is said where there is nobody to ask. */
  readonly shown: string;
}

export const CHANGE_WORDS: Readonly<Record<Change, ChangeWords>> = {
  hold: {
    outcome: "held",
    done: "put on hold",
    also: "This also stops mail to",
    would: "HOLD WOULD",
    mail: "deferred mail",
    shown: "what would be put on hold",
  },
  release: {
    outcome: "released",
    done: "released from hold",
    also: "This also releases mail to",
    would: "RELEASE WOULD",
    mail: "mail on hold",
    shown: "what would be released",
  },
  delete: {
    outcome: "deleted",
    done: "deleted",
    also: "This also deletes mail to",
    would: "DELETE WOULD",
    mail: "mail",
    shown: "what would be deleted",
  },
};

/** What would become of a message, in a cell. */
export function wouldText(change: Change, outcome: string): string {
  switch (outcome) {
    case change:
      return change === "hold" ? "put it on hold" : `${change} it`;
    case "partly":
      return "leave it: it is for others too";
    case "moved":
      return "leave it: it is in another queue";
    default:
      return "not find it";
  }
}

/** A line for each kind of outcome that there was, but for those that were done. */
export function leftText(
  counts: ReadonlyMap<ChangeOutcome | "partly", number>,
  missing: ReadonlySet<QueueId>,
  done: string,
): string {
  const number = (name: ChangeOutcome | "partly"): number =>
    (counts.get(name) ?? 0) - (name === "gone" ? missing.size : 0);
  const count = (name: ChangeOutcome | "partly"): string => countText(number(name), "message");
  const lines: ReadonlyArray<readonly [ChangeOutcome | "partly", string]> = [
    ["partly", `${count("partly")} left alone: for other destinations too.`],
    ["moved", `${count("moved")} left alone: being delivered, or in another queue by now.`],
    ["replaced", `${count("replaced")} left alone: the queue ID is another message's by now.`],
    ["gone", `${count("gone")} not found: no longer in the queue.`],
    ["failed", `${count("failed")} not ${done}, though postsuper was asked to.`],
  ];
  const shown = lines.filter(([name]) => number(name) > 0);
  return shown.map(([, line]) => `${line}\n`).join("") + missingText(missing);
}

/** When a hold ends: `Nov 26 18:20:05 (in 2 h)`. */
export function endText(
  { toLocalTime, clock }: Pick<CommandTools, "toLocalTime" | "clock">,
  untilSeconds: number,
): string {
  const left = untilSeconds - wallSeconds(clock);
  const when = localTimeText(toLocalTime(untilSeconds * 1000));
  return `${when} (${left > 0 ? `in ${ageText(left)}` : "overdue"})`;
}
