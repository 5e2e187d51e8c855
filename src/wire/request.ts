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
  | { readonly name: "purge" };

/**
 * One request being served: the way back to the client.
 *
 * `answer` hands a status to the client, at once; at most one call counts. `finish` must be called
 * once, when all work for the request is done: only then is the connection closed.
 */
export interface Exchange {
  answer(status: Status): void;
  finish(): void;
}

/** Whatever serves requests: flush/ is one, a test's double another. */
export interface RequestHandler {
  handle(request: FlushRequest, exchange: Exchange): void;
  /** This process is being replaced: what nobody waits for ends soon. */
  leave(): void;
}
