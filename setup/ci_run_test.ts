/** .ci/run with an npm that says this or that: its own last line and status. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { PlantedMachine } from "../test/support/planted_machine.ts";

const CI_RUN = join(import.meta.dir, "..", ".ci", "run");

const rows: ReadonlyArray<readonly [name: string, npm: string, line: string, status: number]> = [
  ["all passed", "echo; echo 12 passed, 0 failed", "12 passed, 0 failed", 0],
  ["some skipped", "echo 12 passed, 0 failed, 2 skipped", "12 passed, 0 failed, 2 skipped", 0],
  ["one failed", "echo 11 passed, 1 failed; exit 1", "11 passed, 1 failed", 1],
  ["one failed, status 0", "echo 11 passed, 1 failed", "11 passed, 1 failed", 1],
  ["status 1 only", "echo 12 passed, 0 failed; exit 1", "12 passed, 1 failed", 1],
  ["no line", "echo set up", "0 passed, 1 failed", 1],
  ["nothing at all, status 0", "", "0 passed, 1 failed", 1],
  ["a line that is not the last", "echo 12 passed, 0 failed; echo bye", "0 passed, 1 failed", 1],
  [
    "noise behind it on stderr",
    "echo 1 passed, 1 failed; echo x >&2; exit 1",
    "1 passed, 1 failed",
    1,
  ],
];

describe(".ci/run", () => {
  for (const [name, npm, line, status] of rows) {
    test(name, async () => {
      const machine = await PlantedMachine.plant({ npm });
      const ended = await machine.run([CI_RUN]);
      expect(ended.output.trimEnd().split("\n").at(-1)).toBe(line);
      expect(ended.status).toBe(status);
      expect(await machine.calls()).toEqual(["npm test"]);
      await machine.remove();
    });
  }
});
