/**
 * Writes the report that answers a request of our own, at the client's pace.
 *
 * Guarantees: small items go out together, so that each is no write of its own; what waits for a slow client is
 * bounded, whoever calls. Work that can wait awaits what `item` returns. Work that can't, since it holds a lock,
 * uses `offer`: what the client is too slow for is left out, and counted. Nothing is kept for a client that is gone.
 */
import { encodeEnd, encodeItem, type Pair } from "../wire/report.ts";
import type { Exchange, Status } from "../wire/request.ts";

/** So much is gathered before it is handed over: some hundred items. */
const PIECE_BYTES = 16 * 1024;

/** So much may wait for a client whom nobody waits for: some ten thousand messages. */
const OFFERED_BYTES_MAX = 1024 * 1024;

/** What the end of a report is to say. */
export interface ReportEnd {
  readonly status: Status;
  readonly totals: readonly Pair[];
}

/** The report of one exchange. */
export class ReportWriter {
  readonly #exchange: Exchange;
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  /** Resolves when the client has caught up; null: it is not behind. */
  #behind: Promise<void> | null = null;
  #omittedCount = 0;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** Nobody reads any more: what is done only for the report can stop. */
  get isGone(): boolean {
    return this.#exchange.isGone;
  }

  /** Items that were offered and left out. */
  get omittedCount(): number {
    return this.#omittedCount;
  }

  /** Writes an item; a promise: await it before the next. */
  item(kind: string, pairs: readonly Pair[]): Promise<void> | null {
    this.#add(encodeItem(kind, pairs));
    return this.#bytes < PIECE_BYTES ? null : this.#handOver();
  }

  /** Writes an item if the client is not too far behind. */
  offer(kind: string, pairs: readonly Pair[]): void {
    if (this.#behind !== null && this.#bytes > OFFERED_BYTES_MAX) {
      this.#omittedCount++;
    } else {
      void this.item(kind, pairs);
    }
  }

  /** Hands over what was gathered; for items that should not wait for others. */
  flush(): Promise<void> | null {
    return this.#bytes === 0 ? null : this.#handOver();
  }

  /** Ends the report and the exchange. */
  async end(status: Status, totals: readonly Pair[]): Promise<void> {
    while (this.#behind !== null) {
      await this.#behind;
    }
    this.#add(encodeEnd(status, totals));
    this.#exchange.report(this.#take());
    this.#exchange.finish();
  }

  #add(bytes: Uint8Array): void {
    if (!this.isGone) {
      this.#pieces.push(bytes);
      this.#bytes += bytes.length;
    }
  }

  #handOver(): Promise<void> | null {
    if (this.#behind === null) {
      const caughtUp = this.#exchange.report(this.#take());
      this.#behind = caughtUp === null ? null : this.#goOnAfter(caughtUp);
    }
    return this.#behind;
  }

  async #goOnAfter(caughtUp: Promise<void>): Promise<void> {
    await caughtUp;
    this.#behind = null;
    if (this.#bytes >= PIECE_BYTES) {
      await this.#handOver();
    }
  }

  #take(): Uint8Array {
    const piece = Buffer.concat(this.#pieces, this.#bytes);
    this.#pieces = [];
    this.#bytes = 0;
    return piece;
  }
}
