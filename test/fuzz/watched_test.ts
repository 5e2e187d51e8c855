/** That a round which stands still, or ends its process, is told. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { watchRounds } from "./watched.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "fastflush-watched-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A program that begins three rounds, and does `then` in the fourth. */
function program(then: string): string {
  const path = join(folder, `${Bun.hash(then)}.ts`);
  const module = JSON.stringify(join(import.meta.dir, "watched.ts"));
  writeFileSync(
    path,
    `import { openSync } from "node:fs";
import { noteRound } from ${module};
const descriptor = openSync(process.argv[5], "w");
for (let round = 0; round < 4; round++) {
  noteRound(descriptor, round);
}
${then}
`,
  );
  return path;
}

test("a loop without end", async () => {
  const watching = { program: program("for (;;) {}"), stillMs: 2000 };
  expect(await watchRounds("x", 1, 10, watching)).toEqual({ stuckAt: 3, errors: "" });
});

test("a process that dies", async () => {
  const dying = program('process.kill(process.pid, "SIGSEGV"); for (;;) {}');
  const watched = await watchRounds("x", 1, 10, { program: dying, stillMs: 60_000 });
  expect(watched).toMatchObject({ stuckAt: 3 });
});
