/**
 * What every function of this room works with: the queue's files, the rules that say where a message
 * lies in them, and where to tell an operator of trouble with one file.
 */
import type { Clock } from "../effects/clock.ts";
import type { Files } from "../effects/files.ts";
import type { Log } from "../effects/log.ts";
import type { HashingRules } from "../names/hashed_path.ts";

export interface QueueTools {
  readonly files: Files;
  readonly clock: Clock;
  readonly log: Log;
  readonly hashing: HashingRules;
  /** The group that new queue directories belong to: that of this process. */
  readonly groupId: number;
}
