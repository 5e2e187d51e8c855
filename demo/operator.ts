/**
 * Who runs the mail system, at a shell: types fastflush's commands, and shows what they print.
 */
import { join } from "node:path";
import type { PostfixInstance } from "../lab/postfix_instance.ts";
import { type Outcome, run } from "../lab/run.ts";
import type { Screen } from "./screen.ts";

/** The operator's command, as it was built. */
export const PROGRAM = join(import.meta.dir, "..", "dist", "fastflush");

export class Operator {
  constructor(
    private readonly instance: PostfixInstance,
    private readonly screen: Screen,
  ) {}

  /** Runs a command, and shows it with all that it prints. */
  async types(...words: string[]): Promise<Outcome> {
    const { config_folder, folder } = this.instance;
    this.screen.lines([`# fastflush ${words.join(" ")}`]);
    const options = ["-c", config_folder, "--cache-dir", join(folder, "cache")];
    const outcome = await run([PROGRAM, ...options, ...words]);
    const lines = `${outcome.stdout}${outcome.stderr}`.trimEnd().split("\n");
    this.screen.lines(lines.filter((line) => line !== ""));
    return outcome;
  }
}
