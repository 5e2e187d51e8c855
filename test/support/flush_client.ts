/**
 * A client of a flush service in memory: keeps what it is told, can be slow, and can hang up.
 */
import { type ReportPart, ReportReader } from "../../src/wire/report.ts";
import type { Exchange, PeerIdentity, Status } from "../../src/wire/request.ts";

/** What came of a request so far. */
export class Asked {
  status: Status | null = null;
  isFinished = false;
}

export class FlushClient implements Exchange {
  readonly asked = new Asked();
  /** What was reported to it. */
  readonly parts: ReportPart[] = [];
  readonly peer: PeerIdentity;
  isGone = false;
  readonly #reader = new ReportReader();
  #behind: PromiseWithResolvers<void> | null = null;

  constructor(peer: PeerIdentity = { pid: 4711, uid: 0 }) {
    this.peer = peer;
  }

  answer(status: Status): void {
    this.asked.status ??= status;
  }

  report(bytes: Uint8Array): Promise<void> | null {
    if (!this.isGone) {
      this.parts.push(...this.#reader.push(bytes));
    }
    return this.#behind?.promise ?? null;
  }

  finish(): void {
    if (this.asked.isFinished) {
      throw new Error("an exchange was finished twice");
    }
    this.asked.isFinished = true;
  }

  /** From the next piece on the client is behind. */
  pause(): void {
    this.#behind ??= Promise.withResolvers<void>();
  }

  readOn(): void {
    this.#behind?.resolve();
    this.#behind = null;
  }

  hangUp(): void {
    this.isGone = true;
    this.readOn();
  }
}
