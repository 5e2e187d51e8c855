/** Programs at start-up: their words, surroundings, limits and end. Servers: test/postfix/lookup_helper_test.ts. */
import { describe, expect, test } from "bun:test";
import { createStartUpPrograms } from "./start_up_programs.ts";

const LIMITS = { limitMs: 20_000, outBytesMax: 1000 };

describe("a program at start-up", () => {
  const programs = createStartUpPrograms(
    { queueDirectory: "/usr", configDirectory: "/c" },
    () => {},
  );
  const shell = (script: string, limits = LIMITS) =>
    programs.run(["/bin/sh", "-c", script], limits);

  test("gets its words as they are, and its output comes back", () => {
    const word = "a b$HOME\xc3\xa4";
    const outcome = programs.run(["/usr/bin/printf", "%s|", word, ""], LIMITS);
    expect(outcome).toEqual({ status: 0, out: `${word}||`, err: "" });
  });

  test("runs in the queue's directory, for its configuration", () => {
    expect(shell('echo "$PWD $MAIL_CONFIG"').out).toBe("/usr /c\n");
  });

  test("ends with a status and a message", () => {
    expect(shell("echo no >&2; exit 3")).toEqual({ status: 3, out: "", err: "no\n" });
  });

  test("has no status when it is ended: by a limit, or by somebody", () => {
    const lines = "while :; do echo 0123456789; done";
    expect(shell(lines).status).toBeNull();
    expect(shell("sleep 5", { ...LIMITS, limitMs: 50 }).status).toBeNull();
    expect(shell("kill -9 $$").status).toBeNull();
  });

  test("has no status where a limit was met behind its end: part of its output may be lost", () => {
    const behind = "(sleep 0.1; head -c 60000 /dev/zero) & exit 0";
    expect(shell(behind).status).toBeNull();
    expect(shell("sleep 1 & exit 0", { ...LIMITS, limitMs: 50 }).status).toBeNull();
  });

  test("that is not there is ENOENT", () => {
    expect(() => programs.run(["/no/such/program"], LIMITS)).toThrow(
      "start: No such file or directory",
    );
  });
});
