/**
 * A send and a compaction of ours, step by step. Both hold the lock from their beginning to their end;
 * adds to our own process go behind the part in hand meanwhile (see ours.ts).
 */
import { killedInside } from "./death.ts";
import type { Design } from "./design.ts";
import {
  copyOf,
  fileAt,
  isSeen,
  type Job,
  linesOf,
  lockHolder,
  messageNamed,
  minus,
  newFile,
  type Outcome,
  plus,
  type State,
  write,
} from "./state.ts";
import { afterAll, afterDeath, appending, cutting } from "./writes.ts";

/** Lines of a part that is sent at a time: so few that a log of the model has several parts. */
const PART_LINES = 2;

/** The next step of the job in hand, or the beginning of one. */
export function* jobSteps(state: State, design: Design): Generator<Outcome> {
  const { job } = state;
  if (job === null) {
    yield* begins(state, "send", design);
    yield* begins(state, "compact", design);
  } else if (job.kind === "send") {
    yield* sendSteps(state, job, design);
  } else {
    yield* compactionSteps(state, job, design);
  }
}

function* begins(state: State, kind: Job["kind"], design: Design): Generator<Outcome> {
  const file = state.linked;
  if (file === null || lockHolder(state, file) !== null) {
    return;
  }
  const step = `ours begins to ${kind}`;
  const next = copyOf(state);
  const { text } = fileAt(next, file);
  const isEnded = text === "" || text.endsWith("\n");
  write(next, file, isEnded ? text : `${text}\n`);
  next.isFragmentOurs = false;
  const textRead = fileAt(next, file).text;
  if (textRead === "") {
    return;
  }
  const isSend = kind === "send";
  next.memory = null;
  next.job = {
    kind,
    file,
    hasLock: isSend || design.lockToCompact,
    textRead,
    start: isSend ? partStart(textRead) : 0,
    end: textRead.length,
    pending: isSend ? linesOf(textRead.slice(partStart(textRead))) : null,
    absent: [],
    absentAt: 0,
    stay: [],
    written: [],
    isQuiet: true,
  };
  yield { step, state: next };
}

/** Where the last lines of a text begin. */
function partStart(text: string): number {
  const lines = text.split("\n").slice(0, -1);
  return lines
    .slice(0, Math.max(0, lines.length - PART_LINES))
    .reduce((at, line) => at + line.length + 1, 0);
}

function* sendSteps(state: State, job: Job, design: Design): Generator<Outcome> {
  const [line, ...pending] = job.pending ?? [];
  if (line !== undefined) {
    const next = copyOf(state);
    if (next.job !== null) {
      next.job.pending = pending;
      sendOne(next, next.job, line, design);
    }
    yield { step: `ours sends ${JSON.stringify(line)}`, state: next };
    return;
  }
  if (design.looks === 2 && job.absent.length > 0 && state.tick === job.absentAt) {
    return;
  }
  const found = design.looks === 2 ? job.absent.filter((each) => isThere(state, each)) : [];
  const stay = [...new Set([...job.stay, ...found])].filter((each) => !job.written.includes(each));
  const text = fileAt(state, job.file).text;
  // What stays is appended first, then the part is cut out.
  const appended = appending(text, stay, design);
  const whole = afterAll(text, appended);
  const calls = [...appended, ...cutting(whole, job.start, job.end, [], design)];
  yield* killedInside(state, job.file, "ours cuts the part sent", afterDeath(text, calls));
  const next = copyOf(state);
  write(next, job.file, afterAll(text, calls));
  goOnSending(next, stay);
  yield { step: `ours cuts the part sent, but for ${stay.join(" ") || "nothing"}`, state: next };
}

function sendOne(state: State, job: Job, line: string, design: Design): void {
  const message = messageNamed(line);
  const where = message === null ? "nowhere" : state.where[message];
  if (message !== null && (where === "deferred" || where === "incoming")) {
    state.where[message] = "incoming";
    state.owed = minus(state.owed, message);
  } else if (isSeen(where)) {
    if (design.keepUndeferred) {
      job.stay = plus(job.stay, line);
    } else {
      job.absent = minus(job.absent, line);
    }
  } else {
    job.absent = plus(job.absent, line);
    job.absentAt = state.tick;
  }
}

function isThere(state: State, line: string): boolean {
  const message = messageNamed(line);
  return message !== null && isSeen(state.where[message]);
}

function goOnSending(state: State, stay: readonly string[]): void {
  const { job } = state;
  if (job === null || job.start === 0) {
    state.job = null;
    return;
  }
  const rest = fileAt(state, job.file).text.slice(0, job.start);
  state.job = {
    ...job,
    start: partStart(rest),
    end: rest.length,
    pending: linesOf(rest.slice(partStart(rest))),
    absent: [],
    stay: [],
    written: stay.reduce<string[]>((written, line) => plus(written, line), job.written),
  };
}

function* compactionSteps(state: State, job: Job, design: Design): Generator<Outcome> {
  if (job.pending === null) {
    const next = copyOf(state);
    const absent = [...new Set(linesOf(job.textRead))].filter((line) => !isThere(state, line));
    next.job = { ...job, pending: [], absent, absentAt: state.tick };
    yield { step: "ours looks for the messages of all entries", state: next };
    return;
  }
  if (design.looks === 2 && job.absent.length > 0 && state.tick === job.absentAt) {
    return;
  }
  const stay = staying(state, job, design);
  const step = `ours looks again and compacts to ${stay.join(" ") || "nothing"}`;
  const { text } = job.hasLock ? fileAt(state, job.file) : { text: job.textRead };
  const calls = cutting(text, 0, job.end, stay, design);
  if (design.cut === "rename") {
    yield { step, state: replaced(state, job, afterAll(text, calls)) };
    return;
  }
  yield* killedInside(state, job.file, step, afterDeath(text, calls));
  const next = copyOf(state);
  write(next, job.file, afterAll(text, calls));
  next.job = null;
  checkCompaction(next, job);
  yield { step, state: next };
}

function staying(state: State, job: Job, design: Design): string[] {
  const gone = job.absent.filter((line) => design.looks === 1 || !isThere(state, line));
  // What was added meanwhile stands behind the part, and stays there.
  const isDead = (line: string): boolean => gone.includes(line) || job.written.includes(line);
  return [...new Set(linesOf(job.textRead))].filter((line) => !isDead(line));
}

function replaced(state: State, job: Job, text: string): State {
  const next = copyOf(state);
  next.job = null;
  if (next.linked === job.file) {
    fileAt(next, job.file).isReplacedByOurs = true;
    next.linked = newFile(next, text);
  }
  return next;
}

/** I4: after a compaction that nobody disturbed nothing is there twice, outdated or missing. */
function checkCompaction(state: State, job: Job): void {
  if (!job.isQuiet) {
    return;
  }
  const lines = linesOf(fileAt(state, job.file).text);
  const wanted = [...new Set(linesOf(job.textRead))].filter((line) => isThere(state, line));
  if (lines.toSorted().join(" ") !== wanted.toSorted().join(" ")) {
    state.wrong = `I4: compacted to ${JSON.stringify(lines)} instead of ${JSON.stringify(wanted)}`;
  }
}
