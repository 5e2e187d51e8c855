/** The processor time of processes that run, that have ended, and that have ended without anybody having noticed. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { waitFor } from "../lab/wait.ts";
import { processorTimeOf } from "./processor_time.ts";

const PROGRAMS = { sh: "/bin/sh", sleep: "/bin/sleep" } as const;

/** Some tenths of a second of a processor's time. */
const WORK = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done";

let folder = "";
const children: Bun.Subprocess[] = [];

beforeAll(() => {
  folder = mkdtempSync("/var/tmp/fastflush-processor-time-");
  for (const [name, path] of Object.entries(PROGRAMS)) {
    copyFileSync(path, join(folder, name));
  }
});

afterAll(async () => {
  for (const child of children) {
    child.kill();
    await child.exited;
  }
  rmSync(folder, { recursive: true });
});

/** Starts a program of the folder, which goes on with `sleep` and waits for none of its children. */
function start(script: string): Bun.Subprocess {
  const child = Bun.spawn([
    join(folder, "sh"),
    "-c",
    `${script}\nexec ${join(folder, "sleep")} 60`,
  ]);
  children.push(child);
  return child;
}

/** Its one child has ended: all that is left of it is what proc(5) shows. */
function isEnded(pid: number): boolean {
  const child = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").trim();
  return child !== "" && / Z /.test(readFileSync(`/proc/${child}/stat`, "latin1"));
}

function isSleeping(pid: number): boolean {
  return readFileSync(`/proc/${pid}/comm`, "latin1") === "sleep\n";
}

test.each([
  ["that goes on", WORK, isSleeping],
  ["of a child that was waited for", `(${WORK})`, isSleeping],
  ["of a child that nobody has waited for", `(${WORK}) &`, isEnded],
] as const)("counts the work %s", async (_, script, isDone) => {
  const { cpu_seconds } = await processorTimeOf(folder, async () => {
    const { pid } = start(script);
    await waitFor("the work to be done", () => isDone(pid) || undefined);
  });
  expect(cpu_seconds).toBeGreaterThan(0.03);
});

test("counts nothing of what has ended before, nor of others", async () => {
  const { cpu_seconds } = await processorTimeOf(folder, async () => {});
  expect(cpu_seconds).toBe(0.01);
});
