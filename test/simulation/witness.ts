/**
 * Watches the calls of ours, and tells the oracle what they mean: entries that are asked for and answered, messages
 * that are released, scraps that trouble may leave.
 */
import type { MemoryClock } from "../../src/memory/clock.ts";
import type { Fault, FaultPoint } from "../../src/memory/faults.ts";
import { type FlushRequest, STATUS } from "../../src/wire/request.ts";
import type { Mail } from "./mail.ts";
import type { Oracle } from "./oracle.ts";
import type { OurProcess } from "./our_process.ts";
import type { Places } from "./places.ts";
import { LOGS, type LogName, MESSAGES, type Message, siteOf } from "./step.ts";

type Add = Extract<FlushRequest, { name: "add" }>;

/** A log as a process locked it: nobody else writes to it meanwhile. */
interface Locked {
  readonly text: string;
  /** In the oracle's time. */
  readonly at: number;
}

/** What it looks at. */
interface WitnessWorld {
  readonly time: MemoryClock;
  readonly places: Places;
  readonly mail: Mail;
  readonly oracle: Oracle;
}

export class Witness {
  readonly #world: WitnessWorld;
  /** Texts that one of ours left with an unterminated last line. */
  readonly #ourFragments = new Map<LogName, string>();
  readonly #locked = new WeakMap<OurProcess, Map<LogName, Locked>>();
  /** Messages whose two files a process has read without trouble: it knows whom they are for. */
  readonly #known = new WeakMap<OurProcess, Set<Message>>();
  /** The latest that the wall clock has said: somebody may set it back while a message is made due. */
  #latestMs = 0;

  constructor(world: WitnessWorld) {
    this.#world = world;
  }

  asked({ site, queueId }: Add): void {
    this.#world.oracle.asked(logOf(site), messageNamed(queueId));
  }

  /** A process has written an answer to an add. */
  answered(process: OurProcess, { site, queueId }: Add, status: number): void {
    const { oracle, time } = this.#world;
    const log = logOf(site);
    if (status === STATUS.ok) {
      oracle.answered(log, messageNamed(queueId), process.lastLookAt(log));
    } else if (status === STATUS.fail) {
      oracle.failed(log, messageNamed(queueId), time.monotonicMs());
    }
  }

  /** A process begins a call: what it knows of the time it has read before; what somebody else does comes behind. */
  begins(): void {
    this.#latestMs = Math.max(this.#latestMs, this.#world.time.wallMs());
  }

  /** A process is about to make a call. */
  about(process: OurProcess, { operation, path }: FaultPoint, fault: Fault | null): void {
    const { places, oracle } = this.#world;
    const log = places.logAt(path);
    if (log !== null) {
      this.#noteLock(process, log);
      if (fault !== null) {
        oracle.troubled(log);
      }
    }
    this.#noteKnowledge(process, operation, path, fault);
    const isMove = operation === "rename" && !places.isMark(path);
    if (isMove && fault?.crash !== "before" && fault?.error === undefined) {
      this.#checkRelease(process, path);
    }
  }

  /** A call of a process has had its effect. */
  done(process: OurProcess, { operation, path }: FaultPoint): void {
    const { places, oracle } = this.#world;
    const log = places.logAt(path);
    if (log !== null && ["write", "truncate", "cut"].includes(operation)) {
      this.#noteFragment(process, log);
    }
    const isClosed = operation === "close" || operation === "closeWritten";
    // It may have another log of that name, which somebody has removed.
    if (log !== null && isClosed && !process.holdsLock(log)) {
      this.#locked.get(process)?.delete(log);
    }
    if (operation === "rename" && path === places.markInHand) {
      oracle.rebuilt();
    }
    const message = places.messageAt(path);
    if (message !== null && process.releases.note(message, operation, path)) {
      oracle.released(process.locked, message);
    }
  }

  /** What a dead process had locked may be half done. */
  died(process: OurProcess, path: string): void {
    const log = this.#world.places.logAt(path);
    if (log !== null) {
      this.#world.oracle.troubled(log);
      this.#noteFragment(process, log);
    }
  }

