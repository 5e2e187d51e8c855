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
import { type Log, verbosely } from "../effects/log.ts";
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
  return new LocalQueueManager(tools, `public/${serviceName}`, triggerTimeoutSeconds);
}

class LocalQueueManager implements QueueManager {
  readonly #tools: QueueManagerTools;
  readonly #path: string;
  readonly #timeoutMs: number;
  /** Wake-ups that are tried again. */
  readonly #pending = new Set<Promise<void>>();

  constructor(tools: QueueManagerTools, path: string, timeoutSeconds: number) {
    this.#tools = tools;
    this.#path = path;
    this.#timeoutMs = timeoutSeconds * MS_PER_SECOND;
  }

  wake(letters: string): void {
    if (this.#tryToWake(letters, false)) {
      return;
    }
    const pending = this.#wakeLater(letters).finally(() => this.#pending.delete(pending));
    this.#pending.add(pending);
  }

  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }

  async #wakeLater(letters: string): Promise<void> {
    const { clock } = this.#tools;
    const giveUpMs = clock.monotonicMs() + this.#timeoutMs;
    do {
      await new Promise<void>((resolve) => {
        clock.after(RETRY_MS, resolve);
      });
    } while (!this.#tryToWake(letters, clock.monotonicMs() >= giveUpMs));
  }

  /** False: its backlog is full, try again (but for the last try). */
  #tryToWake(letters: string, isLast: boolean): boolean {
    switch (kindOf(this.#tools, this.#path)) {
      case "socket":
        return wakeBySocket(this.#tools, this.#path, letters, isLast);
      case "fifo":
        wakeByFifo(this.#tools, this.#path, letters);
        return true;
      case "other":
        this.#tools.log.warning(`${this.#path} is not a socket or a fifo`);
        return true;
      case "missing":
        return true;
    }
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
  isLast: boolean,
): boolean {
  const socket = connectUnix(path, SOCKET_TYPE.stream);
  if (typeof socket === "number") {
    // On Linux what was written stays readable after the close.
    sendBytes(socket, stringToBytes(`${letters}\0`));
    libc.close(socket);
    return true;
  }
  if (socket === "EAGAIN" && !isLast) {
    return false;
  }
  verbosely(tools.log)?.info(new OsError(socket, `unix_trigger: connect to ${path}`).message);
  return true;
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
    verbosely(tools.log)?.info(`fifo_trigger: open ${path}: ${caught.text}`);
  }
}
