/**
 * What a process that isn't root may not do.
 *
 * One scene, set by root, and a list of calls by a process of user and group 65534. As a program, this
 * file makes the calls on the real files below the folder named in its argument, as that user, and prints
 * the codes; the test compares.
 */
import type { Files } from "../../src/effects/files.ts";
import { createFiles } from "../../src/sys/files.ts";
import { codeOf, type Stage } from "./stage.ts";

/** nobody. */
export const STRANGER_ID = 65534;

const read = { access: "read" } as const;
const both = { access: "both" } as const;

/** As root: directories and files with something for everybody, for the stranger's group, or for nobody else. */
export function setScene({ files, path, makeDirectory, writeFile }: Stage): void {
  for (const directory of ["open", "shut", "shared"]) {
    makeDirectory(directory);
    writeFile(`${directory}/log`, "A1\n");
  }
  writeFile("shared/others", "A1\n");
  for (const name of ["shared", "shared/log", "shared/others"]) {
    files.changeGroup(path(name), STRANGER_ID);
  }
  for (const [name, mode] of [
    ["open", 0o755],
    ["shut", 0o700],
    ["shared", 0o770],
    ["open/log", 0o644],
    ["shared/log", 0o640],
    ["shared/others", 0o606],
    [".", 0o755],
  ] as const) {
    const file = files.open(path(name), read);
    files.changeMode(file, mode);
    files.close(file);
  }
}

/** As a stranger: what each call comes to, "" where it succeeds. */
export function tryAll(files: Files, path: (name: string) => string): Record<string, string> {
  const calls: Record<string, () => unknown> = {
    "open for reading": () => files.open(path("open/log"), read),
    "open for writing": () => files.open(path("open/log"), both),
    "open with keepAtime": () => files.open(path("open/log"), { ...read, keepAtime: true }),
    "open where one may not search": () => files.open(path("shut/log"), read),
    create: () => files.open(path("open/new"), { ...both, create: true }),
    "create what is there": () => files.open(path("open/log"), { ...read, create: true }),
    status: () => files.statusOf(path("open/log")),
    isThere: () => files.isThere(path("open/log")),
    "isThere where one may not search": () => files.isThere(path("shut/log")),
    "status where one may not search": () => files.statusOf(path("shut/log")),
    changeMode: () => files.changeMode(files.open(path("open/log"), read), 0o600),
    setTimes: () => files.setTimes(path("open/log"), 1),
    setTimesOf: () =>
      files.setTimesOf(files.open(path("open/log"), read), { atimeNs: 1n, mtimeNs: 1n }),
    rename: () => files.rename(path("open/log"), path("open/moved")),
    "rename what is not there": () => files.rename(path("open/gone"), path("open/moved")),
    "rename into a directory of others": () => files.rename(path("shared/log"), path("open/moved")),
    remove: () => files.remove(path("open/log")),
    "remove what is not there": () => files.remove(path("open/gone")),
    makeDirectory: () => files.makeDirectory(path("open/dir"), 0o700),
    "makeDirectory that is there": () => files.makeDirectory(path("open"), 0o700),
    changeGroup: () => files.changeGroup(path("open/log"), STRANGER_ID),
    openDirectory: () => files.openDirectory(path("open")),
    "openDirectory where one may not read": () => files.openDirectory(path("shut")),
    "lock a file that one may only read": () => files.tryLock(files.open(path("open/log"), read)),
    "open for reading as one of the group": () => files.open(path("shared/log"), read),
    "open for writing as one of the group": () => files.open(path("shared/log"), both),
    "open as one of the group what others may": () => files.open(path("shared/others"), read),
    "create as one of the group": () => files.open(path("shared/new"), { ...both, create: true }),
    "changeGroup of one's own": () => files.changeGroup(path("shared/new"), STRANGER_ID),
    "changeGroup of one's own to another group": () => files.changeGroup(path("shared/new"), 0),
  };
  return Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, codeOf(call)]));
}

export const WANTED: Readonly<Record<string, string>> = {
  "open for reading": "",
  "open for writing": "EACCES",
  "open with keepAtime": "EPERM",
  "open where one may not search": "EACCES",
  create: "EACCES",
  "create what is there": "",
  status: "",
  isThere: "",
  "isThere where one may not search": "EACCES",
  "status where one may not search": "EACCES",
  changeMode: "EPERM",
  setTimes: "EPERM",
  setTimesOf: "EPERM",
  rename: "EACCES",
  "rename what is not there": "ENOENT",
  "rename into a directory of others": "EACCES",
  remove: "EACCES",
  "remove what is not there": "ENOENT",
  makeDirectory: "EACCES",
  "makeDirectory that is there": "EEXIST",
  changeGroup: "EPERM",
  openDirectory: "",
  "openDirectory where one may not read": "EACCES",
  "lock a file that one may only read": "",
  "open for reading as one of the group": "",
  "open for writing as one of the group": "EACCES",
  "open as one of the group what others may": "EACCES",
  "create as one of the group": "",
  "changeGroup of one's own": "",
  "changeGroup of one's own to another group": "EPERM",
};

if (import.meta.main) {
  const root = process.argv[2];
  process.setgroups?.([]);
  process.setgid?.(STRANGER_ID);
  process.setuid?.(STRANGER_ID);
  console.log(JSON.stringify(tryAll(createFiles(), (name) => `${root}/${name}`)));
}
