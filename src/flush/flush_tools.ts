/**
 * What the service works with, handed in by the program: effects, policy, and the settings that
 * the manual page names. Everything here has a twin in memory.
 */
import type { Clock } from "../effects/clock.ts";
import type { Files } from "../effects/files.ts";
import type { Log } from "../effects/log.ts";
import type { QueueManager } from "../effects/triggers.ts";
import type { Verdict } from "../eligibility/domain_list.ts";
import type { HashingRules } from "../names/hashed_path.ts";
import type { LogfileName, SiteName } from "../names/names.ts";

export interface FlushTools {
  readonly files: Files;
  readonly clock: Clock;
  readonly log: Log;
  readonly queueManager: QueueManager;
  readonly hashing: HashingRules;
  /** The group that new queue directories belong to. */
  readonly groupId: number;
  /** Whether any site can be eligible: without, there is nothing to rebuild. */
  readonly recordsAny: boolean;
  /** Whether a site is eligible: fast_flush_domains. */
  readonly eligible: (site: SiteName) => Verdict | Promise<Verdict>;
  /** The logfile of a site; null where it can't have one (then it has been logged). */
  readonly logfileName: (site: SiteName) => LogfileName | null;
  /** The form of a domain in which it can be compared; null where it is none. */
  readonly canonicalDomain: (domain: string) => string | null;
  /** Whether send_site releases only what has mail for the site, or all that its log names (-E). */
  readonly isExact: boolean;
  /** fast_flush_refresh_time: a log that was not read for longer is sent. */
  readonly refreshSeconds: number;
  /** fast_flush_purge_time: an empty log that is older is removed. */
  readonly purgeSeconds: number;
}
