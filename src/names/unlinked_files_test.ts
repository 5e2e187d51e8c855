import { describe, expect, test } from "bun:test";
import type { Files, PathParts } from "../effects/files.ts";
import { errorCode, OsError } from "../effects/os_error.ts";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryDisk } from "../memory/disk.ts";
import { MemoryFiles } from "../memory/files.ts";
import { UnlinkedFiles } from "./unlinked_files.ts";

const READ = { access: "read" } as const;

/** A queue with a link in the place of a hashed directory, at the first level and at the second. */
function stage() {
  const clock = new MemoryClock();
  const disk = new MemoryDisk(clock);
  disk.makeDirectories("deferred/A");
  disk.makeDirectories("deferred/C/D");
  disk.makeDirectories("incoming");
  disk.makeDirectories("elsewhere/D");
  for (const directory of ["deferred/A", "deferred/C/D", "elsewhere", "elsewhere/D"]) {
    disk.writeFile(`${directory}/ABC1`, "text");
  }
  disk.addLink("deferred/B", "../elsewhere");
  disk.addLink("deferred/C/E", "../../elsewhere");
  const files = new MemoryFiles(disk);
  return { clock, disk, files, unlinked: new UnlinkedFiles(files, clock) };
}

function codeOf(run: () => unknown): string {
  try {
    run();
    return "";
  } catch (caught) {
    return errorCode(caught);
  }
}

function partsOf(path: string): PathParts {
  const nameStart = path.lastIndexOf("/") + 1;
  return {
    directory: path.slice(0, nameStart),
    name: path.slice(nameStart),
    toString: () => path,
  };
}

/** Each call that takes a path, on a file in a directory; "" where it succeeds. */
const CALLS: Readonly<Record<string, (files: Files, directory: string) => unknown>> = {
  open: (files, directory) => files.open(`${directory}/ABC1`, READ),
  create: (files, directory) => files.open(`${directory}/new`, { access: "both", create: true }),
  statusOf: (files, directory) => files.statusOf(`${directory}/ABC1`),
  isThere: (files, directory) => files.isThere(`${directory}/ABC1`),
  setTimes: (files, directory) => files.setTimes(`${directory}/ABC1`, 1),
  "setTimes in parts": (files, directory) => files.setTimes(partsOf(`${directory}/ABC1`), 1),
  "rename in parts": (files, directory) =>
    files.rename(partsOf("deferred/A/ABC1"), partsOf(`${directory}/ABC2`)),
  "rename away": (files, directory) => files.rename(`${directory}/ABC1`, "incoming/ABC1"),
  "rename there": (files, directory) => files.rename("deferred/A/ABC1", `${directory}/ABC2`),
  remove: (files, directory) => files.remove(`${directory}/ABC1`),
  makeDirectory: (files, directory) => files.makeDirectory(`${directory}/F`, 0o700),
  changeGroup: (files, directory) => files.changeGroup(`${directory}/ABC1`, 1),
  openDirectory: (files, directory) => files.openDirectory(`${directory}/`),
};

describe("files reached through no link", () => {
  for (const [name, call] of Object.entries(CALLS)) {
    test(`${name} - refused where a directory on the way is a link`, () => {
      for (const directory of ["deferred/B", "deferred/B/D", "deferred/C/E", "deferred/C/E/D"]) {
        const { disk, unlinked } = stage();
        const before = disk.filesBelow();
        expect([directory, codeOf(() => call(unlinked, directory))]).toEqual([directory, "ELOOP"]);
        expect(disk.filesBelow()).toEqual(before);
      }
    });

    test(`${name} - done where none is`, () => {
      for (const directory of ["deferred/A", "deferred/C/D"]) {
        expect([directory, codeOf(() => call(stage().unlinked, directory))]).toEqual([
          directory,
          "",
        ]);
      }
    });
  }

  test("what is said of a write when it is confirmed, or its file closed, is handed on", () => {
    const { files, unlinked } = stage();
    const file = unlinked.open("deferred/A/ABC1", { access: "both" });
    files.fault = ({ operation }) =>
      /Written$/.test(operation) ? { error: new OsError("EDQUOT", "close") } : null;
    expect(codeOf(() => unlinked.confirmWritten(file))).toBe("EDQUOT");
    expect(codeOf(() => unlinked.closeWritten(file))).toBe("EDQUOT");
    expect(files.openCount).toBe(0);
  });

  test("a directory that is missing is for the call to find", () => {
    const { unlinked } = stage();
    expect(codeOf(() => unlinked.open("deferred/F/ABC1", READ))).toBe("ENOENT");
    unlinked.makeDirectory("deferred/F", 0o700);
    unlinked.rename("deferred/A/ABC1", "deferred/F/ABC1");
    expect(unlinked.statusOf("deferred/F/ABC1").kind).toBe("file");
  });

  test("a directory that was missing is looked at as soon as it is there", () => {
    const { disk, unlinked } = stage();
    expect(unlinked.isThere("deferred/F/ABC1")).toBeFalse();
    disk.addLink("deferred/F", "../elsewhere");
    expect(codeOf(() => unlinked.open("deferred/F/ABC1", READ))).toBe("ELOOP");
  });

  test("the queues' own directories can be links: they stand in root's", () => {
    const { disk, unlinked } = stage();
    disk.addLink("corrupt", "elsewhere");
    expect(unlinked.statusOf("corrupt/ABC1").kind).toBe("file");
  });

  test("one that was looked at says nothing of the next one, however alike their names", () => {
    const { disk, unlinked } = stage();
    disk.addLink("deferred/AB", "../elsewhere");
    unlinked.close(unlinked.open("deferred/A/ABC1", READ));
    for (const directory of ["deferred/B", "deferred/AB"]) {
      expect([directory, codeOf(() => unlinked.open(`${directory}/ABC1`, READ))]).toEqual([
        directory,
        "ELOOP",
      ]);
    }
  });

  test("a directory is looked at again after a tenth of a second, and not for each file", () => {
    const { clock, disk, files, unlinked } = stage();
    let looks = 0;
    files.fault = ({ operation }) => {
      looks += operation === "statusOf" ? 1 : 0;
      return null;
    };
    for (let count = 0; count < 10; count++) {
      unlinked.close(unlinked.open("deferred/A/ABC1", READ));
    }
    expect(looks).toBe(1);
    files.rename("deferred/A", "deferred/G");
    disk.addLink("deferred/A", "G");
    clock.advance(100);
    expect(codeOf(() => unlinked.open("deferred/A/ABC1", READ))).toBe("ELOOP");
  });
});
