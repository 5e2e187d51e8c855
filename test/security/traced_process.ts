/**
 * Reads what strace(1) has written, a file for each thread ID, as processes of one program and their calls.
 *
 * A long run uses a thread ID more than once: a file is read life by life, and a thread found by the time at which it was
 * started. Arguments are strace's text. Lines that are no call that has returned are passed over.
 */

/** What strace is to be told, for the files to be read here; `-o` and what to trace come to it. */
export const STRACE_OPTIONS = ["-ff", "-A", "-q", "-y", "-ttt", "-s", "0", "-e", "signal=none"];

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

/** One life of a thread ID. */
interface Life {
  readonly tid: number;
  /** When it ended; infinite: it had not. */
  readonly endSeconds: number;
  readonly calls: readonly TimedCall[];
}

interface TimedCall extends SystemCall {
  readonly atSeconds: number;
}

type Lives = ReadonlyMap<number, readonly Life[]>;

const CALL = /^([\d.]+) (\w+)\((.*)\)\s+= (.*)$/;
const END = /^([\d.]+) \+\+\+ /;

/** The processes that executed a program of which `isProgram` is true; `texts` are the files, by thread ID. */
export function tracedProcesses(
  texts: ReadonlyMap<number, string>,
  isProgram: (path: string) => boolean,
): TracedProcess[] {
  const lives: Lives = new Map([...texts].map(([tid, text]) => [tid, livesIn(tid, text)]));
  return [...lives.values()].flat().flatMap(({ tid, calls }) => {
    const start = calls.findIndex((call) => isProgram(programOf(call)));
    return start < 0 ? [] : [{ pid: tid, calls: withThreads(calls.slice(start), lives) }];
  });
}

/** The path that is executed; empty: it is another call, or has failed. */
function programOf({ name, args, result }: SystemCall): string {
  return name === "execve" && result === "0" ? (/^"([^"]*)"/.exec(args)?.[1] ?? "") : "";
}

function livesIn(tid: number, text: string): Life[] {
  const lives: Life[] = [];
  let calls: TimedCall[] = [];
  for (const line of text.split("\n")) {
    const [, seconds, name, args = "", result = ""] = CALL.exec(line) ?? [];
    const [, endSeconds] = END.exec(line) ?? [];
    if (name !== undefined) {
      calls.push({ atSeconds: Number(seconds), tid, name, args, result });
    } else if (endSeconds !== undefined) {
      lives.push({ tid, endSeconds: Number(endSeconds), calls });
      calls = [];
    }
  }
  return calls.length === 0 ? lives : [...lives, { tid, endSeconds: Infinity, calls }];
}

/** These calls, and those of all threads that they started. */
function withThreads(calls: readonly TimedCall[], lives: Lives): SystemCall[] {
  const threads = calls.filter(
    ({ name, args }) => name.startsWith("clone") && args.includes("CLONE_THREAD"),
  );
  const theirs = threads.flatMap(({ result, atSeconds }) => {
    const [tid = ""] = result.split(" ");
    const life = lives.get(Number(tid))?.find(({ endSeconds }) => endSeconds >= atSeconds);
    return life === undefined ? [] : withThreads(life.calls, lives);
  });
  return [...calls, ...theirs];
}
