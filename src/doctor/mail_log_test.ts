/** Whether there is a mail log. */
import { expect, test } from "bun:test";
import type { FileStatus } from "../effects/files.ts";
import { OsError } from "../effects/os_error.ts";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryDisk } from "../memory/disk.ts";
import { MemoryFiles } from "../memory/files.ts";
import { hasMailLog } from "./mail_log.ts";

for (const [what, maillogFile, code, has] of [
  ["a file of its own", "/var/log/postfix.log", "ENOENT", true],
  ["a syslog daemon", "", null, true],
  ["neither", "", "ENOENT", false],
  ["a daemon that may not be seen", "", "EACCES", true],
  ["no folder for one", "", "ENOTDIR", false],
] as const) {
  test(what, () => {
    const asked: string[] = [];
    const statusOf = (path: string): FileStatus => {
      asked.push(path);
      if (code !== null) {
        throw new OsError(code, "stat");
      }
      return { kind: "socket" } as FileStatus;
    };
    expect(hasMailLog({ statusOf }, maillogFile)).toBe(has);
    expect(asked).toEqual(maillogFile === "" ? ["/dev/log"] : []);
  });
}

test("a link to the socket of a daemon that is gone is none", () => {
  const disk = new MemoryDisk(new MemoryClock());
  const files = new MemoryFiles(disk);
  disk.makeDirectories("/dev");
  disk.makeDirectories("/run/systemd/journal");
  disk.addLink("/dev/log", "/run/systemd/journal/dev-log");
  expect(hasMailLog(files, "")).toBeFalse();
  disk.writeFile("/run/systemd/journal/dev-log", "");
  expect(hasMailLog(files, "")).toBeTrue();
});
