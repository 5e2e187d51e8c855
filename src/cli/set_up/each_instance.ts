/**
 * What install, uninstall and status have in common: one Postfix instance after the other, and how each fails.
 */

import { NotInstalled, Refused } from "../../installation/install.ts";
import { PostconfError } from "../../installation/postconf.ts";
import { instanceDirectories, survey } from "../../installation/survey.ts";
import { isRefusal, TakenBack } from "../../installation/undo_stack.ts";
import { decodeUtf8 } from "../../names/byte_string.ts";
import type { CommandTools } from "../command_tools.ts";
import { CommandError, EXIT, type ExitStatus } from "../exit_status.ts";
import { printable } from "../printable.ts";

/** Arguments of commander's `option`. */
export const ALL_INSTANCES_OPTION = [
  "-a, --all-instances",
  "this instance and those of its multi_instance_directories, one after the other",
] as const;

/** Why an instance was not done with: the status, and what is said. */
export interface Failure {
  readonly status: ExitStatus;
  /** refused: nothing was begun; failed: what was begun is taken back. */
  readonly outcome: "refused" | "failed";
  /** Printable sentences. */
  readonly why: readonly string[];
}

/** The tools of each instance that is meant. */
export async function instancesMeant(
  tools: CommandTools,
  allInstances: boolean,
): Promise<readonly CommandTools[]> {
  if (!allInstances) {
    return [tools];
  }
  const state = await survey(tools, tools.instance.configDirectory);
  const [, ...others] = instanceDirectories(state);
  return [tools, ...others.map((each) => tools.forInstance(decodeUtf8(each) ?? each))];
}

/** Root alone may change a configuration. */
export function requireRoot({ host }: CommandTools, what: string): void {
  if (host.userId() !== 0) {
    throw new CommandError(EXIT.notPermitted, `Not permitted: only root may ${what}.`);
  }
}

/** What an error means for an instance; a defect is thrown on. */
export function failureOf(caught: unknown): Failure {
  if (caught instanceof Refused) {
    const status = caught instanceof NotInstalled ? EXIT.found : EXIT.configuration;
    return { status, outcome: "refused", why: caught.reasons.map(printable) };
  }
  if (caught instanceof TakenBack) {
    const left = caught.left.map((each) => `Could not be taken back: ${printable(each)}.`);
    const end = left.length === 0 ? "All is as it was before." : "All else is as it was before.";
    return { status: EXIT.found, outcome: "failed", why: [sentence(caught.message), ...left, end] };
  }
  if (caught instanceof PostconfError) {
    return { status: EXIT.configuration, outcome: "refused", why: [sentence(caught.message)] };
  }
  if (isRefusal(caught)) {
    return { status: EXIT.found, outcome: "refused", why: [sentence(caught.message)] };
  }
  throw caught;
}

function sentence(words: string): string {
  const text = printable(words);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Asks at the terminal; false: not to be done. */
export function isAgreed({ terminal, instance }: CommandTools): boolean {
  terminal.err(`Do this in ${printable(instance.configDirectory)}? [y/N] `);
  const answer = terminal.readLine()?.trim().toLowerCase();
  return answer === "y" || answer === "yes";
}
