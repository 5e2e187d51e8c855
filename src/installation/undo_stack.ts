/**
 * Steps that are taken back, the last first, when a later one fails.
 *
 * Taking back goes on where a step can't be taken back: what is left then is told. A step that is done whole or not at
 * all is noted when it is done, any other before.
 */
import { OsError } from "../effects/os_error.ts";
import { PostconfError } from "./postconf.ts";

type Undo = () => void | Promise<void>;

export class UndoStack {
  readonly #undos: { readonly what: string; readonly undo: Undo }[] = [];

  /** Says how to take back a step; `what` names what stays if that fails. */
  push(what: string, undo: Undo): void {
    this.#undos.push({ what, undo });
  }

  /** Takes all back; returns what could not be, each with the reason. */
  async takeBack(): Promise<readonly string[]> {
    const left: string[] = [];
    for (const { what, undo } of this.#undos.toReversed()) {
      try {
        await undo();
      } catch (caught) {
        const why = caught instanceof Error ? caught.message : String(caught);
        left.push(why.startsWith(what) ? why : `${what}: ${why}`);
      }
    }
    return left;
  }
}

/** A step did not come out as it should; the message says how, in a sentence without its end. */
export class StepFailed extends Error {
  override readonly name = "StepFailed";
}

/** A step failed, and what was done before it is taken back, but for what is left. */
export class TakenBack extends Error {
  override readonly name = "TakenBack";
  /** What could not be taken back, each with the reason; mostly nothing. */
  readonly left: readonly string[];

  constructor(message: string, left: readonly string[]) {
    super(message);
    this.left = left;
  }
}

/** The machine, Postfix or a step said no: nothing else is expected. */
export function isRefusal(caught: unknown): caught is Error {
  return (
    caught instanceof OsError || caught instanceof PostconfError || caught instanceof StepFailed
  );
}

/** Does the steps; where one fails, takes back those that were noted. Throws TakenBack, or what a defect throws. */
export async function allOrNothing(steps: (undo: UndoStack) => Promise<void>): Promise<void> {
  const undo = new UndoStack();
  try {
    await steps(undo);
  } catch (caught) {
    const left = await undo.takeBack();
    throw isRefusal(caught) ? new TakenBack(caught.message, left) : caught;
  }
}
