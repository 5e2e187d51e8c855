/**
 * How a command ends: its exit status, which scripts go by, and the error that carries one.
 *
 * The numbers are a contract (docs/COMMAND.md): none ever changes its meaning. From 64 on they are those of
 * sysexits.h.
 */
export const EXIT = {
  /** What was asked for is done; for verify: nothing differs. */
  done: 0,
  /** Something failed, was found, was declined or was not delivered; what could be done is done. */
  found: 1,
  /** The command line is wrong. Nothing was done. */
  usage: 64,
  /** Nobody answers, or not our service. Nothing was done. */
  unavailable: 69,
  /** A defect of this program. */
  defect: 70,
  /** The service did not answer, or broke off: what was done until then is done. */
  tryAgain: 75,
  /** This user may not ask. Nothing was done. */
  notPermitted: 77,
  /** main.cf can't be read or understood. Nothing was done. */
  configuration: 78,
} as const;

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
