import { expect, test } from "bun:test";
import { OsError } from "../effects/os_error.ts";
import { MemoryTextFiles } from "./text_files.ts";

test("text files are there with their time, fail on order, or are missing", () => {
  const files = new MemoryTextFiles({ "/etc/postfix/main.cf": "a = b\n" });
  files.put("/etc/list", "x", 5000);
  files.fail("/etc/secret", new OsError("EACCES", "open"));
  expect(files.read("/etc/postfix/main.cf")).toEqual({ text: "a = b\n", modifiedMs: 0 });
  expect(files.read("/etc/list")).toEqual({ text: "x", modifiedMs: 5000 });
  expect(() => files.read("/etc/secret")).toThrow("open: Permission denied");
  expect(() => files.read("/etc/gone")).toThrow("open: No such file or directory");
});
