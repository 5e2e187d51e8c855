/**
 * Calls that fail for want of room or descriptors, or between two file systems: what is left behind.
 *
 * Started as a program, tries them for real: `bun fault_cases.ts FOLDER` prints the findings. FOLDER/full is to have two
 * pages and four inodes, FOLDER/other another file system, and the process few descriptors.
 */
import type { Descriptor, Files } from "../../src/effects/files.ts";
import { stringToBytes } from "../../src/names/byte_string.ts";
import { createFiles } from "../../src/sys/files.ts";
import { codeOf } from "./stage.ts";

const create = { access: "both", create: true } as const;
const read = { access: "read" } as const;

/** What the full file system takes of a file. */
export const ROOM_BYTES = 8192;

/** More descriptors than a process gets here. */
const DESCRIPTORS_MAX = 1000;

type Path = (name: string) => string;

/** What comes of each try. */
export function tryFaults(files: Files, path: Path): Record<string, unknown> {
  return { ...tryFull(files, path), ...tryTwo(files, path), ...tryDescriptors(files, path) };
}

/** The same for real and in memory. */
export const WANTED: Record<string, unknown> = {
  "a write that does not fit takes": ROOM_BYTES,
  "the rest of it": "ENOSPC",
  "and the file has": ROOM_BYTES,
  "a truncated file takes": 3,
  "a directory too many": "ENOSPC",
  "is there": false,
  "a file too many": "ENOSPC",
  "is there, too": false,
  "a rename to another file system": "EXDEV",
  "leaves the file where it was": [true, false],
  "a file without a descriptor for it": "EMFILE",
  "is not made": false,
  "a directory without a descriptor for it": "EMFILE",
  "with a descriptor": "",
};

function tryFull(files: Files, path: Path) {
  const log = files.open(path("full/log"), create);
  const taken = files.write(log, new Uint8Array(2 * ROOM_BYTES), 0);
  const rest = codeOf(() => files.write(log, new Uint8Array(1), ROOM_BYTES));
  const { sizeBytes } = files.status(log);
  files.truncate(log, 0);
  const small = files.write(log, stringToBytes("A1\n"), 0);
  files.close(log);
  files.makeDirectory(path("full/a"), 0o700);
  files.makeDirectory(path("full/b"), 0o700);
  return {
    "a write that does not fit takes": taken,
    "the rest of it": rest,
    "and the file has": sizeBytes,
    "a truncated file takes": small,
    "a directory too many": codeOf(() => files.makeDirectory(path("full/c"), 0o700)),
    "is there": files.isThere(path("full/c")),
    "a file too many": codeOf(() => files.open(path("full/new"), create)),
    "is there, too": files.isThere(path("full/new")),
  };
}

function tryTwo(files: Files, path: Path) {
  return {
    "a rename to another file system": codeOf(() =>
      files.rename(path("full/log"), path("other/log")),
    ),
    "leaves the file where it was": [
      files.isThere(path("full/log")),
      files.isThere(path("other/log")),
    ],
  };
}

function tryDescriptors(files: Files, path: Path) {
  const open: Descriptor[] = [];
  const openOne = (): string => codeOf(() => open.push(files.open(path("full/log"), read)));
  while (open.length < DESCRIPTORS_MAX && openOne() === "") {
    // Until there is none left.
  }
  const file = codeOf(() => files.open(path("other/new"), create));
  const isThere = files.isThere(path("other/new"));
  const directory = codeOf(() => files.openDirectory(path("other")));
  const [first] = open;
  if (first !== undefined) {
    files.close(first);
  }
  return {
    "a file without a descriptor for it": file,
    "is not made": isThere,
    "a directory without a descriptor for it": directory,
    "with a descriptor": codeOf(() => files.open(path("other/new"), create)),
  };
}

if (import.meta.main) {
  const folder = process.argv[2];
  console.log(JSON.stringify(tryFaults(createFiles(), (name) => `${folder}/${name}`)));
}
