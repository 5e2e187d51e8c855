/**
 * What is shown while destinations are watched: a line for each try, with the time of day; at a terminal, what is not
 * yet back in one line that is written over, and only the rest in lines that stay.
 *
 * Whatever else is printed meanwhile goes through `terminal`, so that it doesn't meet with that line.
 */
import type { Clock } from "../../effects/clock.ts";
import type { ToLocalTime } from "../../effects/local_time.ts";
import type { Terminal } from "../../effects/terminal.ts";
import type { WatchedSite } from "../../watching/watcher_record.ts";
import { cutText } from "../cut_text.ts";
import { nextTryText } from "../deferred/mail_words.ts";
import { localTimeText } from "../local_time_text.ts";
import { countText, printable } from "../printable.ts";

const TO_LINE_START = "\r";
const ERASE_LINE = "\r\x1b[K";

/** How often the line at a terminal says how long it is to the next try. */
const TICK_MS = 1000;

const MS_PER_SECOND = 1000;

/** What it takes. */
export interface DisplayTools {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly toLocalTime: ToLocalTime;
}

export class WatchDisplay {
  readonly #tools: DisplayTools;
  readonly #isOverwriting: boolean;
  readonly #json: boolean;
  readonly #sites: () => readonly WatchedSite[];
  #isShown = false;
  #timer: { cancel(): void } | null = null;

  /** `sites` are those that are still watched. */
  constructor(tools: DisplayTools, json: boolean, sites: () => readonly WatchedSite[]) {
    this.#tools = tools;
    this.#json = json;
    this.#sites = sites;
    const { canOverwrite, outColumns } = tools.terminal;
    this.#isOverwriting = canOverwrite && outColumns !== null && !json;
  }

  /** The terminal for all that is printed meanwhile. */
  get terminal(): Terminal {
    const { terminal } = this.#tools;
    return {
      canAsk: terminal.canAsk,
      // A bar would take the place of the line.
      canOverwrite: false,
      outColumns: terminal.outColumns,
      hasColours: terminal.hasColours,
      isUtf8: terminal.isUtf8,
      canOpenScreen: false,
      openScreen: (events) => terminal.openScreen(events),
      get outFault() {
        return terminal.outFault;
      },
      out: (text) => this.#aside(() => terminal.out(text)),
      err: (text) => this.#aside(() => terminal.err(text)),
      hasInput: () => terminal.hasInput(),
      readLine: () => terminal.readLine(),
    };
  }

  /** From now on. */
  start(): void {
    if (this.#isOverwriting) {
      this.#show();
      this.#timer = this.#tools.clock.after(TICK_MS, () => this.start());
    }
  }

  /** Nothing is left on the line. */
  end(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#clear();
  }

  /** Something happened, in printable words. */
  tell(text: string): void {
    if (!this.#json) {
      this.terminal.out(`${this.#time()} ${text}\n`);
    }
  }

  /** A try came to nothing: at a terminal the line says so. */
  tellTry(text: string): void {
    if (this.#isOverwriting) {
      this.#show();
    } else {
      this.tell(text);
    }
  }

  #aside(print: () => void): void {
    this.#clear();
    print();
    if (this.#timer !== null) {
      this.#show();
    }
  }

  #show(): void {
    const { terminal, clock } = this.#tools;
    const status = statusText(this.#sites(), clock.wallMs());
    if (status === "") {
      return;
    }
    const text = cutText(status, (terminal.outColumns ?? 0) - 1);
    this.#isShown = true;
    terminal.err(`${ERASE_LINE}${text}${TO_LINE_START}`);
  }

  #clear(): void {
    if (this.#isShown) {
      this.#isShown = false;
      this.#tools.terminal.err(ERASE_LINE);
    }
  }

  /** As in the mail log. */
  #time(): string {
    const { clock, toLocalTime } = this.#tools;
    return localTimeText(toLocalTime(clock.wallMs()));
  }
}

/** When there is another try, in words. */
export function tryText(nextTryMs: number, nowMs: number): string {
  return nextTryText(Math.ceil(nextTryMs / MS_PER_SECOND), nowMs / MS_PER_SECOND);
}

/** The line at a terminal; empty: nothing is watched any more. */
function statusText(sites: readonly WatchedSite[], nowMs: number): string {
  const [first] = sites.toSorted((one, other) => dueMs(one) - dueMs(other));
  if (first === undefined) {
    return "";
  }
  const count = sites.length === 1 ? "" : `${countText(sites.length, "destination")}: `;
  const last = first.lastResult === "" ? "" : `, last: ${printable(first.lastResult)}`;
  return `${count}${printable(first.site)}: ${doingText(first, nowMs)}; ${countText(first.tries, "try", "tries")}${last}`;
}

function dueMs({ nextTryMs }: WatchedSite): number {
  return nextTryMs ?? 0;
}

function doingText({ state, nextTryMs }: WatchedSite, nowMs: number): string {
  switch (state) {
    case "trying":
      return "trying now";
    case "releasing":
      return "is back, and its mail is being delivered";
    case "waiting":
      return nextTryMs === null ? "waiting" : `next try ${tryText(nextTryMs, nowMs)}`;
  }
}
