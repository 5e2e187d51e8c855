/**
 * Starts the service's program once, as nobody's service, to see whether it can run here: it must answer as ours does.
 *
 * Nothing of the caller's environment reaches it, and what it is asked changes nothing. Throws OsError.
 */
import type { Programs } from "../effects/programs.ts";
import { bytesToString } from "../names/byte_string.ts";
import { encodeRequest } from "../wire/encode_request.ts";
import { GREETING } from "../wire/greeting.ts";
import { NOTHING } from "../wire/request.ts";
import { StepFailed } from "./undo_stack.ts";

/** A start takes milliseconds, of a large file that has just been copied some more. */
export const TRIAL_SECONDS = 10;

/** What is quoted of what a program said. */
const WORDS_MAX = 200;

/** How the answer begins that only ours gives: a report without items. */
const ANSWER = "status\0";

const GREETING_TEXT = bytesToString(GREETING);

/**
 * Null: it answers. Otherwise what it does instead: "stranger" is a flush service that is not ours; "late": it has not
 * answered in time, as a machine that is very busy may have it, and the original, which without a socket waits for ever.
 */
export type Trial = null | "stranger" | "late" | { readonly said: string };

/** Starts the program at `path`, with this configuration. */
export async function tryProgram(
  { programs }: { readonly programs: Programs },
  path: string,
  configDirectory: string,
): Promise<Trial> {
  const words = ["env", "-i", `MAIL_CONFIG=${configDirectory}`, path, "-S"];
  const input = bytesToString(encodeRequest(NOTHING));
  const { status, isLate, out, err } = await programs.run(words, {
    input,
    limitMs: TRIAL_SECONDS * 1000,
  });
  // Before Postfix 3.6 no service greets.
  const isGreeted = out.startsWith(GREETING_TEXT);
  const answer = isGreeted ? out.slice(GREETING_TEXT.length) : out;
  if (status === 0 && answer.startsWith(ANSWER)) {
    return null;
  }
  if (isLate) {
    return "late";
  }
  if (isGreeted || status === 0) {
    return "stranger";
  }
  const said = lastWords(err);
  const ending = status === null ? "a signal ended it" : `exit status ${status}`;
  return { said: said === "" ? ending : said };
}

/** The same where it must answer. Throws StepFailed. */
export async function requireStart(
  tools: { readonly programs: Programs },
  path: string,
  configDirectory: string,
): Promise<void> {
  const trial = await tryProgram(tools, path, configDirectory);
  if (trial === "late") {
    throw new StepFailed(
      `no answer came from ${path} within ${TRIAL_SECONDS} seconds: this machine may be very busy, and another ` +
        "try will do; or it is not the program of this fastflush's service",
    );
  }
  if (trial === "stranger") {
    throw new StepFailed(
      `${path} is not the program of this fastflush's service: it does not know what was asked`,
    );
  }
  if (trial !== null) {
    throw new StepFailed(
      `the program can't run here: ${trial.said} (it needs memory that is writable and executable, which SELinux or ` +
        "systemd can forbid, and 4 GB of address space; the mail log may say more)",
    );
  }
}

/** The engine prints much about an error, in lines of any length. */
function lastWords(err: string): string {
  const lines = err.split("\n").filter((line) => line.trim() !== "");
  const line = lines.find((each) => /^\w*Error: /.test(each)) ?? lines.at(-1) ?? "";
  return line.trim().slice(0, WORDS_MAX);
}
