/**
 * `fastflush hold --expire`: releases what has been on hold for its time, on every instance whose timed holds are kept
 * here, and nothing else.
 *
 * Whoever runs it: a systemd timer (contrib/systemd), or the keeper, which is this command with --wait, started in the
 * background by `hold --for` where that timer is not active. There is one keeper for each folder, and it ends with the
 * last timed hold. After a reboot the timer goes on; without one, the next `hold --for` starts a keeper for all.
 */
import { wallSeconds } from "../../effects/clock.ts";
import { OsError } from "../../effects/os_error.ts";
import { type Ended, endHolds } from "../../holding/end_holds.ts";
import { HoldFault, type HoldFolder } from "../../holding/hold_folder.ts";
import type { QueueHolds } from "../../holding/timed_holds.ts";
import type { CommandTools } from "../command_tools.ts";
import { EXIT } from "../exit_status.ts";
import { jsonLine } from "../json_lines.ts";
import { openQueue } from "../open_mail.ts";
import { countText, printable } from "../printable.ts";
import { logLine } from "../release/log_release.ts";
import { requireRoot, withHolds, withInstanceOf } from "./holds.ts";

export const TIMER = "fastflush-hold.timer";
const SYSTEMCTL_LIMIT_MS = 10_000;

/** The keeper looks so often for holds that others have added, and so soon after the wall clock was set. */
const LOOK_MS = 30_000;

/** Sees to it that somebody ends timed holds. Never fails: says what is to be done where nobody does. */
export async function startKeeper(tools: CommandTools, folder: HoldFolder): Promise<void> {
  const { background, globalWords, host, terminal } = tools;
  if (await hasKeeper(tools, folder)) {
    return;
  }
  const words = [
    ...[host.executable, ...globalWords],
    ...["hold", "--expire", "--wait", "--state-dir", folder.path],
  ];
  try {
    background.start(words, folder.freshLog());
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    terminal.err(
      `Nobody ends this hold by itself (${caught.text}): run fastflush hold --expire.\n`,
    );
  }
}

/** Somebody ends timed holds by itself: a keeper, or the timer. */
export async function hasKeeper(tools: CommandTools, folder: HoldFolder): Promise<boolean> {
  return folder.isWatched() || (await isTimerActive(tools));
}

async function isTimerActive({ programs }: CommandTools): Promise<boolean> {
  try {
    const words = ["systemctl", "is-active", "--quiet", TIMER];
    return (await programs.run(words, { limitMs: SYSTEMCTL_LIMIT_MS })).status === 0;
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    return false;
  }
}

/** Ends what is due, and with `isWaiting` whatever will be; returns the exit status. Throws CommandError. */
export async function expireHolds(
  tools: CommandTools,
  folder: HoldFolder,
  { isWaiting, json }: { readonly isWaiting: boolean; readonly json: boolean },
): Promise<number> {
  requireRoot(tools, "Nothing was released");
  return await withHolds(async () => {
    const status = isWaiting
      ? await keepWatch(tools, folder, json)
      : await endDue(tools, folder, json, new Map());
    if (json) {
      const text = status === EXIT.done ? "done" : "failed";
      tools.terminal.out(jsonLine("hold", "end", new Map([["status", text]])) ?? "");
    }
    return status;
  });
}

/** Who has just let go of the lock looks once more: a hold may have been added whose keeper found it taken. */
async function keepWatch(tools: CommandTools, folder: HoldFolder, json: boolean): Promise<number> {
  const told: Told = new Map();
  let status: number = EXIT.done;
  while (folder.readAll().length > 0) {
    const kept = await folder.asKeeper(async () => {
      while (folder.readAll().length > 0) {
        status = (await unlessBusy(() => endDue(tools, folder, json, told))) || status;
        await pause(tools, folder);
      }
      return true;
    });
    if (kept === null) {
      return status;
    }
  }
  return status;
}

