/**
 * How requests are read: under whose name their peer stands in the log, and whether each string goes there. Pure, but for that log.
 */
import type { Log } from "../effects/log.ts";
import type { RequestReaderOptions } from "../wire/request_reader.ts";

/** `peerName`: what log lines call the peer. With -v each string that is read is logged. */
export function readerOptions(peerName: string, log: Log): RequestReaderOptions {
  return log.verbosity > 0 ? { peerName, trace: (text) => log.info(text) } : { peerName };
}
