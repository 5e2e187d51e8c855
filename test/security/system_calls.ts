/**
 * All system calls of an instance's flush service, from execve(2) on, in all its threads, by strace(1) on its master.
 *
 * Arguments are strace's text, paths written out. What a container forbids is told by `whyNotTraced`.
 */
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { run } from "../../lab/run.ts";

/** One call that has returned. */
export interface SystemCall {
  readonly tid: number;
  readonly name: string;
  /** As strace writes them; descriptors with what they are open on: `3</path>`. */
  readonly args: string;
  /** What was returned, and the error's name behind it. */
  readonly result: string;
}

/** The calls of one process: its first thread's in order, then the others'. */
export interface TracedProcess {
  readonly pid: number;
  readonly calls: readonly SystemCall[];
}

const CALL = /^(\w+)\((.*)\)\s+= (.*)$/;

/** strace's own options: a file a thread; what descriptors are open on; no strings, but for paths. */
const OPTIONS = ["-ff", "-y", "-qq", "-s", "0", "-e", "signal=none"];

/** Null where strace works here; otherwise why it does not. */
export async function whyNotTraced(): Promise<string | null> {
  try {
    const { status, stderr } = await run(["strace", "-o", "/dev/null", "true"]);
    return status === 0 ? null : stderr.trim();
  } catch (caught) {
    return String(caught);
  }
}

/** Traces all that `instance` (started) does while `body` runs; returns the processes of its flush service. */
export async function traceFlush(
  instance: PostfixInstance,
  body: () => Promise<void>,
): Promise<TracedProcess[]> {
  const folder = mkdtempSync("/var/tmp/fastflush-strace-");
  instance.addFolder(folder);
  const prefix = join(folder, "trace");
  const master = String(instance.masterPid());
  const tracer = Bun.spawn(["strace", ...OPTIONS, "-o", prefix, "-p", master], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  await instance.waitFor("strace to be attached", () => {
    const status = readFileSync(`/proc/${master}/status`, "utf8");
    return !/^TracerPid:\s+0$/m.test(status);
  });
  try {
    await body();
  } finally {
    tracer.kill("SIGINT");
    await tracer.exited;
  }
  const program = join(instance.folder, "sbin", "fastflush", "flush");
  const texts = new Map(
    readdirSync(folder).map((name) => [
      Number(name.slice(name.lastIndexOf(".") + 1)),
      readFileSync(join(folder, name), "latin1"),
    ]),
  );
  return [...texts].flatMap(([pid, text]) => {
    const start = text.indexOf(`execve("${program}"`);
    return start < 0 ? [] : [{ pid, calls: callsOf(pid, text.slice(start), texts) }];
  });
}

/** The calls in a thread's file, and those of all threads that it started. */
function callsOf(tid: number, text: string, texts: ReadonlyMap<number, string>): SystemCall[] {
  const own = text.split("\n").flatMap((line) => {
    const [, name, args = "", result = ""] = CALL.exec(line) ?? [];
    return name === undefined ? [] : [{ tid, name, args, result }];
  });
  const threads = own
    .filter(({ name, args }) => name.startsWith("clone") && args.includes("CLONE_THREAD"))
    .map(({ result }) => Number(result.split(" ")[0]));
  return [...own, ...threads.flatMap((each) => callsOf(each, texts.get(each) ?? "", texts))];
}
