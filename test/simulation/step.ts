/**
 * A history as data: steps that can be printed, repeated and left out one by one.
 *
 * Each step is due a number of system calls of ours after the one before it, so that it happens between
 * two calls of a process at work; where all of ours are idle, it happens at once.
 */

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

/** What goes wrong with the system call that is being made. */
export type Trouble =
  | { readonly kind: "killed before" | "killed after" }
  /** A write takes so many bytes, and the process is killed. */
  | { readonly kind: "torn"; readonly takeBytes: number }
  /** A write takes so many bytes. */
  | { readonly kind: "short"; readonly takeBytes: number }
  | { readonly kind: "error"; readonly code: "ENOSPC" | "EIO" };

/** What happens. Numbers choose: a process, or what is possible at that moment. */
export type Deed =
  | {
      readonly do: "add";
      readonly process: number;
      readonly log: LogName;
      readonly message: Message;
    }
  | { readonly do: "send_site"; readonly process: number; readonly log: LogName }
  | { readonly do: "send_file"; readonly process: number; readonly message: Message }
  | { readonly do: "refresh" | "purge" | "kill" | "leave" | "turn"; readonly process: number }
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
  | { readonly do: "original goes on"; readonly process: number }
  | { readonly do: "move"; readonly message: Message; readonly choice: number }
  | { readonly do: "remove log"; readonly log: LogName }
  | { readonly do: "time"; readonly ms: number }
  | {
      readonly do: "trouble";
      readonly trouble: Trouble;
      /** The kind of call that it waits for. */
      readonly at: "any" | "write" | "truncate";
    };

/** A deed, and when it is due. */
export type Step = Deed & { readonly afterCalls: number };

/** All of it. */
export interface History {
  readonly seed: number;
  /** What a look at the clock takes: above 0, slices come to an end. */
  readonly clockCostMs: number;
  /** A refresh sends logs that were not read for longer. */
  readonly refreshSeconds: number;
  readonly steps: readonly Step[];
}

/** One line a step. */
export function toldOf({ afterCalls, ...deed }: Step): string {
  return `${afterCalls} calls later: ${JSON.stringify(deed)}`;
}
