/**
 * Lines for a shell that mend something, for one Postfix instance. Pure: nothing here is run.
 */

import { commandLine } from "../installation/shell_words.ts";

/** Commands one after the other, each if the one before it went well. */
export function inTurn(...commands: readonly string[]): string {
  return commands.join(" && ");
}

/**
 * How Postfix is: where it runs, a change of its configuration takes a reload. "throttled": master(8) waits a minute
 * before it tries again to start the service, and only a new start of Postfix ends that.
 */
export type PostfixState = "stopped" | "running" | "throttled";

export class Commands {
  readonly #directory: string;
  readonly #state: PostfixState;

  constructor(configDirectory: string, state: PostfixState) {
    this.#directory = configDirectory;
    this.#state = state;
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
    return inTurn(...commands, ...(this.#state === "stopped" ? [] : [this.reload()]));
  }

  /** Has Postfix read its configuration. */
  reload(): string {
    return this.#state === "throttled"
      ? this.restart()
      : commandLine("postfix", "-c", this.#directory, "reload");
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
