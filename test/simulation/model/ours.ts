/**
 * What our process does to the log, one step for what nobody can come between: what is done under the
 * lock in one go. A death inside such a step has an outcome for each system call and byte.
 */
import { killed, killedInside } from "./death.ts";
import type { Design } from "./design.ts";
import { isBeingDeferred } from "./original.ts";
import { jobSteps } from "./our_jobs.ts";
import {
  copyOf,
  fileAt,
  type Job,
  linesOf,
  lockHolder,
  MESSAGES,
  type Memory,
  type Message,
  type Outcome,
  openOrCreate,
  plus,
  type State,
  write,
} from "./state.ts";
import { afterAll, afterDeath, appending } from "./writes.ts";

/** Every step that our process can take now. */
export function* ourSteps(state: State, design: Design): Generator<Outcome> {
  if (state.adding !== null) {
    yield answers(state, state.adding, design);
  } else {
    for (const message of MESSAGES) {
      if (isBeingDeferred(state.where[message])) {
        yield* adds(state, message, design);
      }
    }
    yield* jobSteps(state, design);
  }
  const hasAnything = state.adding !== null || state.job !== null || state.memory !== null;
  if (hasAnything && state.crashesLeft > 0) {
    yield { step: "our process is killed", state: killed(state) };
  }
}

function* adds(state: State, message: Message, design: Design): Generator<Outcome> {
  const next = copyOf(state);
  const inHand = next.job?.hasLock === true && next.job.file === next.linked ? next.job : null;
  const number = openOrCreate(next);
  if (inHand === null && lockHolder(next, number) !== null) {
    return;
  }
  next.asked = plus(next.asked, message);
  if (isHeld(next, inHand, number, message, design)) {
    yield {
      step: `ours answers ${message}, which it takes as held`,
      state: skipped(next, message),
    };
    return;
  }
  const { text } = fileAt(next, number);
  const calls = appending(text, [message], design);
  yield* killedInside(next, number, `ours writes ${message}`, afterDeath(text, calls));
  write(next, number, afterAll(text, calls));
  next.isFragmentOurs = false;
  next.adding = { message, file: number };
  if (inHand !== null && next.job !== null) {
    next.job.written = plus(next.job.written, message);
    next.job.isQuiet = false;
  }
  yield { step: `ours writes ${message}`, state: next };
}

function isHeld(
  state: State,
  inHand: Job | null,
  number: number,
  message: Message,
  design: Design,
): boolean {
  const file = fileAt(state, number);
  if (inHand !== null) {
    return (design.heldInHand === "all" ? linesOf(file.text) : inHand.written).includes(message);
  }
  if (state.memory !== null && isTrusted(state, state.memory, number, design)) {
    return state.memory.lines.includes(message);
  }
  state.memory = taken(state, number);
  return state.memory.lines.includes(message);
}

function isTrusted(state: State, memory: Memory, number: number, design: Design): boolean {
  const file = fileAt(state, number);
  if (memory.file !== number || memory.sizeBytes !== file.text.length) {
    return false;
  }
  const isSame = memory.changedAt === file.changedAt;
  // A change in the tick in which it was taken leaves no trace in the time stamps.
  const isSettled = memory.changedAt < memory.takenAt;
  return (design.trust === "size" || isSame) && (design.trust !== "all, and settled" || isSettled);
}

function taken(state: State, number: number): Memory {
  const { text, changedAt } = fileAt(state, number);
  return {
    file: number,
    sizeBytes: text.length,
    changedAt,
    takenAt: state.tick,
    lines: linesOf(text),
  };
}

/** I3: what is answered without being written is in the log at that moment (and, being owed, from then on). */
function skipped(state: State, message: Message): State {
  const lines = state.linked === null ? [] : linesOf(fileAt(state, state.linked).text);
  if (!lines.includes(message)) {
    state.wrong = `I3: ${message} was taken as held and is not in the log`;
  }
  state.owed = plus(state.owed, message);
  return state;
}

function answers(
  state: State,
  adding: { message: Message; file: number },
  design: Design,
): Outcome {
  const next = copyOf(state);
  next.adding = null;
  if (design.checkLink && next.linked !== adding.file) {
    return { step: `ours finds the log gone, and will write ${adding.message} anew`, state: next };
  }
  next.owed = plus(next.owed, adding.message);
  next.memory = next.job === null ? taken(next, adding.file) : null;
  return { step: `ours answers ${adding.message}`, state: next };
}
