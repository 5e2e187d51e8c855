/**
 * Counts the system calls that processes make during some work, with strace(1) attached to them.
 *
 * What they do between being attached and the work is counted too; a program that waits makes no calls. Processes
 * that begin meanwhile are followed only if one of those started them.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { waitFor } from "../lab/wait.ts";
import { WrongResult } from "./wrong_result.ts";

/** Calls by name. */
export type SystemCalls = ReadonlyMap<string, number>;

/** The program; null where it isn't installed. */
export function findStrace(): string | null {
  return Bun.which("strace", { PATH: "/usr/bin:/bin" });
}

/** Takes the table of `strace -c` apart: % time, seconds, usecs/call, calls, errors (or nothing), name. */
export function parseSummary(text: string): SystemCalls {
  const calls = new Map<string, number>();
  for (const line of text.split("\n")) {
    const words = line.trim().split(/\s+/);
    const name = words.at(-1) ?? "";
    if (/^\d/.test(line.trim()) && words.length >= 5 && name !== "total") {
      calls.set(name, Number(words[3]));
    }
  }
  return calls;
}

/** Does `work` and returns the calls that `pids` and their threads made meanwhile. `folder` is for a file. */
export async function countCalls(
  strace: string,
  pids: readonly number[],
  folder: string,
  work: () => Promise<unknown>,
): Promise<SystemCalls> {
  const [summary, messages] = [join(folder, "strace"), join(folder, "strace-messages")];
  const child = Bun.spawn([strace, "-c", "-f", "-o", summary, "-p", pids.join(",")], {
    stdio: ["ignore", "ignore", Bun.file(messages)],
  });
  try {
    await waitFor("strace to be attached", () => {
      if (child.exitCode !== null) {
        throw new WrongResult(`attach strace: ${readFileSync(messages, "latin1").trim()}`);
      }
      const text = existsSync(messages) ? readFileSync(messages, "latin1") : "";
      return pids.every((pid) => text.includes(`Process ${pid} attached`));
    });
    await work();
  } finally {
    child.kill("SIGINT"); // It lets the processes go, and writes its summary.
    await child.exited;
  }
  const calls = parseSummary(readFileSync(summary, "latin1"));
  rmSync(summary);
  return calls;
}
