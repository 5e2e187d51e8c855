/** The rules for comments, on all of the project and on planted files. */
import { describe, expect, test } from "bun:test";
import { commentOffences } from "./comments.ts";
import { projectFiles } from "./project_files.ts";
import { Source } from "./source.ts";

test("files open with a doc comment, exports are documented, nothing is left over", () => {
  const files = projectFiles(["src", "setup", "lab", "test", "demo", "bench", "manual"]);
  expect(files.length).toBeGreaterThan(10);
  const offences = files.flatMap(({ path, text }) => commentOffences(new Source(path, text)));
  expect(offences).toEqual([]);
});

describe("commentOffences", () => {
  const OPENED = "/** A planted file. */\n";
  const TO_DO = ["TO", "DO"].join("");
  const rows: ReadonlyArray<readonly [path: string, text: string, offences: readonly string[]]> = [
    ["a.ts", `${OPENED}export const limit = 3;`, []],
    ["a.ts", `#!/usr/bin/env bun\n${OPENED}`, []],
    ["a.ts", `${OPENED}import "x";\nexport class Sum {}`, []],
    [
      "log_line.ts",
      `${OPENED}\nexport class LogLine {}\n/** Adds. */\nexport function add() {}`,
      [],
    ],
    ["a.ts", `${OPENED}\n/** Adds. */\nexport function add() {}\nfunction own() {}`, []],
    ["a_test.ts", 'import { test } from "bun:test";\nexport class A {}\nexport class B {}', []],
    ["a.ts", `${OPENED}const text = "${TO_DO}";`, []],
    [
      "a.ts",
      "// A planted file.\nexport const limit = 3;",
      ["a.ts:1: open with a doc comment: what it is, what it guarantees, how it fails"],
    ],
    [
      "log_line.ts",
      `${OPENED}\nexport class LogLine {}\n\nexport function add() {}`,
      ["log_line.ts:5: document function add: the file is not named for it"],
    ],
    [
      "a.ts",
      `${OPENED}\n/** Of another. */\n\nexport interface Shape { a: number }\n// Adds.\nexport class Sum {}`,
      [
        "a.ts:5: document interface Shape: the file is not named for it",
        "a.ts:7: document class Sum: the file is not named for it",
      ],
    ],
    [
      "a_test.ts",
      `// ${TO_DO}: mend\n`,
      [`a_test.ts:1: leftover ${TO_DO}: do it, or file it as an issue`],
    ],
  ];
  for (const [path, text, offences] of rows) {
    test(`${path}: ${text}`, () => {
      expect(commentOffences(new Source(path, text))).toEqual([...offences]);
    });
  }
});
