/**
 * The background for real: effects/background.ts over Bun.spawn.
 */
import type { Background } from "../effects/background.ts";
import { OsError } from "../effects/os_error.ts";
import { stringToBytes } from "../names/byte_string.ts";

/** Where a compiled program finds its own modules. */
const COMPILED = "/$bunfs/";

export function createBackground(): Background {
  return { start };
}

function start(words: readonly string[]): void {
  // A program that is not compiled into one file is the runtime's first word.
  const self = Bun.main.startsWith(COMPILED) ? [process.execPath] : [process.execPath, Bun.main];
  try {
    Bun.spawn(
      [...self, ...words.map((word) => Buffer.from(stringToBytes(word)).toString("utf8"))],
      {
        cwd: "/",
        detached: true,
        stdio: ["ignore", "ignore", "ignore"],
      },
    ).unref();
  } catch (caught) {
    const code = (caught as { readonly code?: unknown }).code;
    throw typeof code === "string" ? new OsError(code, "start") : caught;
  }
}
