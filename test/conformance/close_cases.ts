/**
 * Closes that fail, as they do where a file system writes later than it says: who hears of it.
 *
 * Started as a program, tries them for real: `bun close_cases.ts PATH` prints the findings. Each close(2) of what has that
 * path is to fail with EDQUOT.
 */
import type { Files } from "../../src/effects/files.ts";
import { stringToBytes } from "../../src/names/byte_string.ts";
import { createFiles } from "../../src/sys/files.ts";
import { codeOf } from "./stage.ts";

/** What comes of each try. */
export function tryCloses(files: Files, path: string): Record<string, unknown> {
  const written = files.open(path, { access: "both", create: true });
  files.tryLock(written);
  const taken = files.write(written, stringToBytes("A1\n"), 0);
  const confirmed = codeOf(() => files.confirmWritten(written));
  const { sizeBytes } = files.status(written);
  const closed = codeOf(() => files.closeWritten(written));
  const read = codeOf(() => files.close(files.open(path, { access: "read" })));
  return {
    "a write takes": taken,
    "it is confirmed with": confirmed,
    "then the file is open, and has": sizeBytes,
    "it is closed with": closed,
    "one that was only read with": read,
  };
}

/** The same for real and in memory. */
export const CLOSED_WANTED: Record<string, unknown> = {
  "a write takes": 3,
  "it is confirmed with": "EDQUOT",
  "then the file is open, and has": 3,
  "it is closed with": "EDQUOT",
  "one that was only read with": "",
};

if (import.meta.main) {
  console.log(JSON.stringify(tryCloses(createFiles(), process.argv[2] ?? "")));
}
