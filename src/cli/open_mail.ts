/**
 * Opens the deferred mail of an instance for a command, with a line on the terminal that says how far that is; and
 * says in words for an operator why it can't be read.
 */
import type { Files } from "../effects/files.ts";
import { OsError } from "../effects/os_error.ts";
import type { DeferredMail } from "../index/deferred_mail.ts";
import { commandOn } from "./command_on.ts";
import type { CommandTools } from "./command_tools.ts";
import { CommandError, EXIT } from "./exit_status.ts";
import { countText, printable } from "./printable.ts";
import { Progress } from "./progress.ts";

/** What is deferred now. Throws CommandError where it can't be read. Whoever calls closes it. */
export async function openMail(
  tools: CommandTools,
  progress: Pick<Progress, "show" | "bar" | "clear"> = new Progress(tools),
): Promise<DeferredMail> {
  try {
    return await tools.openDeferredMail(tools.instance, {
      onProgress: (done, all) =>
        all === null
          ? progress.show(`Reading deferred mail: ${countText(done, "message")}`)
          : progress.bar("Reading deferred mail", done, all, "message"),
    });
  } catch (caught) {
    throw caught instanceof OsError ? notReadable(caught, tools) : caught;
  } finally {
    progress.clear();
  }
}

/** The files of an instance's queue. Throws CommandError where this process can't go there. */
export function openQueue(tools: CommandTools): Files {
  try {
    return tools.enterQueue(tools.instance);
  } catch (caught) {
    throw caught instanceof OsError ? notReadable(caught, tools) : caught;
  }
}

function notReadable(error: OsError, { instance, place }: CommandTools): CommandError {
  const where = printable(instance.queueDirectory);
  const fastflush = commandOn("fastflush", instance.configDirectory);
  if (error.code === "EACCES" || error.code === "EPERM") {
    return new CommandError(
      EXIT.notPermitted,
      place.mayAsk
        ? `Not permitted: a part of the deferred queue in ${where} can't be read by this user, who should (${error.message}). ` +
            `Its directories are to be the mail owner's, with mode 700: "${fastflush} doctor" says which are not.`
        : `Not permitted: only root and the mail owner (${printable(place.mailOwner)}) may read the deferred queue in ${where}.`,
    );
  }
  return new CommandError(
    EXIT.unavailable,
    `The deferred queue in ${where} can't be read (${error.text}). Is this Postfix instance set up, and does its main.cf name the right queue_directory?`,
  );
}
