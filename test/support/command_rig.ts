/**
 * The command line of fastflush in memory: a terminal, and a flush service that answers as a test says.
 */
import { runCommandLine } from "../../src/cli/command_line.ts";
import type { ServicePlace } from "../../src/cli/command_tools.ts";
import { MemoryClock } from "../../src/memory/clock.ts";
import { MemoryTerminal } from "../../src/memory/terminal.ts";
import { MemoryUnixSockets, type Serve } from "../../src/memory/unix_sockets.ts";
import { bytesToString } from "../../src/names/byte_string.ts";
import { GREETING } from "../../src/wire/greeting.ts";
import { encodeEnd, encodeItem, type Pair } from "../../src/wire/report.ts";
import type { Status } from "../../src/wire/request.ts";

const PATH = "/queue/public/flush";

/** An item of a report, as the service sends it. */
export function item(kind: string, ...pairs: readonly Pair[]): string {
  return bytesToString(encodeItem(kind, pairs));
}

/** The end of a report. */
export function end(status: Status, ...totals: readonly Pair[]): string {
  return bytesToString(encodeEnd(status, totals));
}

/** A service that greets, takes one request, tells `onRequest` of it, answers and closes. */
function serveReports(reply: () => string, onRequest: (text: string) => void): Serve {
  return (service) => {
    service.write(bytesToString(GREETING));
    return (text) => {
      onRequest(text);
      service.write(reply());
      service.close();
    };
  };
}

export class CommandRig {
  readonly terminal = new MemoryTerminal();
  readonly clock = new MemoryClock();
  readonly sockets = new MemoryUnixSockets();
  /** Requests that were made, each as its strings, joined by blanks. */
  readonly requests: string[] = [];
  /** What each request is answered with; empty: nothing, the connection is closed. */
  readonly replies: string[] = [];
  place: ServicePlace = { path: PATH, mailOwner: "postfix", mayAsk: true };
  /** The directories that the configuration was asked for in. */
  readonly directories: (string | null)[] = [];

  constructor() {
    const reply = (): string => this.replies.shift() ?? "";
    const note = (text: string): void => {
      this.requests.push(text.split("\0").join(" ").trim());
    };
    this.sockets.listen(PATH, serveReports(reply, note));
  }

  /** Nobody listens: connecting fails. */
  refuse(code: string): void {
    this.sockets.fail(PATH, code);
  }

  /** Runs a command line; returns the exit status. */
  run(...words: readonly string[]): Promise<number> {
    return runCommandLine(words, {
      terminal: this.terminal,
      clock: this.clock,
      sockets: this.sockets,
      findService: (directory) => {
        this.directories.push(directory);
        return this.place;
      },
    });
  }
}
