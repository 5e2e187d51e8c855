import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { onOneProcessor } from "./processors.ts";

/** Where process `pid` may run. */
function allowed(pid: number): string {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  return /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? "";
}

test("processes are on one processor while the work lasts, and may leave it afterwards", async () => {
  const before = allowed(process.pid);
  const [first = ""] = before.split(/[-,]/);
  const inside = await onOneProcessor("/bin/nothing", async () => {
    const grandchild = Bun.spawnSync(["/bin/sh", "-c", "grep Cpus_allowed_list /proc/self/status"]);
    return [allowed(process.pid), grandchild.stdout.toString().split(/\s+/)[1]];
  });
  expect(inside).toEqual([first, first]);
  expect(allowed(process.pid)).toBe(before);
});

test("what fails inside is passed on, and nothing stays confined", async () => {
  const before = allowed(process.pid);
  const failure = onOneProcessor("/bin/nothing", () => Promise.reject(new Error("inside")));
  await expect(failure).rejects.toThrow("inside");
  expect(allowed(process.pid)).toBe(before);
});
