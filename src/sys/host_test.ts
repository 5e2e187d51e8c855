/** Files of root's, the real ones and those in memory: the same calls, the same answers. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { type Host, unfinishedPath } from "../effects/host.ts";
import { MemoryHost } from "../memory/host.ts";
import { createHost } from "./host.ts";
import { libc } from "./libc.ts";
import { LOCK_EX_NB } from "./open_flags.ts";

const folder = mkdtempSync("/var/tmp/fastflush-host-");
const owner = { mode: 0o640, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

afterAll(() => rmSync(folder, { recursive: true }));

for (const [kind, host, root] of [
  ["real", createHost(), folder],
  ["in memory", new MemoryHost(), "/folder"],
] as const satisfies ReadonlyArray<readonly [string, Host, string]>) {
  describe(kind, () => {
    beforeAll(() => {
      if (host instanceof MemoryHost) {
        host.putDirectory(root);
      }
    });

    test("a file is written, replaced, read and removed", () => {
      const path = `${root}/file`;
      expect(host.statusOf(path)).toBeNull();
      host.write(path, "one\xff\n", owner);
      host.write(path, "two\xff\n", owner);
      expect(host.read(path)).toBe("two\xff\n");
      expect(host.statusOf(path)).toEqual({ kind: "file", ...owner });
      host.remove(path);
      expect(host.statusOf(path)).toBeNull();
      expect(() => host.remove(path)).toThrow("unlink: No such file or directory");
      expect(() => host.read(path)).toThrow("open: No such file or directory");
    });

    test("what can't be written leaves nothing", () => {
      expect(() => host.write(`${root}/none/file`, "text", owner)).toThrow(
        "write: No such file or directory",
      );
    });

    test("a copy has the content, and its own mode", () => {
      const [from, to] = [`${root}/from`, `${root}/to`];
      host.write(from, "x".repeat(3_000_000), owner);
      host.copy(from, to, { ...owner, mode: 0o755 });
      expect(host.isSame(from, to)).toBeTrue();
      expect(host.statusOf(to)?.mode).toBe(0o755);
      host.write(to, `${"x".repeat(2_999_999)}y`, owner);
      expect(host.isSame(from, to)).toBeFalse();
      host.write(to, "x", owner);
      expect(host.isSame(from, to)).toBeFalse();
      expect(host.isSame(to, from)).toBeFalse();
    });

    test("a second name outlives the first; a rename takes the place of what was there", () => {
      host.write(`${root}/a`, "new", owner);
      host.write(`${root}/b`, "old", owner);
      host.link(`${root}/b`, `${root}/c`);
      host.rename(`${root}/a`, `${root}/b`);
      expect([host.read(`${root}/b`), host.read(`${root}/c`)]).toEqual(["new", "old"]);
      host.link(`${root}/b`, `${root}/c`);
      expect(host.read(`${root}/c`)).toBe("new");
      expect(host.statusOf(`${root}/a`)).toBeNull();
    });

    test("directories are made, listed and, when empty, removed", () => {
      const path = `${root}/directory`;
      host.makeDirectory(path, 0o750);
      expect(host.statusOf(path)).toMatchObject({ kind: "directory", mode: 0o750 });
      expect(() => host.makeDirectory(path, 0o750)).toThrow("mkdir: File exists");
      host.write(`${path}/x`, "", owner);
      host.write(`${path}/y`, "", owner);
      expect([...host.list(path)].sort()).toEqual(["x", "y"]);
      expect(() => host.removeDirectory(path)).toThrow("rmdir: Directory not empty");
      host.remove(`${path}/x`);
      host.remove(`${path}/y`);
      host.removeDirectory(path);
      expect(host.statusOf(path)).toBeNull();
      expect(() => host.list(path)).toThrow("opendir: No such file or directory");
    });

    test("a file can be made old, if it is there", () => {
      host.write(`${root}/young`, "text", owner);
      host.makeOld(`${root}/young`);
      expect(host.read(`${root}/young`)).toBe("text");
      expect(() => host.makeOld(`${root}/none`)).toThrow("utime: No such file or directory");
    });

    test("a temporary directory is nobody else's", () => {
      const path = host.makeTemporaryDirectory();
      expect(host.statusOf(path)).toMatchObject({ kind: "directory", mode: 0o700 });
      host.removeDirectory(path);
    });

    test("a file is no link", () => {
      host.write(`${root}/plain`, "", owner);
      expect(() => host.readLink(`${root}/plain`)).toThrow("readlink: Invalid argument");
    });
  });
}

test("the real one leaves no other files about, and tells its own executable", () => {
  const host = createHost();
  expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
  expect(statSync(host.executable).isFile()).toBeTrue();
  expect(host.readLink(`/proc/${process.pid}/exe`)).toBe(host.executable);
});

test("an old file is older than any that Postfix waits for", () => {
  expect(statSync(`${folder}/young`).mtimeMs).toBe(1000);
});

test("a copy that fails leaves the old file", () => {
  const path = `${folder}/kept`;
  writeFileSync(path, "old");
  expect(() => createHost().copy(`${folder}/missing`, path, owner)).toThrow("No such file");
  expect(createHost().read(path)).toBe("old");
  expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
});

test("a file is replaced whole: who has opened the old one reads that to its end", () => {
  const path = `${folder}/whole`;
  createHost().write(path, "old", owner);
  const { ino } = statSync(path);
  const file = openSync(path, "r");
  createHost().write(path, "new", owner);
  expect(readFileSync(file, "utf8")).toBe("old");
  expect(statSync(path).ino).not.toBe(ino);
  closeSync(file);
});

test("nobody else may read a file before it has its owner", async () => {
  const [pipe, path] = [`${folder}/pipe`, `${folder}/secret`];
  const fresh = unfinishedPath(path);
  // Opening the pipe waits for the shell, which looks first.
  const script = `mkfifo ${pipe}; until [ -e ${fresh} ]; do :; done; stat -c %a ${fresh}; echo x >${pipe}`;
  const shell = Bun.spawn(["sh", "-c", script], { stdout: "pipe" });
  while (!existsSync(pipe)) {
    await Bun.sleep(1);
  }
  createHost().copy(pipe, path, { ...owner, mode: 0o644 });
  expect(await shell.stdout.text()).toBe("600\n");
  expect(statSync(path).mode & 0o777).toBe(0o644);
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"]) {
  test(`${signal} is put off while something must not stop half way`, async () => {
    const counts: number[] = [];
    await createHost().withoutInterrupts(async () => {
      counts.push(process.listenerCount(signal));
      if (counts[0] === 1) {
        process.kill(process.pid, signal);
      }
      await Bun.sleep(1);
    });
    counts.push(process.listenerCount(signal));
    expect(counts).toEqual([1, 0]);
  });
}

test("a file that another process is writing is left alone, and what a killed one has left is replaced", () => {
  const path = `${folder}/shared`;
  const host = createHost();
  host.write(path, "old", owner);
  writeFileSync(unfinishedPath(path), "half");
  const other = openSync(unfinishedPath(path), "r");
  expect(libc.flock(other, LOCK_EX_NB)).toBe(0);
  expect(() => host.write(path, "new", owner)).toThrow("Device or resource busy");
  expect(readFileSync(unfinishedPath(path), "utf8")).toBe("half");
  expect(host.read(path)).toBe("old");
  closeSync(other);
  host.write(path, "new", owner);
  expect(host.read(path)).toBe("new");
  expect(existsSync(unfinishedPath(path))).toBeFalse();
});

test("a file and a directory are synced, and nothing else can be", () => {
  const host = createHost();
  host.write(`${folder}/synced`, "text", owner);
  host.sync(`${folder}/synced`);
  host.sync(folder);
  expect(() => host.sync(`${folder}/none`)).toThrow("fsync: No such file or directory");
});
