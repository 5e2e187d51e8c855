/**
 * Does what a step says, with the actors that there are.
 */

import type { MemoryClock } from "../../src/memory/clock.ts";
import type { MemoryDisk } from "../../src/memory/disk.ts";
import type { Fault } from "../../src/memory/faults.ts";
import { MemoryFiles } from "../../src/memory/files.ts";
import type { Mail } from "./mail.ts";
import { logPath, type Oracle } from "./oracle.ts";
import type { OriginalProcess } from "./original_process.ts";
import type { OurProcess } from "./our_process.ts";
import type { Deed, LogName, Message } from "./step.ts";

/** Who takes part. */
export interface Actors {
  readonly time: MemoryClock;
  readonly disk: MemoryDisk;
  readonly mail: Mail;
  readonly oracle: Oracle;
  readonly tell: (what: string) => void;
  readonly originals: readonly OriginalProcess[];
  /** One that lives: a dead one has a successor. */
  ours(index: number): OurProcess;
  /** Puts a successor into its place. */
  replace(index: number): void;
}

/** Does it; `inside` is the process that is inside a call meanwhile, whose end is a fault of the call. */
export function act(actors: Actors, deed: Deed, inside: OurProcess | null): Fault | null {
  switch (deed.do) {
    case "add":
      actors.ours(deed.process).add(deed.log, deed.message);
      break;
    case "send_site":
      actors.ours(deed.process).sendSite(deed.log);
      break;
    case "send_file":
      actors.ours(deed.process).sendFile(deed.message);
      break;
    case "refresh":
    case "purge":
      actors.ours(deed.process).walk(deed.do);
      break;
    case "turn":
      actors.ours(deed.process).runTurn();
      break;
    case "kill":
      return kill(actors.ours(deed.process), inside);
    case "leave":
      actors.ours(deed.process).leave();
      actors.replace(deed.process);
      break;
    default:
      actOfOthers(actors, deed);
  }
  return null;
}

function kill(process: OurProcess, inside: OurProcess | null): Fault | null {
  if (process === inside) {
    return { crash: "before" };
  }
  // One that waits for another one's call to return can't be ended in the middle of its own.
  if (!process.isAtWork) {
    process.kill();
  }
  return null;
}

function actOfOthers(actors: Actors, deed: Deed): void {
  switch (deed.do) {
    case "original add":
      actors.originals[deed.process]?.add(deed.log, deed.message, deed.tornAt);
      break;
    case "original send":
      actors.originals[deed.process]?.send(deed.log);
      break;
    case "original purge":
      actors.originals[deed.process]?.purge(deed.log);
      break;
    case "original hold":
      actors.originals[deed.process]?.hold(deed.log);
      break;
    case "original goes on":
      actors.originals[deed.process]?.goOn();
      break;
    case "move":
      move(actors, deed.message, deed.choice);
      break;
    case "remove log":
      removeLog(actors, deed.log);
      break;
    case "time":
      actors.time.advance(deed.ms);
      break;
  }
}

function move({ mail, oracle, tell }: Actors, message: Message, choice: number): void {
  const to = mail.move(message, choice);
  if (to !== null) {
    tell(`${message} goes to ${to}`);
  }
  if (to === "nowhere") {
    oracle.gone(message);
  }
}

/** As postsuper(1): it asks for no lock. */
function removeLog({ disk, oracle }: Actors, log: LogName): void {
  if (disk.has(logPath(log))) {
    new MemoryFiles(disk).remove(logPath(log));
    oracle.destroyed(log);
  }
}
