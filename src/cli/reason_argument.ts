/**
 * Why something is done, on the command line: it stands in the mail log. One that is too long is an error of usage. Pure.
 */
import { encodeUtf8 } from "../names/byte_string.ts";
import { CommandError, EXIT } from "./exit_status.ts";
import { numberText } from "./printable.ts";

/** What fits into a request beside the sites, and into a log line. */
const REASON_BYTES_MAX = 1000;

/** As a byte string. `undone` says what was not done then: "Nothing was released". Throws CommandError. */
export function parseReason(text: string, undone: string): string {
  const reason = encodeUtf8(text);
  if (reason.includes("\0") || reason.length > REASON_BYTES_MAX) {
    throw new CommandError(
      EXIT.usage,
      `The reason has ${numberText(reason.length)} bytes; at most ${numberText(REASON_BYTES_MAX)} are possible. ` +
        `${undone}.`,
    );
  }
  return reason;
}
