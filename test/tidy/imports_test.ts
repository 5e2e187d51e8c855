/** The rule of the rooms, on all of src/, and the rule itself on planted imports. */
import { describe, expect, test } from "bun:test";
import { importOffences } from "./imports.ts";
import { projectFiles } from "./project_files.ts";
import { ROOMS } from "./rooms.ts";

test("imports in src/ go along the arrows of rooms.ts", () => {
  const files = projectFiles(["src"]);
  expect(files.length).toBeGreaterThan(Object.keys(ROOMS).length);
  expect(files.flatMap(({ path, text }) => importOffences(path, text))).toEqual([]);
});

describe("allowed", () => {
  const rows: ReadonlyArray<readonly [path: string, text: string]> = [
    ["src/wire/reply.ts", 'import type { SiteName } from "../names/names.ts";'],
    ["src/wire/reply.ts", 'import { STATUS } from "./request.ts";'],
    ["src/wire/deep/reply.ts", 'import { STATUS } from "../request.ts";'],
    ["src/wire/reply_test.ts", 'import { files } from "../sys/files.ts"; import "node:fs";'],
    ["src/sys/files.ts", 'import "bun:ffi"; import "node:fs"; Bun.connect({}); process.kill(1);'],
    ["src/record/logfile_name.ts", 'import { toASCII } from "tr46";'],
    [
      "src/flush.ts",
      'import { a } from "./sys/files.ts"; import "./flush/add.ts"; process.exit(0);',
    ],
    ["src/wire/reply.ts", '// import "node:fs"\nconst text = \'import "node:fs"; Bun.listen(\';'],
    ["src/wire/reply.ts", "const a = { Bun: 1, process: 2 }; a.process; a.fetch;"],
    ["src/master/server.ts", "type Socket = Bun.Socket<string>; interface P { process: number }"],
  ];
  for (const [path, text] of rows) {
    test(`${path}: ${text}`, () => {
      expect(importOffences(path, text)).toEqual([]);
    });
  }
});

describe("not allowed", () => {
  const rows: ReadonlyArray<readonly [path: string, text: string, offence: string]> = [
    [
      "src/wire/reply.ts",
      '\nimport { append } from "../record/entries.ts";',
      "src/wire/reply.ts:2: imports ../record/entries.ts: wire may import names (a pure codec: bytes in, " +
        "messages out, no file and no socket): pass it in as an argument, or move the shared part into a " +
        "room that both may import",
    ],
    [
      "src/effects/files.ts",
      'import type { A } from "../names/names.ts";',
      "effects may import nothing",
    ],
    ["src/wire/a.ts", 'export * from "../sys/files.ts";', "wire may import names"],
    ["src/wire/a.ts", 'export { a } from "../sys/files.ts";', "wire may import names"],
    ["src/wire/a.ts", 'await import("../sys/files.ts");', "wire may import names"],
    ["src/wire/a.ts", 'type A = import("../sys/files.ts").A;', "wire may import names"],
    ["src/wire/a.ts", 'import fs = require("../sys/files.ts");', "wire may import names"],
    ["src/wire/a.ts", 'const a = require("../sys/files.ts");', "wire may import names"],
    ["src/wire/a.ts", 'const a = import.meta.require("../sys/files.ts");', "wire may import names"],
    ["src/wire/a.ts", "await import(name);", "imports ?: no third-party code"],
    ["src/wire/a.ts", 'import { a } from "../names/names";', "end it with .ts"],
    ["src/wire/a.ts", 'import "../../lab/run.ts";', "src/ stands on its own"],
    ["src/wire/a.ts", 'import "./a_test.ts";', "src/ stands on its own"],
    ["src/wire/a.ts", 'import "../flush.ts";', "nothing imports a program"],
    ["src/attic/a.ts", "export {};", "src/attic/a.ts: in no room"],
    ["src/other.ts", "export {};", "src/other.ts: in no room"],
    ["src/wire/a.ts", 'import { toASCII } from "tr46";', "no third-party code"],
    ["src/record/a.ts", 'import "left-pad";', "no third-party code"],
    ["src/wire/a.ts", 'import { expect } from "bun:test";', "tests only"],
    ["src/flush.ts", 'import { readFileSync } from "node:fs";', "only sys touches the machine"],
    ["src/record/a.ts", 'import { dlopen } from "bun:ffi";', "only sys touches the machine"],
    ["src/record/a.ts", 'import { spawn } from "bun";', "only sys touches the machine"],
    ["src/master/a.ts", "Bun.listen({ fd: 6 });", "uses Bun.listen: only sys touches the machine"],
    ["src/master/a.ts", 'Bun["listen"]({ fd: 6 });', "uses Bun.*: only sys"],
    ["src/master/a.ts", "const { listen } = Bun;", "uses Bun.*: only sys"],
    ["src/master/a.ts", "globalThis.Bun.spawn([]);", "uses globalThis.Bun: only sys"],
    ["src/flush/a.ts", "process.exit(1);", "uses process.exit: only sys touches the machine"],
    ["src/flush.ts", "process.kill(1);", "uses process.kill: only sys touches the machine"],
    [
      "src/sys/a.ts",
      'await fetch("http://example.com");',
      "uses fetch: the service talks to no network",
    ],
    ["src/sys/a.ts", "Bun.serve({});", "uses Bun.serve: the service talks to no network"],
  ];
  for (const [path, text, offence] of rows) {
    test(`${path}: ${text}`, () => {
      const found = importOffences(path, text);
      expect(found).toHaveLength(1);
      expect(found[0]).toContain(offence);
    });
  }
});
