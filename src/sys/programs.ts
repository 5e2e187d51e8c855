/**
 * Programs for real: effects/programs.ts over Bun.spawn.
 */
import { OsError } from "../effects/os_error.ts";
import type { ProgramOutcome, ProgramRun, Programs } from "../effects/programs.ts";
import { bytesToString, stringToBytes } from "../names/byte_string.ts";

export function createPrograms(): Programs {
  return { run };
}

async function run(words: readonly string[], how: ProgramRun): Promise<ProgramOutcome> {
  const startedMs = performance.now();
  const child = start(words, how);
  const [out, err] = await Promise.all([child.stdout.bytes(), child.stderr.bytes()]);
  await child.exited;
  const status = child.exitCode;
  const isLate = status === null && performance.now() - startedMs >= how.limitMs;
  return { status, isLate, out: bytesToString(out), err: bytesToString(err) };
}

function start(words: readonly string[], { input = "", limitMs }: ProgramRun) {
  try {
    return Bun.spawn(
      words.map((word) => Buffer.from(stringToBytes(word)).toString("utf8")),
      {
        stdin: stringToBytes(input),
        stdout: "pipe",
        stderr: "pipe",
        timeout: limitMs,
        killSignal: "SIGKILL",
      },
    );
  } catch (caught) {
    const code = (caught as { readonly code?: unknown }).code;
    if (typeof code !== "string") {
      throw caught;
    }
    throw new OsError(code, "start");
  }
}
