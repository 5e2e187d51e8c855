/**
 * The tables that are Postfix's to read: who looks them up for us.
 *
 * `proxy:` tables are asked for at the proxymap(8) of this Postfix, `private/proxymap`. For all others that can't be read
 * whole, a proxymap(8) of our own is started, the lookup helper: outside the jail, as the mail owner, for this process
 * alone, and allowed to read these tables and no others. It is started only where there is such a table, and ends with this
 * process. Both are Postfix's own program, so that results, errors and log lines are Postfix's.
 *
 * Indexed files are read whole, by way of postmap(1), unless they are too large. Throws Fatal where the helper can't be
 * started.
 */
import type { Clock } from "../effects/clock.ts";
import { Fatal } from "../effects/fatal.ts";
import type { FileWatch } from "../effects/file_watch.ts";
import type { Log } from "../effects/log.ts";
import { OsError } from "../effects/os_error.ts";
import type { Connect, StartUpOutcome, StartUpPrograms } from "../effects/start_up_programs.ts";
import { INDEXED_TYPES } from "./indexed_table.ts";
import type { LookupTable } from "./lookup_table.ts";
import type * as Tables from "./postfix_table.ts";
import type * as Clients from "./proxymap_client.ts";

/** An answer takes milliseconds; a machine that is short of everything may take seconds. */
const PROGRAM_LIMIT_MS = 60_000;

/** The list of types, or a directory's name. */
const ANSWER_BYTES_MAX = 65_536;

/** Types with paths in the name of a table, which may be made of others. */
const FILES = /(\w+):(\/[^\s,{}]+)/g;

/** How names of files end that the helper reads, by type; of other types it reads the file that the table names. */
const FILE_ENDINGS = new Map(INDEXED_TYPES).set("cdb", ".cdb");

const HELPER_NAME = "lookup helper";

/** What they are asked with. */
export interface PostfixTablesTools {
  readonly programs: StartUpPrograms;
  /** To the proxymap(8) of this Postfix. */
  readonly connectProxymap: Connect;
  readonly proxymapName: string;
  /** Services of this Postfix speak first. */
  readonly isGreeting: boolean;
  /** It is of 3.11 or later: proxymap(8) is asked otherwise, and what it must not read is an error. */
  readonly isLateProxymap: boolean;
  readonly clock: Clock;
  readonly log: Log;
  /** Is told of the files that are read. */
  readonly fileWatch: Pick<FileWatch, "add">;
  /** command_directory */
  readonly commandDirectory: string;
  /** `name=value`: the -o settings that this process was started with, for the helper too. */
  readonly overrides: readonly string[];
  /** What the helper calls itself in the log. */
  readonly processName: string;
  /** Where its socket is for a moment: a name that no other process uses, in `pid/` of the queue. */
  readonly socketPath: string;
  /** ipc_timeout and ipc_idle */
  readonly ipcTimeoutMs: number;
  readonly ipcIdleMs: number;
}

export class PostfixTables {
  readonly #tools: PostfixTablesTools;
  readonly #opened: Promise<unknown>[] = [];
  /** Names of the tables that the helper is to read. */
  readonly #helped: string[] = [];
  readonly #started = Promise.withResolvers<Connect>();
  readonly #ended = Promise.withResolvers<void>();
  #helper: Clients.ProxymapClient | null = null;
  #proxymap: Clients.ProxymapClient | null = null;
  #types: ReadonlySet<string> | null = null;

  constructor(tools: PostfixTablesTools) {
    this.#tools = tools;
  }

  /** Whether this Postfix has tables of that type. */
  knows(type: string): boolean {
    this.#types ??= new Set(this.run("postconf", "-m").out.split("\n"));
    return this.#types.has(type);
  }

  /** Runs one of Postfix's commands. Throws Fatal where it can't be started. */
  run(command: string, ...args: readonly string[]): StartUpOutcome {
    return this.runWithin(ANSWER_BYTES_MAX, command, ...args);
  }

