/**
 * Programs in the background for real: effects/background_programs.ts over Bun.spawn.
 */
import { closeSync, constants, openSync } from "node:fs";
import type { BackgroundProgram, BackgroundPrograms } from "../effects/background_programs.ts";
import { stringToBytes } from "../names/byte_string.ts";
import { translated } from "./node_errors.ts";

const LOG_MODE = 0o600;
/** A name that somebody else has put there, a link too, is not opened. */
const NEW_LOG = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_APPEND;

export function createBackgroundPrograms(): BackgroundPrograms {
  return { start };
}

function start(words: readonly string[], logPath: string): BackgroundProgram {
  const log = translated("open", () =>
    openSync(Buffer.from(stringToBytes(logPath)), NEW_LOG, LOG_MODE),
  );
  try {
    return translated("start", () => {
      const child = Bun.spawn(
        words.map((word) => Buffer.from(stringToBytes(word)).toString("utf8")),
        { stdin: "ignore", stdout: log, stderr: log, cwd: "/", detached: true },
      );
      child.unref();
      return { pid: child.pid, ended: child.exited.then(() => child.exitCode) };
    });
  } finally {
    closeSync(log);
  }
}
