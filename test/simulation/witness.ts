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

/** An answer to an add. */
interface Answer {
  readonly status: number;
  /**
   * Another process has a rebuild in hand. Known: one that has read the queues already does not learn of the
   * add that fails, and marks the record as complete (found by seed 4000387 of 2026-11-26). The process whose add failed takes
   * the mark away, unless it ends before, as processes do here all the time.
   */
  readonly isRebuiltByOthers: boolean;
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
  /** Who last had a log locked, and what it held then: nobody else writes to it meanwhile. */
  readonly #locked = new Map<LogName, { readonly process: OurProcess; readonly text: string }>();
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
  answered(
    process: OurProcess,
    { site, queueId }: Add,
    { status, isRebuiltByOthers }: Answer,
  ): void {
    const { oracle, time } = this.#world;
    const log = logOf(site);
    if (status === STATUS.ok) {
      oracle.answered(log, messageNamed(queueId), process.lastLookAt(log));
    } else if (status === STATUS.fail && !isRebuiltByOthers) {
      oracle.failed(log, messageNamed(queueId), time.monotonicMs());
    }
  }

  /** A process begins a call: what it knows of the time it has read before; what somebody else does comes behind. */
  begins(): void {
    this.#latestMs = Math.max(this.#latestMs, this.#world.time.wallMs());
  }

  /** A process is about to make a call. */
  about(process: OurProcess, { operation, path }: FaultPoint, fault: Fault | null): void {
    const log = this.#world.places.logAt(path);
    if (log !== null) {
      this.#noteLock(process, log);
      if (fault !== null) {
        this.#world.oracle.troubled(log);
      }
    }
    this.#noteKnowledge(process, operation, path, fault);
    if (operation === "rename" && fault?.crash !== "before" && fault?.error === undefined) {
      this.#checkRelease(process, path);
    }
  }

  /** A call of a process has had its effect. */
  done(process: OurProcess, { operation, path }: FaultPoint): void {
    const { places, oracle } = this.#world;
    const log = places.logAt(path);
    if (log !== null && (operation === "write" || operation === "truncate")) {
      this.#noteFragment(log);
    }
    if (log !== null && operation === "close" && this.#locked.get(log)?.process === process) {
      this.#locked.delete(log);
    }
    const message = places.messageAt(path);
    if (message !== null && process.releases.note(message, operation, path)) {
      oracle.released(process.locked, message);
    }
  }

  /** What a dead process had locked may be half done. */
  died(path: string): void {
    const log = this.#world.places.logAt(path);
    if (log !== null) {
      this.#world.oracle.troubled(log);
      this.#noteFragment(log);
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
    if (process.holdsLock(log) && this.#locked.get(log)?.process !== process) {
      this.#locked.set(log, { process, text: this.#world.oracle.text(log) });
    }
  }

  /** Notes a fragment that was not there when the log was locked. */
  #noteFragment(log: LogName): void {
    const text = this.#world.oracle.text(log);
    const before = this.#locked.get(log)?.text ?? "";
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