  /** The same, with another bound on what it prints. */
  runWithin(outBytesMax: number, command: string, ...args: readonly string[]): StartUpOutcome {
    const path = `${this.#tools.commandDirectory}/${command}`;
    const limits = { limitMs: PROGRAM_LIMIT_MS, outBytesMax };
    return orFatal(path, () => this.#tools.programs.run([path, ...args], limits));
  }

  /** Has a file looked at from now on. */
  watch(path: string): void {
    this.#tools.fileWatch.add(path);
  }

  /** A table that the helper looks up in; it reads the files in the table's name once. */
  helped(title: string, isBadKey: (key: string) => boolean): LookupTable {
    this.#helper ??= this.#client({
      connect: async (open) => (await this.#started.promise)(open),
      serverName: HELPER_NAME,
      idleMs: null,
    });
    this.#helped.push(title);
    for (const [, type = "", path = ""] of title.matchAll(FILES)) {
      this.watch(path + (FILE_ENDINGS.get(type) ?? ""));
    }
    return this.#table({ title, name: title, client: this.#helper, isBadKey, failed: end });
  }

  /** The table `proxy:NAME`; `failed` makes of it one that can't be opened, and logs why. */
  proxied(
    title: string,
    name: string,
    isBadKey: (key: string) => boolean,
    failed: (reason: string) => LookupTable,
  ): LookupTable {
    const { connectProxymap, proxymapName, ipcIdleMs, isLateProxymap } = this.#tools;
    this.#proxymap ??= this.#client({
      connect: connectProxymap,
      serverName: proxymapName,
      idleMs: ipcIdleMs,
    });
    const client = this.#proxymap;
    return this.#table({ title, name, client, isBadKey, failed: isLateProxymap ? failed : end });
  }

  /** Starts the helper, if there is anything for it to do. All tables must be known by now. */
  start(): void {
    if (this.#helped.length === 0) {
      return;
    }
    const { programs, overrides, processName, socketPath } = this.#tools;
    const directory = this.run("postconf", "-hx", "daemon_directory").out.trim();
    const path = `${directory}/proxymap`;
    // In a value of main.cf, and so in one of -o, a dollar sign stands for itself if there are two.
    const tables = this.#helped.map((title) => `proxy:${title.replaceAll("$", "$$$$")}`);
    const words = [
      processName,
      ...["-l", "-n", "proxymap", "-t", "unix", "-u"],
      ...overrides.flatMap((override) => ["-o", override]),
      ...["-o", `proxy_read_maps=${tables.join(" ")}`],
    ];
    const connect = orFatal(path, () => programs.startServer({ path, words, socketPath }));
    this.#started.resolve((open) =>
      connect((connection) => {
        const events = open(connection);
        return {
          data: (bytes) => events.data(bytes),
          closed: () => {
            this.#ended.resolve();
            events.closed();
          },
        };
      }),
    );
  }

  /** Resolves when every table has been opened, or can't be. Rejects with Fatal, also where that was the helper's end. */
  async ready(): Promise<void> {
    if (this.#opened.length === 0) {
      return;
    }
    const ended = this.#ended.promise.then(() => {
      throw new Fatal(`${HELPER_NAME}: ended`);
    });
    await Promise.race([Promise.all(this.#opened), ended]);
  }

  /** Resolves when the helper has ended: from then on its tables can't be looked up in. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  #client(
    how: Pick<
      ConstructorParameters<typeof Clients.ProxymapClient>[0],
      "connect" | "serverName" | "idleMs"
    >,
  ): Clients.ProxymapClient {
    const { clock, log, isGreeting, ipcTimeoutMs } = this.#tools;
    const Client = loadProxymapClient();
    return new Client({ clock, log, isGreeting, answerMs: ipcTimeoutMs, ...how });
  }

  #table(options: Omit<Tables.PostfixTableOptions, "isLateProxymap">): LookupTable {
    const { isLateProxymap } = this.#tools;
    const Table = loadPostfixTable();
    const table = new Table({ ...options, isLateProxymap });
    this.#opened.push(table.open());
    return table;
  }
}

/** Loaded when they are first needed: most lists have no such table. */
function loadPostfixTable(): typeof Tables.PostfixTable {
  return (require("./postfix_table.ts") as typeof Tables).PostfixTable;
}

function loadProxymapClient(): typeof Clients.ProxymapClient {
  return (require("./proxymap_client.ts") as typeof Clients).ProxymapClient;
}

/** Before Postfix 3.11 nobody goes on without a table that proxymap(8) must not read. */
function end(reason: string): never {
  throw new Fatal(reason);
}

function orFatal<T>(path: string, start: () => T): T {
  try {
    return start();
  } catch (caught) {
    if (caught instanceof OsError) {
      throw new Fatal(`${caught.operation} ${path}: ${caught.text}`);
    }
    throw caught;
  }
}
