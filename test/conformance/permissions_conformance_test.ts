/** What a process that isn't root may not do, for real and in memory. */
import { expect, test } from "bun:test";
import { MemoryClock } from "../../src/memory/clock.ts";
import { MemoryDisk } from "../../src/memory/disk.ts";
import { MemoryFiles } from "../../src/memory/files.ts";
import { STRANGER_ID, setScene, tryAll, WANTED } from "./permission_cases.ts";
import { createMemoryStage, createRealStage } from "./stage.ts";

test("files in memory refuse a stranger what is refused to him", () => {
  const clock = new MemoryClock();
  const disk = new MemoryDisk(clock);
  setScene(createMemoryStage(clock, disk));
  const files = new MemoryFiles(disk, { uid: STRANGER_ID, gid: STRANGER_ID });
  expect(tryAll(files, (name) => name)).toEqual(WANTED);
});

// Only root can become somebody else.
test.skipIf(process.getuid?.() !== 0)("real files refuse him the same", () => {
  const stage = createRealStage();
  setScene(stage);
  const program = `${import.meta.dir}/permission_cases.ts`;
  const child = Bun.spawnSync([process.execPath, program, stage.path(".")]);
  stage.dispose();
  expect(child.stderr.toString()).toBe("");
  expect(JSON.parse(child.stdout.toString())).toEqual(WANTED);
});
