import { describe, expect, test } from "bun:test";
import { OsError } from "../effects/os_error.ts";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryDisk } from "../memory/disk.ts";
import { MemoryFiles } from "../memory/files.ts";
import { listLogfiles } from "./list_logfiles.ts";

function stage(): { disk: MemoryDisk; files: MemoryFiles } {
  const disk = new MemoryDisk(new MemoryClock());
  disk.makeDirectories("flush");
  return { disk, files: new MemoryFiles(disk) };
}

describe("listLogfiles", () => {
  test("lists flat and hashed logs, and passes over what is none", () => {
    const { disk, files } = stage();
    for (const path of ["a_example", "e/x/example_com", "x/_/x", "bad-name", ".hidden"]) {
      disk.makeDirectories(`flush/${path.slice(0, path.lastIndexOf("/") + 1)}`);
      disk.writeFile(`flush/${path}`, "");
    }
    const names = [...listLogfiles(files, () => {})].flat();
    expect(names.toSorted()).toEqual(["a_example", "example_com", "x"] as never[]);
    expect(files.openCount).toBe(0);
  });

  test("hands out a large directory in parts, each once", () => {
    const { disk, files } = stage();
    for (let index = 0; index < 1000; index++) {
      disk.writeFile(`flush/log_${index}`, "");
    }
    const batches = [...listLogfiles(files, () => {})];
    expect(Math.max(...batches.map((batch) => batch.length))).toBe(200);
    expect(new Set(batches.flat()).size).toBe(1000);
  });

  test("reports a hashed directory that can't be read, and goes on", () => {
    const { disk, files } = stage();
    disk.makeDirectories("flush/a");
    disk.makeDirectories("flush/b");
    disk.writeFile("flush/b/b_example", "");
    files.fault = ({ operation, path }) =>
      operation === "openDirectory" && path === "flush/a"
        ? { error: new OsError("EACCES", "opendir") }
        : null;
    const reported: string[] = [];
    const names = [...listLogfiles(files, (path, { code }) => reported.push(`${path} ${code}`))];
    expect(names.flat()).toEqual(["b_example"] as never[]);
    expect(reported).toEqual(["flush/a EACCES"]);
  });

  test("closes what it has open when the walk ends early", () => {
    const { disk, files } = stage();
    disk.makeDirectories("flush/a");
    disk.writeFile("flush/a/a_example", "");
    for (const batch of listLogfiles(files, () => {})) {
      if (batch.length > 0) {
        break;
      }
    }
    expect(files.openCount).toBe(0);
  });
});
