/**
 * Prints what install, uninstall and status have to say, instance by instance: as text, or as JSON lines.
 */
import { advice } from "../../installation/advice.ts";
import { survey } from "../../installation/survey.ts";
import { encodeUtf8 } from "../../names/byte_string.ts";
import type { CommandTools } from "../command_tools.ts";
import { EXIT, type ExitStatus } from "../exit_status.ts";
import { type CommandName, jsonLine } from "../json_lines.ts";
import { countText, printable } from "../printable.ts";
import { type Failure, failureOf } from "./instance_failure.ts";

type Attributes = ReadonlyArray<readonly [name: string, value: string]>;

/** How a command came out for one instance. */
export interface InstanceOutcome {
  readonly status: ExitStatus;
  /** One word, as in docs/COMMAND.md. */
  readonly outcome: string;
}

const WHAT_ELSE = "To consider";

/** Outcomes of an instance for which what was asked for is not done. */
const NOT_DONE: ReadonlySet<string> = new Set(["refused", "failed", "declined"]);

export class InstanceReport {
  readonly #terminal: CommandTools["terminal"];
  readonly #command: CommandName;
  readonly #json: boolean;
  readonly #outcomes: InstanceOutcome[] = [];

  constructor({ terminal }: CommandTools, command: CommandName, json: boolean) {
    this.#terminal = terminal;
    this.#command = command;
    this.#json = json;
  }

  /** A line of text, printable, without its end; nothing in JSON. */
  line(text: string): void {
    if (!this.#json) {
      this.#terminal.out(`${text}\n`);
    }
  }

  /** What is going to be done: where that is asked about, `--json` tells it beside standard output. */
  plan(lines: readonly string[], isAsked: boolean): void {
    for (const line of lines) {
      this.line(line);
    }
    if (this.#json && isAsked) {
      this.#terminal.err(lines.map((line) => `${line}\n`).join(""));
    }
  }

  /** How an instance came out, last of all that is said about it but advice. Values are byte strings. */
  instance(
    { instance }: CommandTools,
    { status, outcome }: InstanceOutcome,
    attributes: Attributes,
  ): void {
    this.#outcomes.push({ status, outcome });
    this.#item("instance", [
      ["config_directory", instance.configDirectory],
      ["outcome", outcome],
      ...attributes,
    ]);
  }

  /** What else there is to say of an instance in JSON, an item for each value. */
  items({ instance }: CommandTools, item: string, name: string, values: readonly string[]): void {
    for (const value of values) {
      this.#item(item, [
        ["config_directory", instance.configDirectory],
        [name, value],
      ]);
    }
  }

  /** That an instance could not be done with, and why: beside what the command is for. */
  failure(tools: CommandTools, { status, outcome, why }: Failure, what: string): void {
    this.items(tools, "reason", "why", why.map(encodeUtf8));
    const where = printable(tools.instance.configDirectory);
    this.#terminal.err(`${where}: ${what}.\n${why.map((each) => `  ${each}\n`).join("")}`);
    this.instance(tools, { status, outcome }, []);
  }

  /** What is worth setting beside, as the instance is now. What came of it before stands, whatever this comes to. */
  async advice(tools: CommandTools): Promise<void> {
    const texts = await this.#adviceFor(tools);
    if (texts.length > 0) {
      this.line(`${WHAT_ELSE}:`);
    }
    for (const text of texts) {
      this.line(`- ${printable(text)}`);
    }
    this.items(tools, "advice", "text", texts);
  }

  async #adviceFor(tools: CommandTools): Promise<readonly string[]> {
    try {
      return advice(await survey(tools, tools.instance.configDirectory));
    } catch (caught) {
      const { why } = failureOf(caught);
      this.#terminal.err(`What else is worth setting can't be told: ${why.join(" ")}\n`);
      return [];
    }
  }

  /** The end; returns the exit status: that of the first instance that has another than 0. */
  end(): number {
    const status = this.#outcomes.find((each) => each.status !== EXIT.done)?.status ?? EXIT.done;
    const count = this.#outcomes.length;
    const isDone = this.#outcomes.every(({ outcome }) => !NOT_DONE.has(outcome));
    this.#item("end", [
      ["status", isDone ? "done" : "failed"],
      ["instances", String(count)],
    ]);
    if (count > 1) {
      const words = [...new Set(this.#outcomes.map(({ outcome }) => outcome))].map(
        (word) => `${this.#outcomes.filter(({ outcome }) => outcome === word).length} ${word}`,
      );
      this.line(`${countText(count, "Postfix instance")}: ${words.join(", ")}.`);
    }
    return status;
  }

  #item(item: string, attributes: Attributes): void {
    if (this.#json) {
      this.#terminal.out(jsonLine(this.#command, item, new Map(attributes)) ?? "");
    }
  }
}
