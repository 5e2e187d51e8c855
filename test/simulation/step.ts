/**
 * A history as data: steps that can be printed, repeated and left out one by one.
 *
 * Each step is due a number of system calls of ours after the one before it, so that it happens between
 * two calls of a process at work; where all of ours are idle, it happens at once.
 */
import type { FlushRequest } from "../../src/wire/request.ts";
import type { Manner } from "./client.ts";
import type { Trouble } from "./trouble.ts";

/** Processes of ours, and of the original's, that serve at the same time. */
export const OUR_COUNT = 2;
export const ORIGINAL_COUNT = 2;

/** Sites, and the logs that are theirs. */
export const SITES = ["one.example", "two.example"] as const;
export const LOGS = ["one_example", "two_example"] as const;
export type LogName = (typeof LOGS)[number];

/**
 * Queue IDs of different lengths, short and long. None is the end or the beginning of another, nor a join
 * of such: a scrap can be told from an entry.
 */
export const MESSAGES = [
  "A1B2C3D4",
  "B0B1B2B3",
  "C9D8E7F6A5",
  "D77E6",
  "E5F4A3B2C1D0E9F8",
  "4jYCDY3XvNzLDg6L",
  "F00",
] as const;
export type Message = (typeof MESSAGES)[number];

/** What happens. Numbers choose: a process, or what is possible at that moment. */
export type Deed =
  | {
      readonly do: "ask";
      readonly process: number;
      readonly request: FlushRequest;
      readonly manner: Manner;
    }
  /** SIGKILL; a reload, which puts a successor into its place; somebody's turn comes while others wait. */
  | { readonly do: "kill" | "reload" | "turn"; readonly process: number }
  | {
      readonly do: "original add";
      readonly process: number;
      readonly log: LogName;
      readonly message: Message;
      /** It dies when the write has taken so many bytes. */
      readonly tornAt: number | null;
    }
  | {
      readonly do: "original send" | "original purge" | "original hold";
      readonly process: number;
      readonly log: LogName;
    }
  /** Somebody keeps a log locked for so long. */
  | { readonly do: "hold"; readonly log: LogName; readonly ms: number }
  | { readonly do: "original goes on"; readonly process: number }
  | { readonly do: "move"; readonly message: Message; readonly choice: number }
  | { readonly do: "remove log"; readonly log: LogName }
  | { readonly do: "time"; readonly ms: number }
  /** Somebody sets the wall clock. */
  | { readonly do: "jump"; readonly ms: number }
  /** The queue manager's socket: nobody listens, or somebody does again. */
  | { readonly do: "queue manager"; readonly isDown: boolean }
  /** What becomes of lines that are sent to the log daemon. */
  | { readonly do: "log daemon"; readonly is: "there" | "full" | "gone" }
  | { readonly do: "trouble"; readonly trouble: Trouble };

/** A deed, and when it is due. */
export type Step = Deed & { readonly afterCalls: number };

/** All of it. */
export interface History {
  readonly seed: number;
  readonly settings: Settings;
  readonly steps: readonly Step[];
}

/** What a history goes on under, from its beginning to its end. */
export interface Settings {
  /** What a look at the clock takes: above 0, slices come to an end. */
  readonly clockCostMs: number;
  /** A refresh sends logs that were not read for longer. */
  readonly refreshSeconds: number;
  /** A walk removes logs that have been empty for longer, the mark of a rebuild among them. */
  readonly purgeSeconds: number;
  /** Clients that a process of ours serves in its life. */
  readonly maxUse: number;
  /** Whether all queues and the record are hashed, with directories that are still missing. */
  readonly isHashed: boolean;
}

/** One line a step. */
export function toldOf({ afterCalls, ...deed }: Step): string {
  return `${afterCalls} calls later: ${JSON.stringify(deed)}`;
}

/** The site whose log that is. */
export function siteOf(log: LogName): string {
  return SITES[LOGS.indexOf(log)] ?? "";
}
