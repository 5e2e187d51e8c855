/**
 * What undisturbed processes make of the logs that a history has left.
 *
 * I9: a wake-up leaves exactly the entries whose messages are in any queue, each once, and where no rebuild is on
 * record, those of all messages that are deferred or on hold; and what ours could not write it brings back. A send
 * leaves the entries whose messages are in active or hold, or have nothing for the site.
 */

import { MemoryFiles } from "../../src/memory/files.ts";
import { siteName } from "../../src/names/names.ts";
import type { FlushRequest } from "../../src/wire/request.ts";
import type { Mail } from "./mail.ts";
import type { Oracle } from "./oracle.ts";
import type { OurProcess, OurWorld } from "./our_process.ts";
import { LOGS, type LogName, MESSAGES, type Message, type Settings, siteOf } from "./step.ts";

/** Longer than any jump of the clock: nothing is due to be sent, and nothing to be removed. */
const NEVER = { refreshSeconds: 1e9, purgeSeconds: 1e9 };

/** How an undisturbed process is used. */
interface Rest {
  start(settings: Partial<Settings>): OurProcess;
  /** Asks, and lets it finish. */
  ask(process: OurProcess, request: FlushRequest): Promise<void>;
}

/** Has the record made right, and every log sent. */
export async function checkAtRest(world: OurWorld, mail: Mail, rest: Rest): Promise<void> {
  const { oracle } = world;
  await checkWakeUp(world, mail, rest);
  const marker = new MemoryFiles(world.disk);
  if (world.disk.has(world.places.mark)) {
    marker.remove(world.places.mark);
  }
  await checkWakeUp(world, mail, rest);
  if (!world.disk.has(world.places.mark) && oracle.violation === null) {
    oracle.charge("I9: after an undisturbed rebuild there is no mark of it");
  }
  const process = rest.start({});
  for (const log of LOGS) {
    const kept = entries(
      oracle,
      log,
      (message, isHeld) => isHeld && staysInSend(mail, message, log),
    );
    await rest.ask(process, { name: "send_site", site: siteName(siteOf(log)) });
    compare(oracle, "a send", log, kept);
  }
}

async function checkWakeUp(world: OurWorld, mail: Mail, rest: Rest): Promise<void> {
  const { oracle } = world;
  const isRebuilt = world.disk.has(world.places.mark);
  const wanted = new Map(
    LOGS.map((log) => {
      const failed = oracle.failedAdds(log).filter((message) => mail.isRecordedFor(message, log));
      return [
        log,
        entries(oracle, log, (message, isHeld) => {
          const isMissed = !isRebuilt || failed.includes(message);
          const isForRebuild =
            isMissed && isAtRest(mail, message) && mail.isRecordedFor(message, log);
          return isForRebuild || (isHeld && mail.where(message) !== "nowhere");
        }),
      ];
    }),
  );
  await rest.ask(rest.start(NEVER), { name: "refresh" });
  for (const [log, entriesWanted] of wanted) {
    compare(oracle, isRebuilt ? "a wake-up" : "a rebuild", log, entriesWanted);
  }
}

/** A rebuild reads what is deferred or on hold. */
function isAtRest(mail: Mail, message: Message): boolean {
  return ["deferred", "hold"].includes(mail.where(message));
}

function staysInSend(mail: Mail, message: Message, log: LogName): boolean {
  const queue = mail.where(message);
  return (
    queue === "active" || queue === "hold" || (queue !== "nowhere" && mail.isForeign(message, log))
  );
}

/** Those messages of a log, or that could be in it, of which `stays` is true. */
function entries(
  oracle: Oracle,
  log: LogName,
  stays: (message: Message, isHeld: boolean) => boolean,
): Message[] {
  // A last line without its end is an entry too.
  const lines = new Set(oracle.text(log).split("\n").map(upToNul));
  return MESSAGES.filter((message) => stays(message, lines.has(message)));
}

function upToNul(line: string): string {
  return line.split("\0")[0] ?? "";
}

function compare(oracle: Oracle, after: string, log: LogName, wanted: readonly Message[]): void {
  const left = oracle.lines(log).toSorted().join(" ");
  if (left !== wanted.toSorted().join(" ")) {
    oracle.charge(`I9: after ${after} ${log} holds "${left}" instead of "${wanted.join(" ")}"`);
  }
}
