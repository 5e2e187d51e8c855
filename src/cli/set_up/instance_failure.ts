/**
 * Why install, uninstall or status could not be done with an instance: the errors of installation/ in words. Pure.
 */
import { NotInstalled, Refused } from "../../installation/install.ts";
import { PostconfError } from "../../installation/postconf.ts";
import { isRefusal, TakenBack } from "../../installation/undo_stack.ts";
import { EXIT, type ExitStatus } from "../exit_status.ts";
import { printable } from "../printable.ts";

/** Why an instance was not done with: the status, and what is said. */
export interface Failure {
  readonly status: ExitStatus;
  /** refused: nothing was begun; failed: what was begun is taken back. */
  readonly outcome: "refused" | "failed";
  /** Printable sentences. */
  readonly why: readonly string[];
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
