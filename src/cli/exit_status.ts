/**
 * How a command ends: its exit status, which scripts go by, and the error that carries one.
 *
 * The numbers are a contract (docs/COMMAND.md): none ever changes its meaning. From 64 on they are those of
 * sysexits.h.
 */
export const EXIT = {
  done: 0,
  found: 1,
  stillDown: 2,
  usage: 64,
  unavailable: 69,
  defect: 70,
  tryAgain: 75,
  notPermitted: 77,
  configuration: 78,
} as const;

/** What each means, for the help. */
const MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  done: "done, and nothing amiss was found",
  found:
    "something failed, was found (verify, doctor, status), declined, not found or not delivered",
  stillDown: "watch: a destination was not back when the time of --for was over",
  usage: "wrong usage: nothing was done",
  unavailable: "no service answers that can do this, or the queue is not there",
  defect: "a defect of fastflush",
  tryAgain: "the service did not answer, or broke off: try again",
  notPermitted: "not permitted",
  configuration: "main.cf or master.cf can't be read, or is not understood",
};

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command; the message, in ordinary printable text, says why and what can be done about it. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly status: ExitStatus;

  constructor(status: ExitStatus, message: string) {
    super(message);
    this.status = status;
  }
}

/** The section of a help text. */
export function statusesText(): string {
  const names = Object.keys(EXIT) as (keyof typeof EXIT)[];
  const lines = names.map((name) => `  ${String(EXIT[name]).padEnd(2)}  ${MEANINGS[name]}\n`);
  return `\nExit status:\n${lines.join("")}`;
}
