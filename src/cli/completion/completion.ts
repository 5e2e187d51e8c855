/**
 * `fastflush completion`: prints what a shell needs to complete fastflush's command lines. Looks at nothing.
 */
import { Argument, type Command } from "commander";
import { examples } from "../help_texts.ts";
import { bashScript } from "./bash.ts";
import { fishScript } from "./fish.ts";
import { type CommandWords, programWords } from "./words.ts";
import { zshScript } from "./zsh.ts";

const SCRIPTS = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
} as const satisfies Readonly<Record<string, (commands: readonly CommandWords[]) => string>>;

type Shell = keyof typeof SCRIPTS;

/** The shells that there are completions for. */
export const COMPLETED_SHELLS = Object.keys(SCRIPTS) as readonly Shell[];

/** Adds the command. */
export function addCompletion(program: Command): void {
  program
    .command("completion")
    .summary("print the completion of command lines for a shell")
    .description(
      "Prints a script for bash, zsh or fish, with which the shell completes commands, options, their values, and the " +
        "sites that have deferred mail. Changes nothing.",
    )
    .addArgument(new Argument("<shell>", "which shell it is for").choices(COMPLETED_SHELLS))
    .addHelpText(
      "after",
      examples([
        ["fastflush completion fish | source", "in ~/.config/fish/config.fish"],
        ["source <(fastflush completion bash)", "in ~/.bashrc"],
        ["source <(fastflush completion zsh)", "in ~/.zshrc, below compinit"],
      ]),
    )
    .action((shell: Shell) => {
      program.configureOutput().writeOut?.(SCRIPTS[shell](programWords(program)));
    });
}
