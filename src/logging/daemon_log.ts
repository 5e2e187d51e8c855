/**
 * The daemon's log: formats lines and hands them to a log socket, without ever waiting for it.
 *
 * A socket that is full or gone gets its lines later, from a bounded buffer; what doesn't fit is
 * dropped, and once lines flow again one line says how many were. No request waits for the log; who ends
 * the process can wait with `drain`.
 */
import type { Clock } from "../effects/clock.ts";
import type { DatagramSocket } from "../effects/datagrams.ts";
import { Fatal } from "../effects/fatal.ts";
import type { ToLocalTime } from "../effects/local_time.ts";
import type { Log } from "../effects/log.ts";
import { stringToBytes } from "../names/byte_string.ts";
import { messageText, postlogLine, type Severity, syslogLine } from "./log_line.ts";

/** Lines kept for a log that is stuck: at most 2 MB, and some seconds of a noisy service. */
const BUFFERED_LINES_MAX = 1000;

/** Waits between two tries to send what is buffered; the shorter one once lines flow. */
const RETRY_MS_MIN = 2;
const RETRY_MS_MAX = 1000;

/** Postfix's daemons give up at the thirteenth error, since something is wrong for good. */
const ERROR_LINES_MAX = 13;

/** Where the lines go, and in whose name. */
export interface LogDestination {
  readonly socket: DatagramSocket;
  /** postlogd(8) gets the host name as well; syslogd knows it. */
  readonly format:
    | { readonly kind: "syslog"; readonly facility: number }
    | { readonly kind: "postlog"; readonly host: string };
  /** `TAG/PROCESS`. */
  readonly name: string;
  readonly processId: number;
  readonly keepUtf8: boolean;
}

export class DaemonLog implements Log {
  verbosity = 0;
  readonly #clock: Clock;
  readonly #toLocalTime: ToLocalTime;
  /** A second way out for every line: standard error, in stand-alone mode with -V. */
  readonly #copy: (line: string) => void;
  #destination: LogDestination;
  readonly #buffered: Uint8Array[] = [];
  #droppedCount = 0;
  #errorCount = 0;
  #retryMs = RETRY_MS_MIN;
  #retryIsSet = false;

  constructor(
    time: { readonly clock: Clock; readonly toLocalTime: ToLocalTime },
    destination: LogDestination,
    copy: (line: string) => void = () => {},
  ) {
    this.#clock = time.clock;
    this.#toLocalTime = time.toLocalTime;
    this.#destination = destination;
    this.#copy = copy;
  }

  /** From now on lines go there, and the socket that had them so far is closed. */
  redirect(destination: LogDestination): void {
    this.#destination.socket.close();
    this.#destination = destination;
  }

  info(text: string): void {
    this.#write("info", text);
  }

  warning(text: string): void {
    this.#write("warning", text);
  }

  /** Throws Fatal when there were too many. */
  error(text: string): void {
    this.#write("error", text);
    if (++this.#errorCount >= ERROR_LINES_MAX) {
      throw new Fatal("too many errors - program terminated");
    }
  }

  /** The last line of a process; whoever calls it ends the process. */
  fatal(text: string): void {
    this.#write("fatal", text);
  }

  /**
   * Sends what is buffered, waiting for the log by `sleep` (milliseconds, blocking): at most `limitMs`.
   * For a process that serves nobody any more.
   */
  drain(limitMs: number, sleep: (ms: number) => void): void {
    for (let waitedMs = 0; this.#buffered.length > 0 && waitedMs < limitMs; ) {
      this.#flush();
      if (this.#buffered.length > 0) {
        sleep(RETRY_MS_MIN);
        waitedMs += RETRY_MS_MIN;
      }
    }
  }

  /** Tries to send what is buffered, once. */
  #flush(): void {
    while (this.#buffered.length > 0) {
      const [line] = this.#buffered;
      if (line === undefined || this.#destination.socket.send(line) !== "sent") {
        return;
      }
      this.#buffered.shift();
      this.#retryMs = RETRY_MS_MIN;
    }
    if (this.#droppedCount > 0) {
      const count = this.#droppedCount;
      this.#droppedCount = 0;
      this.warning(`${count} log lines dropped: log socket not ready`);
    }
  }

  #write(severity: Severity, text: string): void {
    const message = messageText(severity, text, this.#destination.keepUtf8);
    this.#copy(`${this.#destination.name}: ${message}`);
    const line = stringToBytes(this.#format(severity, message));
    if (this.#buffered.length === 0 && this.#destination.socket.send(line) === "sent") {
      return;
    }
    if (this.#buffered.length < BUFFERED_LINES_MAX) {
      this.#buffered.push(line);
    } else {
      this.#droppedCount++;
    }
    this.#retryLater();
  }

  #format(severity: Severity, message: string): string {
    const { format, name, processId } = this.#destination;
    const label = `${name}[${processId}]`;
    const time = this.#toLocalTime(this.#clock.wallMs());
    return format.kind === "postlog"
      ? postlogLine(format.host, label, time, message)
      : syslogLine({ severity, facility: format.facility, label }, time, message);
  }

  #retryLater(): void {
    if (this.#retryIsSet) {
      return;
    }
    this.#retryIsSet = true;
    this.#clock.after(this.#retryMs, () => {
      this.#retryIsSet = false;
      this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS_MAX);
      this.#flush();
      if (this.#buffered.length > 0) {
        this.#retryLater();
      }
    });
  }
}
