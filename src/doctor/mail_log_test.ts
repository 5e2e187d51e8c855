/** Whether there is a mail log. */
import { expect, test } from "bun:test";
import type { FileStatus } from "../effects/files.ts";
import { OsError } from "../effects/os_error.ts";
import { hasMailLog } from "./mail_log.ts";

for (const [what, maillogFile, code, has] of [
  ["a file of its own", "/var/log/postfix.log", "ENOENT", true],
  ["a syslog daemon", "", null, true],
  ["neither", "", "ENOENT", false],
  ["a daemon that may not be seen", "", "EACCES", true],
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
