/**
 * Lines for a shell that mend something, for one Postfix instance. Pure: nothing here is run.
 */

const SAFE_WORD = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** A word as a shell takes it. A byte string. */
export function quoted(word: string): string {
  return SAFE_WORD.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Words as one command. */
export function commandLine(...words: readonly string[]): string {
  return words.map(quoted).join(" ");
}

/** Commands one after the other, each if the one before it went well. */
export function inTurn(...commands: readonly string[]): string {
  return commands.join(" && ");
}

export class Commands {
  readonly #directory: string;
  readonly #isRunning: boolean;

  /** `isRunning`: the instance runs, so that a change of its configuration takes a reload. */
  constructor(configDirectory: string, isRunning: boolean) {
    this.#directory = configDirectory;
    this.#isRunning = isRunning;
  }

  /** postconf(1), and whatever makes Postfix see the change. */
  postconf(...words: readonly string[]): string {
    return this.applied(commandLine("postconf", "-c", this.#directory, ...words));
  }

  /** Sets parameters of main.cf. */
  set(...settings: readonly string[]): string {
    return this.postconf("-e", ...settings);
  }

  /** Commands that change the configuration, and whatever makes Postfix see it. */
  applied(...commands: readonly string[]): string {
    return inTurn(...commands, ...(this.#isRunning ? [this.reload()] : []));
  }

  reload(): string {
    return commandLine("postfix", "-c", this.#directory, "reload");
  }

  start(): string {
    return commandLine("postfix", "-c", this.#directory, "start");
  }

  restart(): string {
    return inTurn(commandLine("postfix", "-c", this.#directory, "stop"), this.start());
  }

  /** Our own. */
  fastflush(...words: readonly string[]): string {
    return commandLine("fastflush", "-c", this.#directory, ...words);
  }
}
