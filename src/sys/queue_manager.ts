/**
 * Wakes the queue manager at `public/qmgr` (spec section 4): a socket, or a FIFO of old.
 *
 * The letters go out in one write and are in the other's queue when the call returns; what they lead
 * to is not waited for. A queue manager whose backlog is full is tried again for trigger_timeout, which
 * the original does not do. One that is missing is a warning; one that does not answer is silent unless
 * -v is given, as in the original.
 */
import type { Clock } from "../effects/clock.ts";
import type { Files } from "../effects/files.ts";
import { type Log, logVerbosely } from "../effects/log.ts";
import { OsError } from "../effects/os_error.ts";
import type { QueueManager } from "../effects/triggers.ts";
import { stringToBytes } from "../names/byte_string.ts";
import { libc } from "./libc.ts";
import { connectUnix, SOCKET_TYPE, sendBytes } from "./unix_socket.ts";

/** Wait between two tries to reach a queue manager whose backlog is full. */
const RETRY_MS = 100;
const MS_PER_SECOND = 1000;

/** The other effects that it needs. */
export interface QueueManagerTools {
  readonly files: Files;
  readonly clock: Clock;
  readonly log: Log;
}

/** The queue manager of the queue in the working directory, by its service name. */
export function createQueueManager(
  tools: QueueManagerTools,
  serviceName: string,
  triggerTimeoutSeconds: number,
): QueueManager {
  const path = `public/${serviceName}`;
  return {
    wake: (letters) => {
      const giveUpMs = tools.clock.monotonicMs() + triggerTimeoutSeconds * MS_PER_SECOND;
      wake(tools, path, letters, giveUpMs);
    },
  };
}

function wake(tools: QueueManagerTools, path: string, letters: string, giveUpMs: number): void {
  switch (kindOf(tools, path)) {
    case "socket":
      wakeBySocket(tools, path, letters, giveUpMs);
      break;
    case "fifo":
      wakeByFifo(tools, path, letters);
      break;
    case "other":
      tools.log.warning(`${path} is not a socket or a fifo`);
      break;
    case "missing":
      break;
  }
}

function kindOf(tools: QueueManagerTools, path: string): "socket" | "fifo" | "other" | "missing" {
  try {
    const { kind } = tools.files.statusOf(path, { followLink: true });
    return kind === "socket" || kind === "fifo" ? kind : "other";
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    tools.log.warning(`unable to look up ${path}: ${caught.text}`);
    return "missing";
  }
}

function wakeBySocket(
  tools: QueueManagerTools,
  path: string,
  letters: string,
  giveUpMs: number,
): void {
  const socket = connectUnix(path, SOCKET_TYPE.stream);
  if (typeof socket === "number") {
    // On Linux what was written stays readable after the close.
    sendBytes(socket, stringToBytes(`${letters}\0`));
    libc.close(socket);
    return;
  }
  if (socket === "EAGAIN" && tools.clock.monotonicMs() < giveUpMs) {
    tools.clock.after(RETRY_MS, () => wake(tools, path, letters, giveUpMs));
    return;
  }
  const text = new OsError(socket, `unix_trigger: connect to ${path}`).message;
  logVerbosely(tools.log, () => text);
}

function wakeByFifo(tools: QueueManagerTools, path: string, letters: string): void {
  try {
    const fifo = tools.files.open(path, { access: "write" });
    try {
      tools.files.append(fifo, stringToBytes(letters));
    } finally {
      tools.files.close(fifo);
    }
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    const { text } = caught;
    logVerbosely(tools.log, () => `fifo_trigger: open ${path}: ${text}`);
  }
}
