/**
 * All system calls of an instance's flush service, from execve(2) on, in all its threads, by strace(1) on its master.
 *
 * Arguments are strace's text, paths written out. What a container forbids is told by `whyNotTraced`.
 */
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { run } from "../../lab/run.ts";
import { STRACE_OPTIONS, type TracedProcess, tracedProcesses } from "./traced_process.ts";

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
  const tracer = Bun.spawn(["strace", ...STRACE_OPTIONS, "-o", prefix, "-p", master], {
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
  return tracedProcesses(tracesIn(folder), (path) => path === program);
}

/** The files that strace has written to a folder, by thread ID. */
export function tracesIn(folder: string): Map<number, string> {
  return new Map(
    readdirSync(folder).map((name) => [
      Number(name.slice(name.lastIndexOf(".") + 1)),
      readFileSync(join(folder, name), "latin1"),
    ]),
  );
}
