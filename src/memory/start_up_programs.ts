/**
 * Programs at start-up in memory: effects/start_up_programs.ts for tests that say what each is to answer.
 */
import { OsError } from "../effects/os_error.ts";
import type {
  Connect,
  ServerProgram,
  StartUpLimits,
  StartUpOutcome,
  StartUpPrograms,
} from "../effects/start_up_programs.ts";
import { MemoryUnixSockets, type Serve } from "./unix_sockets.ts";

/** What a program does: the outcome, or parts of it that differ from success without output. */
type Act = (args: readonly string[], limits: StartUpLimits) => Partial<StartUpOutcome>;

export class MemoryStartUpPrograms implements StartUpPrograms {
  /** The command lines that were run, words joined by blanks. */
  readonly lines: string[] = [];
  /** The servers that were started. */
  readonly servers: ServerProgram[] = [];
  readonly #acts = new Map<string, Act>();
  readonly #sockets = new MemoryUnixSockets();

  /** Installs a program, by its path. */
  add(path: string, act: Act): void {
    this.#acts.set(path, act);
  }

  /** Installs a server, by its path. */
  addServer(path: string, serve: Serve): void {
    this.#sockets.listen(path, serve);
    this.#acts.set(path, () => ({}));
  }

  run(words: readonly string[], limits: StartUpLimits): StartUpOutcome {
    const [path = "", ...args] = words;
    this.lines.push(words.join(" "));
    return { status: 0, out: "", err: "", ...this.#act(path)(args, limits) };
  }

  startServer(server: ServerProgram): Connect {
    this.#act(server.path);
    this.servers.push(server);
    let isTaken = false;
    return async (open) => {
      if (isTaken) {
        throw new OsError("ECONNREFUSED", "connect");
      }
      isTaken = true;
      await this.#sockets.connect(server.path, open);
    };
  }

  #act(path: string): Act {
    const act = this.#acts.get(path);
    if (act === undefined) {
      throw new OsError("ENOENT", "start");
    }
    return act;
  }
}
