/**
 * The log lines that say what a flush did: one line each, at info level, as operators have asked for.
 *
 *     flush: site=example.com, uid=0, pid=4711, released=12, kept=1, gone=0, skipped=2, failed=0, seconds=0.04
 *
 * What each number counts says logfile_pass.ts. All lines of ours begin with the name of the work and a colon,
 * which none of the original's does. Pure.
 */
import type { PeerIdentity } from "../wire/request.ts";
import type { PassCounts } from "./logfile_pass.ts";

const MS_PER_SECOND = 1000;

/** What was flushed, for whom, and what came of it. */
export interface Flushed {
  /** "site=example.com": what was asked for. */
  readonly what: string;
  /** "uid=0, pid=4711": who asked. */
  readonly who: string;
  readonly counts: PassCounts;
  readonly durationMs: number;
  /** Why, as the operator has it; empty: nobody said. */
  readonly reason?: string;
}

/** The line of a flush. */
export function flushLine({ what, who, counts, durationMs, reason = "" }: Flushed): string {
  const { released, kept, gone, skipped, failed } = counts;
  const numbers = `released=${released}, kept=${kept}, gone=${gone}, skipped=${skipped}, failed=${failed}`;
  const line = `flush: ${what}, ${who}, ${numbers}, ${secondsText(durationMs)}`;
  return reason === "" ? line : `${line}, reason=${reason}`;
}

/** Who asked, for a line. */
export function peerText(peer: PeerIdentity | null): string {
  return peer === null ? "uid=unknown, pid=unknown" : `uid=${peer.uid}, pid=${peer.pid}`;
}

/** How long something took, for a line. */
export function secondsText(durationMs: number): string {
  return `seconds=${(durationMs / MS_PER_SECOND).toFixed(2)}`;
}
