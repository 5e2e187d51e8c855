/**
 * What a command line of `watch` asks for: checked before anything is looked at. A wrong one is an error of usage.
 */
import type { RetryPace } from "../../watching/retry_pace.ts";
import { CommandError, EXIT } from "../exit_status.ts";
import { parseReason } from "../reason_argument.ts";
import { someSiteLists } from "../site_arguments.ts";
import { parseTime } from "../time_argument.ts";

const MS_PER_SECOND = 1000;

/** What commander makes of the options. */
export interface WatchOptions {
  readonly probe?: true;
  readonly interval: string;
  readonly ceiling: string;
  readonly for?: string;
  readonly waitLimit: string;
  readonly reason?: string;
  readonly yes?: true;
  readonly background?: true;
  readonly list?: true;
  readonly stop?: true;
  readonly stateDir: string;
  /** Of a process in the background: the number that was reserved for it. */
  readonly watcher?: string;
  readonly json?: true;
}

/** To watch, and how. */
export interface WatchOrder {
  /** Lists for requests. */
  readonly lists: readonly string[];
  /** A message is tried for all; otherwise somebody has to greet. */
  readonly isProbe: boolean;
  readonly pace: RetryPace;
  /** Null: as long as it takes. */
  readonly forMs: number | null;
  /** So long released messages are followed. */
  readonly followSeconds: number;
  /** A byte string. */
  readonly reason: string;
  readonly isAsked: boolean;
  readonly json: boolean;
}

/** Checks what was typed. Throws CommandError. */
export function parseOrder(sites: readonly string[], options: WatchOptions): WatchOrder {
  const { interval, ceiling, waitLimit, reason = "" } = options;
  const pace = {
    firstMs: someTime("--interval", interval) * MS_PER_SECOND,
    ceilingMs: someTime("--ceiling", ceiling) * MS_PER_SECOND,
  };
  if (pace.firstMs > pace.ceilingMs) {
    throw new CommandError(
      EXIT.usage,
      `The first wait (--interval ${interval}) is longer than the longest (--ceiling ${ceiling}). Nothing was done.`,
    );
  }
  return {
    lists: someSiteLists(sites),
    isProbe: options.probe === true,
    pace,
    forMs: options.for === undefined ? null : someTime("--for", options.for) * MS_PER_SECOND,
    followSeconds: parseTime(waitLimit),
    reason: parseReason(reason, "Nothing was released"),
    isAsked: options.yes !== true,
    json: options.json === true,
  };
}

function someTime(option: string, text: string): number {
  const seconds = parseTime(text);
  if (seconds === 0) {
    throw new CommandError(EXIT.usage, `${option} is at least 1s. Nothing was done.`);
  }
  return seconds;
}
