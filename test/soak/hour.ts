/**
 * An hour of a busy relay, as numbers: how often each thing happens. At six times the speed, each happens as often in
 * ten minutes.
 */

/** What clients do. */
export type Deed =
  | "add"
  | "send_site"
  | "send_file"
  | "wake-up"
  | "rfrsh"
  | "purge"
  | "fastflush_sites"
  | "fastflush_preview"
  | "fastflush_send"
  | "fastflush_verify"
  | "fastflush_compact"
  | "fastflush_rebuild"
  | "hang up"
  | "add to the original";

/** An hour. */
export const HOUR_MS = 60 * 60 * 1000;

/** Times an hour. */
export const TIMES_AN_HOUR: Readonly<Record<Deed, number>> = {
  // 60 deferrals a second: 5 million a day.
  add: 216_000,
  // A customer asks for his mail each second, and an operator for one message every other.
  send_site: 3600,
  send_file: 1800,
  // master(8) sends four wake-ups an hour: more, since a walk is what uses the most.
  "wake-up": 60,
  rfrsh: 60,
  purge: 12,
  fastflush_sites: 60,
  fastflush_preview: 120,
  fastflush_send: 120,
  fastflush_verify: 12,
  fastflush_compact: 30,
  fastflush_rebuild: 12,
  // A client a second goes before its request, within it, or without reading the answer.
  "hang up": 3600,
  // Not ours: what an add takes on this machine at this moment.
  "add to the original": 18_000,
};
