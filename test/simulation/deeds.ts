/**
 * Does what a step says, with the actors that there are.
 */
import type { MemoryClock } from "../../src/memory/clock.ts";
import type { MemoryDatagrams } from "../../src/memory/datagrams.ts";
import type { MemoryDisk } from "../../src/memory/disk.ts";
import type { Fault } from "../../src/memory/faults.ts";
import { MemoryFiles } from "../../src/memory/files.ts";
import type { FlushRequest } from "../../src/wire/request.ts";
import type { Manner } from "./client.ts";
import type { Mail } from "./mail.ts";
import type { Oracle } from "./oracle.ts";
import type { OriginalProcess } from "./original_process.ts";
import type { OurProcess } from "./our_process.ts";
import type { Places } from "./places.ts";
import type { Deed, LogName, Message } from "./step.ts";
import type { Tally } from "./tally.ts";

/** A lock that is held for so long is one that is held for minutes. */
const MINUTES_MS = 60_000;

/** What a call of ours may take: "gone" rests on looks that take less time than a message rests in its queue. */
const CALL_MS_MAX = 30;

/** Who takes part. */
export interface Actors {
  readonly time: MemoryClock;
  readonly disk: MemoryDisk;
  readonly places: Places;
  readonly mail: Mail;
  readonly oracle: Oracle;
  readonly tally: Tally;
  readonly logDaemon: MemoryDatagrams;
  readonly tell: (what: () => string) => void;
  readonly originals: readonly OriginalProcess[];
  /** Somebody who only locks. */
  readonly holder: OriginalProcess;
  /** How often one of ours has found a log locked. */
  readonly lockedOutCount: (log: LogName) => number;
  /** One that lives and takes clients: otherwise it has a successor. */
  ours(index: number): OurProcess;
  /** Puts a successor into its place. */
  replace(index: number): void;
  /** A client asks that process. */
  ask(process: OurProcess, request: FlushRequest, manner: Manner): void;
}

/** Does it; `inside` is the process that is inside a call meanwhile, whose end is a fault of the call. */
export function act(actors: Actors, deed: Deed, inside: OurProcess | null): Fault | null {
  switch (deed.do) {
    case "ask":
      actors.ask(actors.ours(deed.process), deed.request, deed.manner);
      break;
    case "turn":
      actors.ours(deed.process).runTurn();
      break;
    case "kill":
      return kill(actors, actors.ours(deed.process), inside);
    case "reload":
      actors.tally.met("reload");
      actors.ours(deed.process).leave();
      actors.replace(deed.process);
      break;
    case "time":
      actors.time.advance(inside === null ? deed.ms : Math.min(deed.ms, CALL_MS_MAX));
      break;
    default:
      actOfOthers(actors, deed);
  }
  return null;
}

function kill({ tally }: Actors, process: OurProcess, inside: OurProcess | null): Fault | null {
  if (process === inside) {
    tally.met("killed at another call");
    return { crash: "before" };
  }
  // One that waits for another one's call to return can't be ended in the middle of its own.
  if (!process.isAtWork) {
    tally.met("killed between calls");
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
      actors.originals[deed.process]?.hold(deed.log, 0, () => undefined);
      break;
    case "original goes on":
      actors.originals[deed.process]?.goOn();
      actors.holder.goOn();
      break;
    case "hold":
      hold(actors, deed.log, deed.ms);
      break;
    case "move":
      move(actors, deed.message, deed.choice);
      break;
    case "remove log":
      removeLog(actors, deed.log);
      break;
    default:
      changeSurroundings(actors, deed);
  }
}

function changeSurroundings({ time, tally, mail, logDaemon }: Actors, deed: Deed): void {
  switch (deed.do) {
    case "jump":
      tally.met(deed.ms > 0 ? "clock jumps ahead" : "clock jumps back");
      time.jumpWall(deed.ms);
      break;
    case "queue manager":
      mail.isDown = deed.isDown;
      break;
    case "log daemon":
      logDaemon.state = deed.is;
      break;
  }
}

function hold({ holder, tally, lockedOutCount }: Actors, log: LogName, ms: number): void {
  const before = lockedOutCount(log);
  holder.hold(log, ms, (heldMs) => {
    if (heldMs >= MINUTES_MS && lockedOutCount(log) > before) {
      tally.met("lock held for minutes");
    }
  });
}

/** Somebody moves a message. */
export function move(
  { mail, oracle, tell }: Pick<Actors, "mail" | "oracle" | "tell">,
  message: Message,
  choice: number,
): boolean {
  const to = mail.move(message, choice);
  if (to !== null) {
    tell(() => `${message} goes to ${to}`);
  }
  if (to === "nowhere") {
    oracle.gone(message);
  }
  return to !== null;
}

/** As postsuper(1): it asks for no lock. False: there is none. */
export function removeLog(
  { disk, places, oracle }: Pick<Actors, "disk" | "places" | "oracle">,
  log: LogName,
): boolean {
  const path = places.log(log);
  const isThere = disk.has(path);
  if (isThere) {
    new MemoryFiles(disk).remove(path);
    oracle.destroyed(log);
  }
  return isThere;
}
