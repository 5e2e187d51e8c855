/**
 * The command line of fastflush in memory: a terminal, and a flush service that answers as a test says.
 */
import { runCommandLine } from "../../src/cli/command_line.ts";
import type { Instance } from "../../src/cli/command_tools.ts";
import type { Fatal } from "../../src/effects/fatal.ts";
import { OsError } from "../../src/effects/os_error.ts";
import type { DeferredMail } from "../../src/index/deferred_mail.ts";
import { MessagesInMemory } from "../../src/index/messages_in_memory.ts";
import { MemoryBackgroundPrograms } from "../../src/memory/background_programs.ts";
import { MemoryClock } from "../../src/memory/clock.ts";
import { MemoryDisk } from "../../src/memory/disk.ts";
import { MemoryFiles } from "../../src/memory/files.ts";
import { MemoryHost } from "../../src/memory/host.ts";
import { MemoryInterrupts } from "../../src/memory/interrupts.ts";
import { MemoryNetwork } from "../../src/memory/network.ts";
import { MemoryProcesses } from "../../src/memory/processes.ts";
import { MemoryPrograms } from "../../src/memory/programs.ts";
import { MemoryStartUpPrograms } from "../../src/memory/start_up_programs.ts";
import { MemoryTerminal } from "../../src/memory/terminal.ts";
import { MemoryTextFiles } from "../../src/memory/text_files.ts";
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
  readonly interrupts = new MemoryInterrupts();
  programs = new MemoryPrograms();
  readonly textFiles = new MemoryTextFiles();
  host = new MemoryHost();
  readonly network = new MemoryNetwork();
  readonly background = new MemoryBackgroundPrograms();
  readonly processes = new MemoryProcesses();
  instance: Instance = {
    configDirectory: "/etc/postfix",
    queueDirectory: "/queue",
    hashing: { hashedQueues: new Set(["deferred", "defer"]), depth: 1 },
    idna2003: false,
    place: { path: PATH, configDirectory: "/etc/postfix", mailOwner: "postfix", mayAsk: true },
    logging: {
      maillogFile: "/log/mail.log",
      syslogName: "postfix",
      hostNames: ["relay.example"],
      userId: 0,
    },
  };
  readonly disk = new MemoryDisk(this.clock);
  /** What is on the machine beside the queue, for whoever locks files there. */
  readonly machineDisk = new MemoryDisk(this.clock);
  machineFiles = new MemoryFiles(this.machineDisk);
  readonly files = new MemoryFiles(this.disk);
  processId = 100;
  /** The directories that the configuration was asked for in. */
  readonly directories: (string | null)[] = [];

  /** What is deferred, or why that can't be told; null: the queue isn't there. */
  mail: DeferredMail | OsError | null = new MessagesInMemory([]);

  /** How far its reading is, as it is told meanwhile; null: that can't be guessed yet. */
  readonly readings: (readonly [done: number, all: number | null])[] = [];

  /** How it was asked for. */
  readonly openings: Readonly<Record<string, unknown>>[] = [];

  #fault: Fatal | null = null;

  constructor() {
    const reply = (): string => this.replies.shift() ?? "";
    const note = (text: string): void => {
      this.requests.push(text.split("\0").join(" ").trim());
    };
    this.sockets.listen(PATH, serveReports(reply, note));
  }

  /** What `--json` has printed, a value a line. */
  jsonLines(): ReturnType<typeof JSON.parse>[] {
    return this.terminal.outText
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
  }

  /** Nobody listens: connecting fails. */
  refuse(code: string): void {
    this.sockets.fail(PATH, code);
  }

  /** The command runs as a user who may not ask the service. */
  forbidAsking(): void {
    const { place } = this.instance;
    this.instance = { ...this.instance, place: { ...place, mayAsk: false } };
  }

  /** main.cf can't be read. */
  failConfiguration(fault: Fatal): void {
    this.#fault = fault;
  }

  /** Runs a command line; returns the exit status. */
  run(...words: readonly string[]): Promise<number> {
    return runCommandLine(words, {
      terminal: this.terminal,
      clock: this.clock,
      processorMs: () => this.clock.monotonicMs(),
      sockets: this.sockets,
      programs: this.programs,
      interrupts: this.interrupts,
      textFiles: this.textFiles,
      host: this.host,
      network: this.network,
      background: this.background,
      toLocalTime: () => ({ month: 10, day: 26, hours: 9, minutes: 5, seconds: 7 }),
      processId: this.processId,
      random: () => 0,
      absolutePath: (path) => (path.startsWith("/") ? path : `/work/${path}`),
      machine: {
        files: this.machineFiles,
        processes: this.processes,
        userId: 0,
        findUser: () => null,
        tablePrograms: () => new MemoryStartUpPrograms(),
      },
      findInstance: (directory) => {
        if (this.#fault !== null) {
          throw this.#fault;
        }
        this.directories.push(directory);
        return directory === null
          ? this.instance
          : { ...this.instance, configDirectory: directory };
      },
      enterQueue: () => this.files,
      openDeferredMail: async (_, { cacheDirectory, isFresh, onProgress }) => {
        this.openings.push({ cacheDirectory, isFresh });
        for (const [done, all] of this.readings) {
          onProgress(done, all);
        }
        if (this.mail === null) {
          throw new OsError("ENOENT", "chdir");
        }
        if (this.mail instanceof OsError) {
          throw this.mail;
        }
        return this.mail;
      },
    });
  }
}
