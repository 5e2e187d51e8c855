/**
 * I4: what an undisturbed process makes of the logs that a history has left.
 *
 * A send leaves exactly the entries whose messages are in active or hold, each once; a compaction those whose
 * messages are in any queue.
 */
import { CHARGED } from "./known.ts";
import type { Mail, Queue } from "./mail.ts";
import type { Oracle } from "./oracle.ts";
import { OurProcess, type OurWorld } from "./our_process.ts";
import { LOGS, type LogName, MESSAGES } from "./step.ts";

/** Longer than any history takes: nothing is due to be sent. */
const NEVER_SECONDS = 1_000_000;

/** Sends, and compacts, every log; `finish` lets a process finish what it was asked. */
export async function checkAtRest(
  world: OurWorld,
  mail: Mail,
  finish: (process: OurProcess) => Promise<void>,
): Promise<void> {
  const { oracle } = world;
  if (CHARGED.compaction) {
    const kept = wanted(oracle, mail, ["deferred", "incoming", "active", "hold"]);
    const process = new OurProcess({ ...world, refreshSeconds: NEVER_SECONDS });
    process.walk("refresh");
    await finish(process);
    compare(oracle, "a compaction", kept);
  }
  const kept = wanted(oracle, mail, ["active", "hold"]);
  const process = new OurProcess(world);
  for (const log of LOGS) {
    process.sendSite(log);
  }
  await finish(process);
  compare(oracle, "a send", kept);
}

type Entries = ReadonlyMap<LogName, readonly string[]>;

/** The entries of each log whose messages are in one of the queues. */
function wanted(oracle: Oracle, mail: Mail, queues: readonly Queue[]): Entries {
  const isIn = (message: (typeof MESSAGES)[number]): boolean =>
    queues.some((queue) => queue === mail.where(message));
  return new Map(
    LOGS.map((log) => {
      // A last line without its end is an entry too.
      const lines = new Set(oracle.text(log).split("\n").map(upToNul));
      return [log, MESSAGES.filter((message) => lines.has(message) && isIn(message))];
    }),
  );
}

function upToNul(line: string): string {
  return line.split("\0")[0] ?? "";
}

function compare(oracle: Oracle, after: string, kept: Entries): void {
  for (const [log, entries] of kept) {
    const left = oracle.lines(log).toSorted().join(" ");
    if (left !== entries.toSorted().join(" ")) {
      oracle.charge(`I4: after ${after} ${log} holds "${left}" instead of "${entries.join(" ")}"`);
    }
  }
}
