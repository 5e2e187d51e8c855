/**
 * What a client can ask of a flush service, and what it can be told.
 *
 * Names and numbers are those on the wire: Postfix's own clients use them. Declared here once.
 */
import type { SiteName } from "../names/names.ts";

/** Reply statuses, as flush clients know them. */
export const STATUS = {
  /** The policy could not be looked up. */
  fail: -1,
  ok: 0,
  /** The request, a site name or a queue ID is malformed. */
  bad: 3,
  /** The site is not eligible, or has no logfile name. */
  deny: 4,
} as const;

export type Status = (typeof STATUS)[keyof typeof STATUS];

/** A request as it was read; queue IDs are not yet checked. */
export type FlushRequest =
  | { readonly name: "add"; readonly site: SiteName; readonly queueId: string }
  | { readonly name: "send_site"; readonly site: SiteName }
  | { readonly name: "send_file"; readonly queueId: string }
  /** `rfrsh` on the wire, and master's wake-up. */
  | { readonly name: "refresh" }
  | { readonly name: "purge" }
  | ReportRequest;

/**
 * The requests that the original does not have, each answered with a report (docs/PROTOCOL.md). They are
 * read only for root and the mail owner. `sites` is what the client wrote: see site_list.ts.
 */
export type ReportRequest =
  | { readonly name: "sites" }
  | { readonly name: "preview"; readonly sites: string }
  /** `reason`: any text for the log, or none. */
  | { readonly name: "send"; readonly sites: string; readonly reason: string }
  /** No sites: all that are recorded. */
  | { readonly name: "verify"; readonly sites: string }
  | { readonly name: "compact"; readonly sites: string }
  | { readonly name: "rebuild" };

/**
 * What our service alone answers, and at once, whatever is in queue and record: what a flush of no sites would do. For who
 * wants to know whose service it is.
 */
export const NOTHING = { name: "preview", sites: "" } as const satisfies ReportRequest;

/** Who is at the other end. */
export interface PeerIdentity {
  readonly pid: number;
  readonly uid: number;
}

/**
 * One request being served: the way back to the client.
 *
 * `answer` hands a status to the client, at once; at most one call counts. `report` hands over the
 * next piece of a reply that has several. `finish` must be called once, when all work for the request is
 * done: only then is the connection closed, behind all that was handed over.
 */
export interface Exchange {
  /** Who asks; null where it can't be known. The first look costs a system call. */
  readonly peer: PeerIdentity | null;
  /** The client takes nothing any more: what is done only for its eyes can stop. */
  readonly isGone: boolean;
  answer(status: Status): void;
  /**
   * Null: go on. A promise: the client is behind; hand over no more until it resolves, as it does when
   * the client has caught up, and when it is gone. The bytes must not change afterwards.
   */
  report(bytes: Uint8Array): Promise<void> | null;
  finish(): void;
}

/** Whatever serves requests: flush/ is one, a test's double another. */
export interface RequestHandler {
  handle(request: FlushRequest, exchange: Exchange): void;
  /** This process is being replaced: what nobody waits for ends soon. */
  leave(): void;
}
