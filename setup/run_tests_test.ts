/** The test runner on planted test files: what Bun really does with each must end in the right verdict. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findTestFiles, runFile } from "./run_tests.ts";
import { judge } from "./verdict.ts";

let root = "";

/** A test file's text: `body` after the import of what it may use. */
function planted(body: string): string {
  return `import { afterAll, beforeAll, expect, test } from "bun:test";\n${body}\n`;
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "fastflush-runner-"));
});

afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

const PASSES = 'test("passes", () => { expect(1).toBe(1); });';

const FAILS = "fails\n  expect(received).toBe(expected)\n  Expected: 2\n  Received: 1";

const rows: ReadonlyArray<readonly [name: string, body: string, failures: readonly string[]]> = [
  ["passes", PASSES, []],
  ["fails", 'test("fails", () => { expect(1).toBe(2); });', [FAILS]],
  ["asserts nothing", 'test("idles", () => {});', ["idles: passed without an assertion"]],
  [
    "exits in a test",
    `test("exits", () => { process.exit(0); });${PASSES}`,
    ["no report (exit status 0): it crashed, exited or holds no test"],
  ],
  [
    "exits after its tests",
    `${PASSES}afterAll(() => { process.exit(0); });`,
    ["no report (exit status 0): it crashed, exited or holds no test"],
  ],
  [
    "holds no test",
    "export const nothing = [afterAll, beforeAll, expect, test];",
    ["no report (exit status 0): it crashed, exited or holds no test"],
  ],
  [
    "cannot be loaded",
    'import "./missing.ts";',
    ["no report (exit status 1): it crashed, exited or holds no test"],
  ],
  [
    "is killed",
    'test("dies", () => { process.kill(process.pid, "SIGKILL"); });',
    ["no report (exit status 137): it crashed, exited or holds no test"],
  ],
  [
    "fails before its tests",
    `beforeAll(() => { throw new Error("x"); });${PASSES}`,
    ["(unnamed)\n  x"],
  ],
  [
    "fails after its tests",
    `afterAll(() => { throw new Error("x"); });${PASSES}`,
    ["(unnamed)\n  x"],
  ],
];

describe("a test file that", () => {
  for (const [index, [name, body, failures]] of rows.entries()) {
    test(name, async () => {
      const file = `src/planted_${index}_test.ts`;
      await Bun.write(join(root, file), planted(body));
      const verdict = judge([await runFile(root, file, () => {})], 0);
      expect(verdict.failures).toEqual(failures.map((failure) => `${file}: ${failure}`));
    });
  }
});

describe("of a test file's output", () => {
  const counts = 'afterAll(() => console.log("figures: 3 times\\nother text\\nfigures: 4 times"));';
  const rows = [
    { what: "its figures are printed", body: PASSES, isWhole: false },
    {
      what: "all is printed where it fails",
      body: "test('x', () => expect(1).toBe(2));",
      isWhole: true,
    },
  ];
  test.each(rows)("$what", async ({ body, isWhole }) => {
    const file = "src/planted_figures_test.ts";
    await Bun.write(join(root, file), planted(`${body}${counts}`));
    const printed: string[] = [];
    await runFile(root, file, (text) => printed.push(text));
    const [counted = "", output = "", ...others] = printed;
    expect([counted.startsWith(`${file}: 1 tests, `), others]).toEqual([true, []]);
    expect(output).toContain("figures: 3 times\n");
    expect(output).toContain("figures: 4 times");
    expect(output.includes("other text")).toBe(isWhole);
  });
});

describe("findTestFiles", () => {
  test("finds the project's test files, this one among them", () => {
    const files = findTestFiles(join(import.meta.dir, ".."));
    expect(files).toContain("setup/run_tests_test.ts");
    expect(files.filter((file) => !file.endsWith("_test.ts"))).toEqual([]);
  });
});