  /** Whether the log's unterminated last line was left by one of ours. */
  isFragmentOurs(log: LogName): boolean {
    return this.#ourFragments.get(log) === this.#world.oracle.text(log);
  }

  /** I4: what is released is deferred, is due, and somebody has asked for it. */
  #checkRelease(process: OurProcess, path: string): void {
    const { places, mail, oracle } = this.#world;
    const message = places.messageAt(path);
    if (message === null || !path.startsWith("deferred/")) {
      oracle.charge(`I4: ${path} is moved`);
      return;
    }
    if (mail.where(message) !== "deferred") {
      return;
    }
    if (!mail.isDue(message, this.#latestMs)) {
      oracle.charge(`I4: ${message} is released and not due`);
    }
    const isAsked = [...process.requests].some(
      (each) => each.name === "send_file" && each.queueId === message,
    );
    const logs = process.locked.filter((log) => oracle.mayHold(log, message));
    if (!isAsked && logs.every((log) => !this.#isMeant(process, log, message))) {
      oracle.charge(`I4: ${message} is released and nobody asked for it`);
    }
  }

  /** Whether one of the requests is to release the message, which that log names. */
  #isMeant(process: OurProcess, log: LogName, message: Message): boolean {
    const site = siteOf(log);
    const isKnown = this.#known.get(process)?.has(message) === true;
    const isForeign = isKnown && !this.#world.mail.mayBeRecordedFor(message, log);
    return [...process.requests].some((request) => {
      switch (request.name) {
        case "refresh":
        case "purge":
          return true;
        case "send_site":
          return request.site === site && !isForeign;
        case "send":
          return isSelected(request.sites, site);
        default:
          return false;
      }
    });
  }

  /** The queue file is opened first, then, where it says that the message is another site's, the defer file. */
  #noteKnowledge(
    process: OurProcess,
    operation: FaultPoint["operation"],
    path: string,
    fault: Fault | null,
  ): void {
    const message = this.#world.places.messageAt(path);
    if (message === null) {
      return;
    }
    const known = this.#known.get(process) ?? new Set();
    this.#known.set(process, known);
    if (operation === "open" && fault?.error?.code === "EACCES") {
      this.#world.oracle.unreadable(message);
    }
    const isDefer = path.startsWith("defer/");
    if (fault !== null || (operation === "open" && !isDefer)) {
      known.delete(message);
    } else if (operation === "open" && this.#world.mail.isTried(message)) {
      known.add(message);
    }
  }

  #noteLock(process: OurProcess, log: LogName): void {
    const locked = this.#locked.get(process) ?? new Map<LogName, Locked>();
    this.#locked.set(process, locked);
    if (process.holdsLock(log) && !locked.has(log)) {
      const { oracle } = this.#world;
      locked.set(log, { text: oracle.text(log), at: oracle.now() });
    }
  }

  /** Notes a fragment that was not there when the log was locked; if it is that log, and not one that somebody made since. */
  #noteFragment(process: OurProcess, log: LogName): void {
    const { oracle } = this.#world;
    const locked = this.#locked.get(process)?.get(log);
    if (locked !== undefined && oracle.destroyedAt(log) > locked.at) {
      return;
    }
    const text = oracle.text(log);
    const before = locked?.text ?? "";
    const isOlder = lastLine(text) === lastLine(before) && this.#ourFragments.get(log) !== before;
    if (lastLine(text) !== "" && !isOlder) {
      this.#ourFragments.set(log, text);
    }
  }
}

function isSelected(sites: string, site: string): boolean {
  return sites.includes(site) || sites.includes("@");
}

function logOf(site: string): LogName {
  return LOGS.find((log) => siteOf(log) === site) ?? LOGS[0];
}

function messageNamed(queueId: string): Message {
  return MESSAGES.find((message) => message === queueId) ?? MESSAGES[0];
}

/** What stands behind the last newline. */
function lastLine(text: string): string {
  return text.slice(text.lastIndexOf("\n") + 1);
}
