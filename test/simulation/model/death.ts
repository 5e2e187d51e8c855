/**
 * The death of our process: anywhere, and inside the system calls that change the log.
 */
import { copyOf, fileAt, type Outcome, type State, write } from "./state.ts";

/** The process that takes over knows nothing. */
export function killed(state: State): State {
  const next = copyOf(state);
  next.crashesLeft--;
  next.adding = null;
  next.job = null;
  next.memory = null;
  return next;
}

/** Our process is killed inside the calls that turn one text into another. */
export function* killedInside(
  state: State,
  number: number,
  step: string,
  texts: readonly string[],
): Generator<Outcome> {
  if (state.crashesLeft === 0) {
    return;
  }
  const wasEnded = !hasFragment(fileAt(state, number).text);
  for (const text of texts) {
    const next = killed(state);
    write(next, number, text);
    next.mayHaveScraps = true;
    next.isFragmentOurs = hasFragment(text) && (wasEnded || state.isFragmentOurs);
    yield { step: `${step}, and is killed at ${JSON.stringify(text)}`, state: next };
  }
}

function hasFragment(text: string): boolean {
  return text !== "" && !text.endsWith("\n");
}
