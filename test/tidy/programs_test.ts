/** The rule for programs, on all of the project and on planted calls. */
import { describe, expect, test } from "bun:test";
import { programOffences } from "./programs.ts";
import { projectFiles } from "./project_files.ts";
import { Source } from "./source.ts";

test("what the project runs by name, set-up installs or every Debian has", () => {
  const files = projectFiles(["setup", "lab", "test", "demo", "bench", "manual"]);
  expect(files.length).toBeGreaterThan(10);
  expect(files.flatMap(({ path, text }) => programOffences(new Source(path, text)))).toEqual([]);
});

describe("programOffences", () => {
  const rows: ReadonlyArray<readonly [text: string, offences: readonly string[]]> = [
    ['Bun.spawn(["postconf", "-d"]);', []],
    ['run(["/usr/sbin/postfix", "stop"]);', []],
    ['await runOrThrow(["sync"]);', []],
    ["Bun.spawn([process.execPath, script]);", []],
    ['list(["telnet"]);', []],
    [
      'Bun.spawnSync(["swaks", "--to", "x"]);',
      ["a.ts:1: runs swaks: add it to setup/debian_packages.mjs with its package, or do without"],
    ],
    [
      '\nawait run(["/usr/bin/telnet"]);',
      [
        "a.ts:2: runs /usr/bin/telnet: add it to setup/debian_packages.mjs with its package, or do without",
      ],
    ],
  ];
  for (const [text, offences] of rows) {
    test(text, () => {
      expect(programOffences(new Source("a.ts", text))).toEqual([...offences]);
    });
  }
});
