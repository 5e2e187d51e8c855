/**
 * `fastflush hold --expire --dry-run`: what is on hold for a time, on every instance whose timed holds are kept here, until
 * when, and whether somebody ends it. Changes nothing.
 *
 * What is no longer on hold by them is not counted. An instance that can't be used is told, with status 1.
 */
import { wallSeconds } from "../../effects/clock.ts";
import { stillHeld } from "../../holding/held_state.ts";
import type { HoldFolder } from "../../holding/hold_folder.ts";
import type { QueueHolds } from "../../holding/timed_holds.ts";
import type { CommandTools } from "../command_tools.ts";
import { EXIT } from "../exit_status.ts";
import { jsonLine } from "../json_lines.ts";
import { openQueue } from "../open_mail.ts";
import { countText, numberText, printable } from "../printable.ts";
import { hasKeeper, TIMER } from "./expire_holds.ts";
import { endText } from "./hold_words.ts";
import { withHolds, withInstanceOf } from "./holds.ts";

/** The timed holds of an instance. */
interface Timed {
  readonly messageCount: number;
  readonly overdueCount: number;
  /** When the last of them ends. */
  readonly untilSeconds: number;
}

/** Shows it, and returns the exit status. Throws CommandError where what is kept can't be read. */
export async function showTimed(
  tools: CommandTools,
  folder: HoldFolder,
  json: boolean,
): Promise<number> {
  const { terminal } = tools;
  return await withHolds(async () => {
    let messageCount = 0;
    let status: number = EXIT.done;
    for (const kept of folder.readAll()) {
      const timed = await withInstanceOf(tools, kept, "its queue was not looked at", async (own) =>
        timedOf(own, kept),
      );
      if (timed === null) {
        status = EXIT.found;
      } else if (timed.messageCount > 0) {
        messageCount += timed.messageCount;
        terminal.out(json ? timedLine(kept, timed) : timedText(tools, kept, timed));
      }
    }
    if (json) {
      const text = status === EXIT.done ? "done" : "failed";
      terminal.out(jsonLine("hold", "end", new Map([["status", text]])) ?? "");
    } else if (messageCount > 0 && !(await hasKeeper(tools, folder))) {
      terminal.out(
        `Nobody ends this by itself: run fastflush hold --expire, or enable ${TIMER}.\n`,
      );
    }
    return status;
  });
}

function timedOf(own: CommandTools, { holds }: QueueHolds): Timed {
  const queue = { files: openQueue(own), hashing: own.instance.hashing };
  const ends = [...stillHeld(queue, holds.values()).values()].map((hold) => hold.untilSeconds);
  const nowSeconds = wallSeconds(own.clock);
  return {
    messageCount: ends.length,
    overdueCount: ends.filter((end) => end <= nowSeconds).length,
    untilSeconds: ends.reduce((last, end) => Math.max(last, end), 0),
  };
}

function timedText(
  tools: CommandTools,
  { configDirectory }: QueueHolds,
  { messageCount, overdueCount, untilSeconds }: Timed,
): string {
  const overdue = overdueCount === 0 ? "" : `${numberText(overdueCount)} of them overdue, `;
  const last = `the last until ${endText(tools, untilSeconds)}`;
  return `${printable(configDirectory)}: ${countText(messageCount, "message")} on hold for a time, ${overdue}${last}.\n`;
}

function timedLine(
  { configDirectory }: QueueHolds,
  { messageCount, overdueCount, untilSeconds }: Timed,
): string {
  const attributes = new Map([
    ["config_directory", configDirectory],
    ["messages", String(messageCount)],
    ["overdue", String(overdueCount)],
    ["until", String(untilSeconds)],
  ]);
  return jsonLine("hold", "timed", attributes) ?? "";
}
