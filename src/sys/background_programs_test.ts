/** Programs that go on by themselves: their session, their output, and what they may not write over. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OsError } from "../effects/os_error.ts";
import { createBackgroundPrograms } from "./background_programs.ts";

const folder = mkdtempSync(join(tmpdir(), "fastflush-background-"));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("run in a session of their own, in the root directory, with their output in a log of root's", async () => {
  const log = join(folder, "log");
  const script = "cut -d ' ' -f 6 /proc/self/stat; pwd; echo \"$0\" >&2; cat; exit 3";
  const program = createBackgroundPrograms().start(["sh", "-c", script, "a b"], log);
  expect(await program.ended).toBe(3);
  expect(readFileSync(log, "utf8")).toBe(`${program.pid}\n/\na b\n`);
  expect(statSync(log).mode & 0o7777).toBe(0o600);
});

test("that a signal has ended have no exit status", async () => {
  const program = createBackgroundPrograms().start(
    ["sh", "-c", "kill -9 $$"],
    join(folder, "killed"),
  );
  expect(await program.ended).toBeNull();
});

for (const [name, prepare] of [
  ["a file", (path: string) => writeFileSync(path, "precious")],
  ["a link", (path: string) => symlinkSync(join(folder, "nowhere"), path)],
] as const) {
  test(`don't write into ${name} that is there`, () => {
    const path = join(folder, name);
    prepare(path);
    expect(() => createBackgroundPrograms().start(["true"], path)).toThrow(
      new OsError("EEXIST", "open"),
    );
  });
}

test("that can't be started are an error", () => {
  const start = () => createBackgroundPrograms().start(["/nonexistent"], join(folder, "none"));
  expect(start).toThrow(new OsError("ENOENT", "start"));
});
