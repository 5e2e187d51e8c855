/**
 * What the original does to the log, and what else happens around it: the queue manager, an operator,
 * time. Behaviour as in POSTFIX-FLUSH-SPEC.md 2.3 to 2.6, what it loses included.
 */
import {
  copyOf,
  fileAt,
  linesOf,
  lockHolder,
  logText,
  MESSAGES,
  type Message,
  messageNamed,
  minus,
  type Outcome,
  openOrCreate,
  type Place,
  plus,
  type State,
  type Where,
  write,
} from "./state.ts";

/** Every step that somebody else can take now. */
export function* othersSteps(state: State): Generator<Outcome> {
  yield* originalBegins(state);
  yield* originalGoesOn(state);
  yield* operatorRemoves(state);
  yield* timePasses(state);
  for (const message of MESSAGES) {
    yield* messageMoves(state, message);
  }
}

function* originalBegins(state: State): Generator<Outcome> {
  if (state.original !== null) {
    return;
  }
  for (const message of MESSAGES) {
    if (isBeingDeferred(state.where[message])) {
      const next = copyOf(state);
      next.original = { kind: "add", message, file: openOrCreate(next) };
      yield outcome(`the original opens the log to add ${message}`, next);
    }
  }
  const file = state.linked;
  if (file === null) {
    return;
  }
  if (lockHolder(state, file) === null) {
    const next = copyOf(state);
    next.original = { kind: "send", file };
    yield outcome("the original locks the log and reads it", next);
    yield* refills(state, file);
  }
  if (logText(state) === "") {
    const next = copyOf(state);
    next.original = { kind: "purge" };
    yield outcome("the original's purge finds the log empty", next);
  }
}

/** A send and adds within one tick, after which the log is as large as before. */
function* refills(state: State, file: number): Generator<Outcome> {
  for (const message of ["bb", "cc"] as const) {
    if (
      isBeingDeferred(state.where[message]) &&
      fileAt(state, file).text === `${other(message)}\n`
    ) {
      const next = copyOf(state);
      send(next, file);
      append(next, file, message);
      yield outcome(`the original sends the log and adds ${message}, within one tick`, next);
    }
  }
}

function other(message: "bb" | "cc"): Message {
  return message === "bb" ? "cc" : "bb";
}

function* originalGoesOn(state: State): Generator<Outcome> {
  const task = state.original;
  if (task === null) {
    return;
  }
  const next = copyOf(state);
  next.original = null;
  switch (task.kind) {
    case "add":
      if (lockHolder(state, task.file) === null) {
        append(next, task.file, task.message);
        yield outcome(`the original writes ${task.message}`, next);
      }
      break;
    case "send":
      send(next, task.file);
      yield outcome("the original releases, truncates and unlocks", next);
      break;
    case "purge":
      if (next.linked !== null) {
        next.linked = null;
        next.owed = [];
        yield outcome("the original's purge removes the log", next);
      }
      break;
  }
}

function append(state: State, number: number, message: Message): void {
  const { text } = fileAt(state, number);
  const isEnded = text === "" || text.endsWith("\n");
  write(state, number, `${text}${message}\n`);
  state.asked = plus(state.asked, message);
  state.mayHaveScraps ||= !isEnded;
  // Behind its own fragments the original loses its entries itself, and in a log that somebody removed.
  const isReachable = state.linked === number || fileAt(state, number).isReplacedByOurs;
  if (isReachable && (isEnded || state.isFragmentOurs)) {
    state.owed = plus(state.owed, message);
  }
  state.isFragmentOurs = false;
}

function send(state: State, file: number): void {
  for (const line of linesOf(fileAt(state, file).text)) {
    const message = messageNamed(line);
    if (message !== null && state.where[message] === "deferred") {
      state.where[message] = "incoming";
    }
  }
  // Whatever it has read leaves the log: its own decision.
  if (state.linked === file) {
    state.owed = [];
  }
  write(state, file, "");
  fileAt(state, file).changedAt = state.tick;
}

function* operatorRemoves(state: State): Generator<Outcome> {
  if (state.linked !== null && logText(state) !== "") {
    const next = copyOf(state);
    next.linked = null;
    next.owed = [];
    yield outcome("postsuper removes the log", next);
  }
}

/** So many ticks tell all that time stamps can tell: before, at, and after a look. */
const TICKS_MAX = 2;

/** A move takes less than a tick. */
function* timePasses(state: State): Generator<Outcome> {
  if (
    state.tick < TICKS_MAX &&
    Object.values(state.where).every((where) => !where.startsWith("to "))
  ) {
    const next = copyOf(state);
    next.tick++;
    yield { step: "time passes", state: next };
  }
}

/** Where a message can go by itself from where it is. */
const WAYS: Readonly<Record<Place, readonly Place[]>> = {
  nowhere: ["active"],
  deferred: ["active", "hold", "nowhere"],
  incoming: ["active"],
  active: ["deferred", "nowhere"],
  hold: ["deferred"],
};

function* messageMoves(state: State, message: Message): Generator<Outcome> {
  const where = state.where[message];
  if (where.startsWith("to ")) {
    const next = copyOf(state);
    next.where[message] = where.slice("to ".length) as Place;
    yield outcome(`${message} arrives ${where}`, next);
    return;
  }
  const ways = WAYS[where as Place];
  for (const place of ways) {
    const next = copyOf(state);
    next.where[message] = place;
    if (place === "nowhere") {
      next.owed = minus(next.owed, message);
    }
    yield outcome(`${message} goes from ${where} to ${place}`, next);
    if (state.movesLeft > 0 && where !== "nowhere" && place !== "nowhere") {
      const moving = copyOf(state);
      moving.movesLeft--;
      moving.where[message] = `to ${place}`;
      yield outcome(`${message} leaves ${where} for ${place}`, moving);
    }
  }
}

/** Delivery agents ask for an add while the queue manager still holds the message in active. */
export function isBeingDeferred(where: Where): boolean {
  return where === "active";
}

/** Somebody else has done something: a job of ours is not undisturbed any more. */
function outcome(step: string, state: State): Outcome {
  if (state.job !== null) {
    state.job.isQuiet = false;
  }
  return { step, state };
}
