/** Processes, as proc(5) shows this one and children of its own. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { OsError } from "../effects/os_error.ts";
import { createClock } from "./clock.ts";
import { createFiles } from "./files.ts";
import { createProcesses } from "./processes.ts";

const processes = createProcesses(createClock());

/** Far more than a busy machine takes, and less than another process's start is away. */
const TOLERANCE_MS = 5000;

test("a child is told with its parent, name, start, file and environment, until it has ended", async () => {
  const beforeMs = Date.now();
  const child = Bun.spawn(["sleep", "60"], { env: { ONE: "1", TWO: "a=b" } });
  try {
    const found = processes.childrenOf(process.pid).find(({ pid }) => pid === child.pid);
    expect(found).toMatchObject({
      pid: child.pid,
      parentPid: process.pid,
      name: "sleep",
      environment: ["ONE=1", "TWO=a=b"],
    });
    expect(found?.startedMs).toBeGreaterThan(beforeMs - TOLERANCE_MS);
    expect(found?.startedMs).toBeLessThan(Date.now() + TOLERANCE_MS);
    const sleep = createFiles().statusOf(Bun.which("sleep") ?? "", { followLink: true });
    expect(found?.file).toEqual({ device: sleep.device, inode: sleep.inode, isDeleted: false });
    expect(processes.find(child.pid)).toMatchObject({ name: "sleep" });
  } finally {
    child.kill();
    await child.exited;
  }
  expect(processes.find(child.pid)).toBeNull();
  expect(processes.childrenOf(process.pid).map(({ pid }) => pid)).not.toContain(child.pid);
});

test("one that has ended, and whose parent has not taken notice, is none", async () => {
  const script = "sleep 60 & echo $!; exec sleep 61";
  const parent = Bun.spawn(["sh", "-c", script], { stdout: "pipe" });
  try {
    const { value } = await parent.stdout.getReader().read();
    const pid = Number(Buffer.from(value ?? []).toString());
    const stat = (of: number): string => readFileSync(`/proc/${of}/stat`, "latin1");
    // A shell would take notice.
    while (!stat(parent.pid).includes("(sleep)")) {
      await Bun.sleep(1);
    }
    process.kill(pid, "SIGKILL");
    while (!stat(pid).includes(") Z ")) {
      await Bun.sleep(1);
    }
    expect(processes.find(pid)).toBeNull();
    expect(processes.childrenOf(parent.pid)).toEqual([]);
  } finally {
    parent.kill();
    await parent.exited;
  }
});

test("a process whose file was removed says so, whatever its name", async () => {
  // As it stands in proc(5), the name seems to end, and a state and a parent to follow.
  const path = `/var/tmp/a) Z 1 ${process.pid}`;
  await Bun.write(path, Bun.file(Bun.which("sleep") ?? ""));
  const files = createFiles();
  files.changeMode(files.open(path, { access: "read" }), 0o700);
  const child = Bun.spawn([path, "60"]);
  try {
    expect(processes.find(child.pid)?.file?.isDeleted).toBeFalse();
    const found = processes.childrenOf(process.pid).find(({ pid }) => pid === child.pid);
    expect(found?.name).toBe(`a) Z 1 ${process.pid}`.slice(0, 15));
    files.remove(path);
    expect(processes.find(child.pid)?.file?.isDeleted).toBeTrue();
  } finally {
    child.kill();
    await child.exited;
  }
});

test("a process is asked to end, and one that is not there can't be", async () => {
  const child = Bun.spawn(["sleep", "60"]);
  processes.terminate(child.pid);
  await child.exited;
  expect(child.signalCode).toBe("SIGTERM");
  expect(() => processes.terminate(child.pid)).toThrow(new OsError("ESRCH", "kill"));
});
