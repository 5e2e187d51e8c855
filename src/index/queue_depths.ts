/**
 * How many messages are in each of Postfix's queues: names in directories, nothing is read. Changes nothing.
 *
 * A message that moves meanwhile may be counted in two queues, or in none.
 */
import type { Files } from "../effects/files.ts";
import { listMessages } from "../queue/list_messages.ts";

/** Those that this program knows its way in, as postqueue(1) names them. */
export const QUEUES = ["incoming", "active", "deferred", "hold"] as const;

/** By queue; one that can't be listed as a whole is left out. */
export function queueDepths(
  files: Files,
  queues: readonly (typeof QUEUES)[number][],
): ReadonlyMap<string, number> {
  const depths = new Map<string, number>();
  for (const queue of queues) {
    let isWhole = true;
    const count = listMessages(queue, { files }, () => {
      isWhole = false;
    }).reduce((sum, ids) => sum + ids.length, 0);
    if (isWhole) {
      depths.set(queue, count);
    }
  }
  return depths;
}
