/**
 * Tables that Postfix reads, in memory: its commands, and a proxymap(8) that a test gives its answers to.
 */
import { PostfixTables } from "../../src/eligibility/postfix_tables.ts";
import { MemoryClock } from "../../src/memory/clock.ts";
import { MemoryFileWatch } from "../../src/memory/file_watch.ts";
import { MemoryLog } from "../../src/memory/log.ts";
import { MemoryStartUpPrograms } from "../../src/memory/start_up_programs.ts";
import {
  type MemoryService,
  MemoryUnixSockets,
  type Serve,
} from "../../src/memory/unix_sockets.ts";

/** The types that this Postfix has beside those that are read without it. */
const TYPES = ["hash", "lmdb", "cdb", "pcre", "proxy", "fail", "unionmap"];

export const TIMEOUT_MS = 3_600_000;
export const IDLE_MS = 5_000;

const GREETING = "protocol\0proxymap_protocol\0\0";

/** What a proxymap(8) does with a request: its reply, null for none, or "end" to hang up. */
export type Answer = (request: Readonly<Record<string, string>>) => string | null;

/** Tables, and all that they stand on. */
export class PostfixTablesRig {
  readonly clock = new MemoryClock();
  readonly log = new MemoryLog();
  readonly programs = new MemoryStartUpPrograms();
  readonly sockets = new MemoryUnixSockets();
  readonly fileWatch = new MemoryFileWatch();
  /** Requests as they came, attributes joined by blanks. */
  readonly requests: string[] = [];
  /** Open connections of the helper and of proxymap(8). */
  readonly services: MemoryService[] = [];
  readonly tables: PostfixTables;
  /** The helper's answers, and proxymap(8)'s. */
  answer: Answer = answerLike({});

  /** `isGreeting`: Postfix's services speak first. */
  constructor(private readonly isGreeting = true) {
    this.programs.add("/sbin/postconf", ([option]) => ({
      out: option === "-m" ? `${TYPES.join("\n")}\n` : "/lib/postfix\n",
    }));
    this.programs.add("/sbin/postmap", () => ({ status: 1, err: "postmap: fatal: no table\n" }));
    this.programs.addServer("/lib/postfix/proxymap", this.serve);
    this.sockets.listen("private/proxymap", this.serve);
    this.tables = new PostfixTables({
      programs: this.programs,
      connectProxymap: (open) => this.sockets.connect("private/proxymap", open),
      proxymapName: "private/proxymap",
      isGreeting,
      isLateProxymap: false,
      clock: this.clock,
      log: this.log,
      fileWatch: this.fileWatch,
      commandDirectory: "/sbin",
      overrides: ["a=b"],
      processName: "flush",
      socketPath: "pid/lookup.17",
      ipcTimeoutMs: TIMEOUT_MS,
      ipcIdleMs: IDLE_MS,
    });
  }

  readonly serve: Serve = (service) => {
    this.services.push(service);
    if (this.isGreeting) {
      service.write(GREETING);
    }
    return (text) => {
      const words = text.split("\0").slice(0, -2);
      this.requests.push(words.join(" "));
      const reply = this.answer(attributesOf(words));
      if (reply !== null) {
        service.write(reply);
      }
    };
  };
}

/** Answers as for tables of fixed strings with these keys; each table has the same. */
export function answerLike(values: Readonly<Record<string, string>>, flags = "80"): Answer {
  return ({ request, key = "" }) => {
    if (request === "open") {
      return `status\x000\0flags\0${flags}\0\0`;
    }
    const value = values[key];
    return value === undefined ? "status\x001\0value\0\0\0" : `status\x000\0value\0${value}\0\0`;
  };
}

function attributesOf(words: readonly string[]): Readonly<Record<string, string>> {
  const pairs: [string, string][] = [];
  for (let index = 0; index < words.length; index += 2) {
    pairs.push([words[index] ?? "", words[index + 1] ?? ""]);
  }
  return Object.fromEntries(pairs);
}
