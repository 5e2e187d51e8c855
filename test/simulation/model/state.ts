/**
 * The model's state: one log, its messages, and two writers, ours and the original.
 *
 * Pure data, as plain as can be: a file is a string, a directory one name, a clock a count of ticks.
 * Two states are the same when their JSON is. Message names differ in length, and no part of one and
 * no join of several is the name of another: a torn line can be told from an entry.
 */

/** Where a message can rest. */
export type Place = "nowhere" | "deferred" | "incoming" | "active" | "hold";

/** Where it is; on its way it is seen in neither queue. */
export type Where = Place | `to ${Place}`;

/** The messages of the model. */
export const MESSAGES = ["a", "bb", "cc"] as const;
export type Message = (typeof MESSAGES)[number];

/** One inode. */
export interface LogFile {
  text: string;
  /** The tick of its last change: mtime and ctime. */
  changedAt: number;
  /** Our process put another file into its place. */
  isReplacedByOurs: boolean;
}

/** What our process remembers of a log that it has closed. */
export interface Memory {
  readonly file: number;
  readonly sizeBytes: number;
  readonly changedAt: number;
  /** The tick at which it was taken, under the lock. */
  readonly takenAt: number;
  readonly lines: readonly string[];
}

/** A send or a compaction of ours that has begun. */
export interface Job {
  readonly kind: "send" | "compact";
  readonly file: number;
  readonly hasLock: boolean;
  /** The log as it was read at the beginning. */
  readonly textRead: string;
  /** The part in hand: [start, end) of the file. */
  start: number;
  end: number;
  /** Lines of the part that are still to be looked at; null before the first look of a compaction. */
  pending: string[] | null;
  /** Not seen in any queue at the first look, and when that was. */
  absent: string[];
  absentAt: number;
  /** Entries that stay. */
  stay: string[];
  /** Entries written behind the part since the job began. */
  written: string[];
  /** Nobody else has done anything since it began. */
  isQuiet: boolean;
}

/** What an original process is about to do. */
type OriginalTask =
  | { readonly kind: "add"; readonly message: Message; readonly file: number }
  /** Holds the lock. */
  | { readonly kind: "send"; readonly file: number }
  /** Has seen an empty, old log, and will remove it. */
  | { readonly kind: "purge" };

/** Everything. */
export interface State {
  where: Record<Message, Where>;
  /** How often a message may still be seen in neither queue. */
  movesLeft: number;
  files: LogFile[];
  /** The file that the log's name leads to. */
  linked: number | null;
  tick: number;
  memory: Memory | null;
  job: Job | null;
  /** An entry that our process has written and not yet answered; it holds the lock. */
  adding: { readonly message: Message; readonly file: number } | null;
  original: OriginalTask | null;
  crashesLeft: number;
  /** Answered adds that no send consumed since. */
  owed: Message[];
  /** Whoever was asked to add, answered or not. */
  asked: Message[];
  /** A writer died inside a write, or the original wrote behind a fragment: there may be scraps. */
  mayHaveScraps: boolean;
  /** The log's unterminated last line was left by our process. */
  isFragmentOurs: boolean;
  /** What a step itself found to be wrong. */
  wrong: string | null;
}

/** A step of a history: its name, and the state after it. */
export interface Outcome {
  readonly step: string;
  readonly state: State;
}

/** A copy that can be changed without changing the other. */
export function copyOf(state: State): State {
  const { job } = state;
  return {
    ...state,
    where: { ...state.where },
    files: state.files.map((file) => ({ ...file })),
    job: job === null ? null : { ...job },
    owed: [...state.owed],
    asked: [...state.asked],
  };
}

/** The text of the log that its name leads to; empty where there is none. */
export function logText(state: State): string {
  return state.linked === null ? "" : fileAt(state, state.linked).text;
}

/** One of the files; every number that a state holds is one. */
export function fileAt(state: State, number: number): LogFile {
  const file = state.files[number];
  if (file === undefined) {
    throw new RangeError(`there is no file ${number}`);
  }
  return file;
}

/** The terminated lines of a text, each cut at a NUL as all readers do. */
export function linesOf(text: string): string[] {
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => line.split("\0")[0] ?? "");
}

/** The file to write to: the log's, or a new one in its place. */
export function openOrCreate(state: State): number {
  if (state.linked === null) {
    state.linked = newFile(state, "");
  }
  return state.linked;
}

/** Makes a file that nobody sees yet. */
export function newFile(state: State, text: string): number {
  return state.files.push({ text, changedAt: state.tick, isReplacedByOurs: false }) - 1;
}

/** Gives a file new content. */
export function write(state: State, number: number, text: string): void {
  const file = fileAt(state, number);
  if (file.text !== text) {
    file.text = text;
    file.changedAt = state.tick;
  }
}

/** Who holds the lock of a file. */
export function lockHolder(state: State, file: number): "ours" | "original" | null {
  const { job, adding, original } = state;
  if ((job?.hasLock === true && job.file === file) || adding?.file === file) {
    return "ours";
  }
  return original?.kind === "send" && original.file === file ? "original" : null;
}

/** Whether a look into all queues sees the message. */
export function isSeen(where: Where): boolean {
  return where !== "nowhere" && !where.startsWith("to ");
}

/** The message of that name, if there can be one. */
export function messageNamed(text: string): Message | null {
  return MESSAGES.find((message) => message === text) ?? null;
}

/** An ordered set with one more member. */
export function plus<Member extends string>(members: readonly Member[], added: Member): Member[] {
  return [...new Set([...members, added])].sort();
}

/** A set with one member less. */
export function minus<Member extends string>(members: readonly Member[], gone: string): Member[] {
  return members.filter((member) => member !== gone);
}
