/**
 * The send_file request: `postqueue -i id`, one message whatever its destination.
 *
 * One line in the log says who asked and what came of it. The message alone is marked to be unthrottled; no log is read
 * or changed. Always answered OK, as the original does: the message may have been delivered while the operator typed.
 */
import { verbosely } from "../effects/log.ts";
import type { QueueId } from "../names/names.ts";
import { releaseAlone } from "../queue/release.ts";
import { type Exchange, STATUS } from "../wire/request.ts";
import { peerText } from "./flush_line.ts";
import type { FlushTools } from "./flush_tools.ts";

/** Releases the message, wakes the queue manager if there was one, answers and ends the exchange. */
export function sendFile(tools: FlushTools, id: QueueId, exchange: Exchange): void {
  const outcome = releaseAlone(tools, id);
  if (outcome === "released") {
    verbosely(tools.log)?.info(`flush_send_file_service: requesting delivery for queue_id ${id}`);
    tools.queueManager.wake("I");
  }
  tools.log.info(`flush: queue_id=${id}, ${peerText(exchange.peer)}, ${outcome}`);
  exchange.answer(STATUS.ok);
  exchange.finish();
}
