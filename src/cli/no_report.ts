/**
 * Why there is no report, in words for an operator, and with what status the command ends. Pure.
 */
import type { Answer } from "../client/ask.ts";
import { STATUS } from "../wire/request.ts";
import { commandOn } from "./command_on.ts";
import type { ServicePlace } from "./command_tools.ts";
import { CommandError, EXIT } from "./exit_status.ts";
import { printable } from "./printable.ts";

/** The error that an answer without a report is; null: there is a report, with its end. */
export function noReport(answer: Answer, place: ServicePlace): CommandError | null {
  const where = printable(place.path);
  switch (answer.kind) {
    case "done":
      return answer.status === STATUS.bad
        ? new CommandError(
            EXIT.unavailable,
            `The flush service at ${where} does not understand this request: it is of another version.`,
          )
        : null;
    case "unreachable":
      return unreachable(answer.error, where, place);
    case "unknown":
      return place.mayAsk
        ? new CommandError(
            EXIT.unavailable,
            `The original flush service answers at ${where}, and has no such request: this command needs ` +
              `that of fastflush. With the original, "${commandOn("postqueue", place.configDirectory)} -s SITE" flushes a site.`,
          )
        : notPermitted(place);
    case "stranger":
      return new CommandError(
        EXIT.unavailable,
        `What answers at ${where} is no flush service. ${askDoctor(place)}`,
      );
    case "mute":
      return new CommandError(
        EXIT.tryAgain,
        `The flush service at ${where} did not answer: ${answer.why}. Nothing was asked of it. ${askDoctor(place)}`,
      );
    case "incomplete":
      return new CommandError(
        EXIT.tryAgain,
        `Not complete: ${answer.why}. Look into the mail log for what was done, and try again.`,
      );
  }
}

/** Who finds the cause: of a service that can't start, too, for which master(8) waits before it tries again. */
function askDoctor(place: ServicePlace): string {
  return `"${commandOn("fastflush", place.configDirectory)} doctor" looks for the cause, and says what mends it.`;
}

function unreachable(
  error: Extract<Answer, { kind: "unreachable" }>["error"],
  where: string,
  place: ServicePlace,
): CommandError {
  switch (error.code) {
    case "EACCES":
    case "EPERM":
      return notPermitted(place);
    case "EAGAIN":
      return new CommandError(
        EXIT.tryAgain,
        `The flush service at ${where} has too many clients: nothing was asked of it. Try again.`,
      );
    default:
      return new CommandError(
        EXIT.unavailable,
        `No flush service listens at ${where} (${error.text}). Is Postfix running ` +
          `("${commandOn("postfix", place.configDirectory)} status"), and is the service in its master.cf ` +
          `("${commandOn("postconf", place.configDirectory)} -M ${where.slice(where.lastIndexOf("/") + 1)}/unix")? ${askDoctor(place)}`,
      );
  }
}

function notPermitted(place: ServicePlace): CommandError {
  return new CommandError(
    EXIT.notPermitted,
    `Not permitted: only root and the mail owner (${printable(place.mailOwner)}) may ask the flush service.`,
  );
}
