/**
 * The folder that `--state-dir` names, as a byte string from the root on. To be asked before anything enters the queue.
 */
import { encodeUtf8 } from "../names/byte_string.ts";
import type { CommandTools } from "./command_tools.ts";
import { CommandError, EXIT } from "./exit_status.ts";

/** Throws CommandError where it is empty, as a variable of a script may be: that would be wherever the script runs. */
export function stateDirectory(
  { absolutePath }: Pick<CommandTools, "absolutePath">,
  named: string,
): string {
  if (named === "") {
    throw new CommandError(EXIT.usage, "--state-dir names no directory. Nothing was done.");
  }
  return absolutePath(encodeUtf8(named));
}
