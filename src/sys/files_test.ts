/** What only the real files can do wrong. The rest: test/conformance/. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFiles } from "./files.ts";

const files = createFiles();
const create = { access: "both", create: true } as const;
let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "fastflush-files-"));
});
afterEach(() => rmSync(root, { recursive: true }));

/** st_dev as glibc packs it, as FileStatus packs it: major number, minor number. */
function deviceOf(dev: bigint): bigint {
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xfffff000n);
  const minor = (dev & 0xffn) | ((dev >> 12n) & 0xffffff00n);
  return (major << 32n) | minor;
}

describe("paths", () => {
  test("reach the kernel as the bytes of the byte string", () => {
    files.close(files.open(`${root}/caf\xe9`, create));
    const names = readdirSync(root, { encoding: "buffer" });
    expect(names.map((name) => name.toString("hex"))).toEqual(["636166e9"]);
  });
});

describe("status", () => {
  test("says what stat(2) says", () => {
    const path = `${root}/log`;
    writeFileSync(path, "A1\n", { mode: 0o640 });
    const want = statSync(path, { bigint: true });
    expect(files.statusOf(path)).toMatchObject({
      kind: "file",
      mode: Number(want.mode) & 0o7777,
      uid: Number(want.uid),
      gid: Number(want.gid),
      linkCount: 1,
      device: deviceOf(want.dev),
      inode: want.ino,
      sizeBytes: 3,
      atimeNs: want.atimeNs,
      mtimeNs: want.mtimeNs,
      ctimeNs: want.ctimeNs,
    });
  });

  test("tells file systems and kinds apart", () => {
    const proc = statSync("/proc", { bigint: true }).dev;
    expect(files.statusOf("/proc").device).toBe(deviceOf(proc));
    expect(files.statusOf("/proc").device).not.toBe(files.statusOf(root).device);
    expect(files.statusOf("/dev/null").kind).toBe("other");
    expect(files.statusOf("/proc/self").kind).toBe("link");
    expect(files.statusOf("/proc/self", { followLink: true }).kind).toBe("directory");
  });
});

describe("positions", () => {
  test("go beyond 4 GiB", () => {
    const file = files.open(`${root}/log`, create);
    const position = 6_000_000_000;
    expect(files.write(file, Buffer.from("here"), position)).toBe(4);
    expect(files.status(file).sizeBytes).toBe(position + 4);
    const into = Buffer.alloc(2);
    expect(files.read(file, into, position + 1)).toBe(2);
    expect(into.toString()).toBe("er");
    files.truncate(file, position + 1);
    expect(files.status(file).sizeBytes).toBe(position + 1);
    files.close(file);
  });
});

describe("setTimes", () => {
  test("knows times before 1970 and after 2038", () => {
    files.close(files.open(`${root}/log`, create));
    for (const seconds of [-1, 5_000_000_000]) {
      files.setTimes(`${root}/log`, seconds);
      expect(files.statusOf(`${root}/log`).mtimeNs).toBe(BigInt(seconds) * 1_000_000_000n);
    }
  });
});

describe("open", () => {
  test("leaves nothing to programs started later, and never waits", () => {
    const file = files.open(`${root}/log`, { ...create, append: true, keepAtime: true });
    const flags = readFileSync(`/proc/self/fdinfo/${file}`, "utf8").match(/flags:\s+0?(\d+)/)?.[1];
    // O_RDWR, O_APPEND, O_NONBLOCK, O_NOATIME, O_CLOEXEC; O_NOFOLLOW, which differs by processor.
    expect((Number.parseInt(flags ?? "", 8) & 0o3006003).toString(8)).toBe("3006002");
    files.close(file);
  });

  test("gives each descriptor back", () => {
    const before = readdirSync("/proc/self/fd").length;
    for (let count = 0; count < 50; count++) {
      files.close(files.open(`${root}/log`, create));
      const reader = files.openDirectory(root);
      reader.next(10);
      reader.close();
    }
    expect(readdirSync("/proc/self/fd").length).toBe(before);
  });
});
