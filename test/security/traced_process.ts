/**
 * Reads what strace(1) has written, a file for each thread ID, as processes of one program and their calls.
 *
 * A long run uses a thread ID more than once: a file is read life by life, each from the call that began it. (Ends are not
 * told of all: what is killed may be gone before strace looks.) All calls that begin threads and processes must be traced for
 * that. Arguments are strace's text. Lines that are no call that has returned are passed over.
 */

/** What strace is to be told, for the files to be read here; `-o` and what to trace come to it. */
export const STRACE_OPTIONS = ["-ff", "-A", "-qq", "-y", "-ttt", "-s", "0", "-e", "signal=none"];

/** One call that has returned. */
export interface SystemCall {
  readonly tid: number;
  readonly name: string;
  /** As strace writes them; descriptors with what they are open on: `3</path>`. */
  readonly args: string;
  /** What was returned, and the error's name behind it. */
  readonly result: string;
}

/** The calls of one process, from the program's execve(2) on: its first thread's in order, then the others'. */
export interface TracedProcess {
  readonly pid: number;
  readonly calls: readonly SystemCall[];
}

interface TimedCall extends SystemCall {
  readonly atSeconds: number;
}

/** One life of a thread ID. */
interface Life {
  /** Null: it was there before. */
  readonly begunBy: TimedCall | null;
  readonly calls: TimedCall[];
}

type Lives = ReadonlyMap<number, readonly Life[]>;

const CALL = /^([\d.]+) (\w+)\((.*)\)\s+= (.*)$/;
const BEGINS = /^(?:clone3?|v?fork)$/;

/** The processes that executed a program of which `isProgram` is true; `texts` are the files, by thread ID. */
export function tracedProcesses(
  texts: ReadonlyMap<number, string>,
  isProgram: (path: string) => boolean,
): TracedProcess[] {
  const lives = livesIn(new Map([...texts].map(([tid, text]) => [tid, callsIn(tid, text)])));
  return [...lives].flatMap(([pid, each]) =>
    each.flatMap(({ calls }) => {
      const start = calls.findIndex((call) => isProgram(programOf(call)));
      return start < 0 ? [] : [{ pid, calls: withThreads(calls.slice(start), lives) }];
    }),
  );
}

/** The path that is executed; empty: it is another call, or has failed. */
function programOf({ name, args, result }: SystemCall): string {
  return name === "execve" && result === "0" ? (/^"([^"]*)"/.exec(args)?.[1] ?? "") : "";
}

function callsIn(tid: number, text: string): TimedCall[] {
  return text.split("\n").flatMap((line) => {
    const [, seconds, name, args = "", result = ""] = CALL.exec(line) ?? [];
    return name === undefined ? [] : [{ atSeconds: Number(seconds), tid, name, args, result }];
  });
}

function livesIn(calls: ReadonlyMap<number, readonly TimedCall[]>): Lives {
  const lives = new Map([...calls.keys()].map((tid): [number, Life[]] => [tid, []]));
  const beginnings = [...calls.values()].flat().filter(({ name }) => BEGINS.test(name));
  for (const begunBy of beginnings.toSorted((one, other) => one.atSeconds - other.atSeconds)) {
    lives.get(begunId(begunBy))?.push({ begunBy, calls: [] });
  }
  for (const [tid, theirs] of calls) {
    const before: Life = { begunBy: null, calls: [] };
    const known = lives.get(tid) ?? [];
    for (const call of theirs) {
      const life = known.findLast(({ begunBy }) => (begunBy?.atSeconds ?? 0) <= call.atSeconds);
      (life ?? before).calls.push(call);
    }
    known.unshift(before);
  }
  return lives;
}

/** The thread ID of what a call began; NaN: it has failed. */
function begunId({ result }: SystemCall): number {
  return Number(result.split(" ")[0]);
}

/** These calls, and those of all threads that they began. */
function withThreads(calls: readonly TimedCall[], lives: Lives): SystemCall[] {
  const threads = calls.filter(
    ({ name, args }) => name.startsWith("clone") && args.includes("CLONE_THREAD"),
  );
  const theirs = threads.flatMap((thread) => {
    const life = lives.get(begunId(thread))?.find(({ begunBy }) => begunBy === thread);
    return life === undefined ? [] : withThreads(life.calls, lives);
  });
  return [...calls, ...theirs];
}