/** Who waits can wait for a long hold of another command too. */
async function unlessBusy(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (caught) {
    if (!(caught instanceof HoldFault && caught.kind === "busy")) {
      throw caught;
    }
    return EXIT.tryAgain;
  }
}

/** Until the next hold ends, or somebody may have added one. */
async function pause({ clock }: CommandTools, folder: HoldFolder): Promise<void> {
  const ends = folder
    .readAll()
    .flatMap(({ holds }) => [...holds.values()].map(({ untilSeconds }) => untilSeconds));
  if (ends.length > 0) {
    const next = ends.reduce((first, end) => Math.min(first, end));
    // What is due and could not be released is tried again, though not at once.
    const dueMs = next * 1000 - clock.wallMs();
    const waitMs = dueMs > 0 ? Math.min(dueMs, LOOK_MS) : LOOK_MS;
    await new Promise<void>((resolve) => {
      clock.after(waitMs, resolve);
    });
  }
}

/** What was said last of an instance that can't be used, by its queue: said once, since the keeper may try for months. */
type Told = Map<string, string>;

async function endDue(
  tools: CommandTools,
  folder: HoldFolder,
  json: boolean,
  told: Told,
): Promise<number> {
  const nowSeconds = wallSeconds(tools.clock);
  let status: number = EXIT.done;
  for (const kept of folder.readAll()) {
    const isDue = [...kept.holds.values()].some(({ untilSeconds }) => untilSeconds <= nowSeconds);
    if (isDue) {
      status = (await endOfInstance(tools, folder, kept, json, told)) || status;
    }
  }
  return status;
}

/** What is wrong with one instance keeps no other on hold. */
async function endOfInstance(
  tools: CommandTools,
  folder: HoldFolder,
  kept: QueueHolds,
  json: boolean,
  told: Told,
): Promise<number> {
  const work = async (own: CommandTools): Promise<number> => {
    const { instance, programs } = own;
    const { configDirectory, queueDirectory } = kept;
    const changing = {
      programs,
      configDirectory,
      files: openQueue(own),
      hashing: instance.hashing,
    };
    const ended = await endHolds(changing, folder, queueDirectory, wallSeconds(tools.clock));
    told.delete(queueDirectory);
    await tell(own, ended, json);
    return ended.failedCount > 0 || ended.trouble.length > 0 ? EXIT.found : EXIT.done;
  };
  const tellOnce = (line: string): void => {
    if (told.get(kept.queueDirectory) !== line) {
      told.set(kept.queueDirectory, line);
      tools.terminal.err(line);
    }
  };
  return (await withInstanceOf(tools, kept, "nothing was released", work, tellOnce)) ?? EXIT.found;
}

async function tell(tools: CommandTools, ended: Ended, json: boolean): Promise<void> {
  const { terminal, instance } = tools;
  const { releasedCount, forgottenCount, failedCount, trouble } = ended;
  const where = printable(instance.configDirectory);
  if (json) {
    const attributes = new Map([
      ["config_directory", instance.configDirectory],
      ["released", String(releasedCount)],
      ["forgotten", String(forgottenCount)],
      ["failed", String(failedCount)],
    ]);
    terminal.out(jsonLine("hold", "ended", attributes) ?? "");
  } else {
    const lines = [
      [releasedCount, "released from hold: their time is over"],
      [forgottenCount, "no longer on hold by it: released, deleted or held by others meanwhile"],
      [failedCount, "not released: still on hold"],
    ] as const;
    for (const [count, what] of lines.filter(([number]) => number > 0)) {
      terminal.out(`${where}: ${countText(count, "message")} ${what}.\n`);
    }
  }
  for (const line of trouble) {
    terminal.err(`${where}: postsuper(1) says: ${printable(line)}\n`);
  }
  const counts = `released=${releasedCount}, forgotten=${forgottenCount}, failed=${failedCount}`;
  await logLine(tools, `hold: ended by its time, ${counts}`, "That a hold has ended");
}
