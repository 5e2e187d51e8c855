/** A folder that is kept between commands: made, trusted, written and locked. Each MemoryFiles is a process of its own. */
import { describe, expect, test } from "bun:test";
import { OsError } from "../effects/os_error.ts";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryDisk } from "../memory/disk.ts";
import { MemoryFiles } from "../memory/files.ts";
import type { DirectoryInode } from "../memory/inodes.ts";
import { FolderBusy, FolderFault, PrivateFolder } from "./private_folder.ts";

const PATH = "/lib/fastflush";

class Lab {
  readonly clock = new MemoryClock();
  readonly disk = new MemoryDisk(this.clock);
  /** Renames and syncs, in their order. */
  readonly deeds: string[] = [];

  constructor() {
    this.disk.makeDirectories("/lib");
    this.disk.root.mode = this.lib.mode = 0o755;
  }

  /** Another process, as root unless said. */
  process(uid = 0): { readonly folder: PrivateFolder; readonly files: MemoryFiles } {
    const files = new MemoryFiles(this.disk, { uid, gid: uid });
    files.fault = ({ operation, path }) => {
      if (operation === "rename") {
        this.deeds.push(`rename ${path}`);
      }
      return null;
    };
    const sync = (path: string): void => {
      this.deeds.push(`sync ${path}`);
    };
    return {
      files,
      folder: new PrivateFolder({ files, clock: this.clock, userId: uid, sync }, PATH),
    };
  }

  get lib(): DirectoryInode {
    return this.disk.root.entries.get("lib") as DirectoryInode;
  }

  get inode(): DirectoryInode {
    return this.lib.entries.get("fastflush") as DirectoryInode;
  }
}

/** A folder that is there. */
async function made(): Promise<Lab> {
  const lab = new Lab();
  await lab.process().folder.withLock(0, () => {});
  return lab;
}

describe("trusted", () => {
  test("where it is missing it is made, for this user alone, with the first lock", async () => {
    const lab = new Lab();
    const { folder, files } = lab.process();
    expect(folder.isThere()).toBeFalse();
    expect(await folder.withLock(0, () => "done")).toBe("done");
    expect([folder.isThere(), files.statusOf(PATH).mode]).toEqual([true, 0o700]);
    expect(folder.names()).toEqual(["lock"]);
  });

  test("another command may make it meanwhile", async () => {
    const lab = new Lab();
    const { folder, files } = lab.process();
    files.fault = ({ operation }) => {
      if (operation === "makeDirectory") {
        files.fault = null;
        lab.process().files.makeDirectory(PATH, 0o700);
      }
      return null;
    };
    expect(await folder.withLock(0, () => "done")).toBe("done");
  });

  test("a link is refused, with a slash behind it too", async () => {
    const lab = await made();
    lab.disk.addLink("/lib/link", PATH);
    for (const path of ["/lib/link", "/lib/link/", "/lib/link//"]) {
      const { files } = lab.process();
      const folder = new PrivateFolder({ files, clock: lab.clock, userId: 0, sync: null }, path);
      expect(() => folder.isThere()).toThrow(
        new FolderFault("/lib/link is no directory, but a link"),
      );
    }
  });

  for (const [what, uid, mode, why] of [
    ["this user's", 100, 0o700, null],
    ["root's", 0, 0o755, null],
    ["somebody else's", 101, 0o700, `${PATH} is another user's`],
    ["one that its group may write to", 100, 0o770, `${PATH} may be written to by others`],
    ["one that all may write to", 100, 0o1702, `${PATH} may be written to by others`],
  ] as const) {
    test(what, async () => {
      const lab = await made();
      Object.assign(lab.inode, { uid, mode });
      const { folder } = lab.process(100);
      if (why === null) {
        expect(folder.isThere()).toBeTrue();
      } else {
        expect(() => folder.isThere()).toThrow(new FolderFault(why));
        await expect(folder.withLock(0, () => {})).rejects.toThrow(why);
      }
    });
  }
});

describe("files", () => {
  test("take their name when they are whole and on disk", async () => {
    const lab = await made();
    const { folder, files } = lab.process();
    folder.write("one", "text\xff\n");
    expect(lab.deeds).toEqual([`sync ${PATH}/one.new`, `rename ${PATH}/one.new`, `sync ${PATH}`]);
    expect([folder.read("one"), files.statusOf(`${PATH}/one`).mode]).toEqual(["text\xff\n", 0o600]);
    folder.remove("one");
    folder.remove("one");
    expect(folder.read("one")).toBeNull();
  });

  test.each(["write", "closeWritten"])(
    "stay as they were where the disk is full, whichever call says so: %s",
    async (failing) => {
      const { folder, files } = (await made()).process();
      folder.write("one", "old");
      files.fault = ({ operation }) =>
        operation === failing ? { error: new OsError("ENOSPC", failing) } : null;
      expect(() => folder.write("one", "new")).toThrow(`${failing}: No space left on device`);
      expect(folder.read("one")).toBe("old");
      expect(folder.names()).not.toContain("one.new");
      expect(files.openCount).toBe(0);
    },
  );

  test("are written and read in parts where the kernel takes no more", async () => {
    const { folder, files } = (await made()).process();
    files.fault = ({ operation }) =>
      operation === "write" || operation === "read" ? { takeBytes: 3 } : null;
    folder.write("one", "0123456789");
    expect(folder.read("one")).toBe("0123456789");
  });

  test("are no links, and no link is written through", async () => {
    const lab = await made();
    const { folder } = lab.process();
    lab.disk.writeFile("/lib/precious", "precious");
    lab.disk.addLink(`${PATH}/one`, "/lib/precious");
    lab.disk.addLink(`${PATH}/one.new`, "/lib/precious");
    expect(() => folder.read("one")).toThrow(new FolderFault(`${PATH}/one is no file, but a link`));
    folder.write("one", "new");
    expect([folder.read("one"), lab.disk.readFile("/lib/precious")]).toEqual(["new", "precious"]);
  });
});

describe("locks", () => {
  test("exclude others, and end with their process", async () => {
    const lab = await made();
    const [one, other] = [lab.process(), lab.process()];
    expect(one.folder.isLocked("a")).toBeFalse();
    expect(one.folder.lock("a")).not.toBeNull();
    expect([other.folder.isLocked("a"), other.folder.lock("a")]).toEqual([true, null]);
    one.files.kill();
    expect(other.folder.isLocked("a")).toBeFalse();
  });

  test("of the folder are waited for, so long as is said", async () => {
    const lab = await made();
    const [one, other] = [lab.process(), lab.process()];
    const lock = one.folder.lock("lock");
    await expect(other.folder.withLock(0, () => {})).rejects.toThrow(FolderBusy);
    const waiting = other.folder.withLock(1000, () => "done");
    if (lock !== null) {
      one.folder.unlock(lock);
    }
    lab.clock.advance(100);
    expect(await waiting).toBe("done");
  });

  test("are given back, whatever comes of the work", async () => {
    const { folder } = (await made()).process();
    const failing = folder.withLock(0, () => {
      throw new Error("of the work");
    });
    await expect(failing).rejects.toThrow("of the work");
    expect(folder.isLocked("lock")).toBeFalse();
  });
});
