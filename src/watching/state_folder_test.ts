/** Who watches what: registered, listed, refused, gone. Each MemoryFiles is a process of its own. */
import { describe, expect, test } from "bun:test";
import { OsError } from "../effects/os_error.ts";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryDisk } from "../memory/disk.ts";
import { MemoryFiles } from "../memory/files.ts";
import type { DirectoryInode } from "../memory/inodes.ts";
import { AlreadyWatched, StateFault, StateFolder } from "./state_folder.ts";
import type { WatcherRecord } from "./watcher_record.ts";

const PATH = "/lib/fastflush/watch";

class Lab {
  readonly clock = new MemoryClock();
  readonly disk = new MemoryDisk(this.clock);

  constructor() {
    this.disk.makeDirectories("/lib");
  }

  /** Another process, as root unless said. */
  process(uid = 0): { readonly folder: StateFolder; readonly files: MemoryFiles } {
    const files = new MemoryFiles(this.disk, { uid, gid: uid });
    return { files, folder: new StateFolder({ files, clock: this.clock, userId: uid }, PATH) };
  }
}

function watcher(...sites: readonly string[]): Omit<WatcherRecord, "id"> {
  return {
    pid: 4711,
    startedMs: 1000,
    configDirectory: "/etc/postfix",
    queueDirectory: "/queue",
    isProbe: false,
    log: "",
    sites: sites.map((site) => ({
      site,
      state: "trying" as const,
      tries: 0,
      lastTryMs: null,
      lastResult: "",
      nextTryMs: null,
    })),
  };
}

async function caughtFrom(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => null,
    (caught: unknown) => caught,
  );
}

describe("StateFolder", () => {
  test("lists who is registered, with what it does now, until it ends", async () => {
    const lab = new Lab();
    const other = lab.process().folder;
    expect(await other.list()).toEqual([]);
    const registration = await lab.process().folder.register(watcher("a.example"));
    expect(registration.id).toBe(1);
    const { sites } = watcher("a.example");
    registration.update(
      sites.map((site) => ({ ...site, tries: 7, lastResult: "Connection refused" })),
    );
    expect(await other.list()).toEqual([
      {
        record: {
          ...watcher("a.example"),
          id: 1,
          sites: [
            { ...sites[0], tries: 7, lastResult: "Connection refused" },
          ] as WatcherRecord["sites"],
        },
        isGone: false,
      },
    ]);
    registration.end();
    expect(await other.list()).toEqual([]);
  });

  test("makes the folder, for this user alone", async () => {
    const lab = new Lab();
    const { files, folder } = lab.process();
    await folder.register(watcher("a.example"));
    for (const [name, mode] of [
      ["", 0o700],
      ["/1.json", 0o600],
      ["/1.lock", 0o600],
      ["/lock", 0o600],
    ] as const) {
      expect([name, files.statusOf(`${PATH}${name}`).mode]).toEqual([name, mode]);
    }
  });

  test("refuses a second watcher of a destination of the same queue", async () => {
    const lab = new Lab();
    await lab.process().folder.register(watcher("a.example", "b.example"));
    const { folder } = lab.process();
    const caught = await caughtFrom(folder.register(watcher("c.example", "b.example")));
    expect(caught).toBeInstanceOf(AlreadyWatched);
    expect(caught).toMatchObject({ site: "b.example", watcher: { id: 1, pid: 4711 } });
    expect(await caughtFrom(folder.requireUnwatched(watcher("a.example")))).toBeInstanceOf(
      AlreadyWatched,
    );
    await folder.requireUnwatched(watcher("c.example"));
    const elsewhere = { ...watcher("b.example"), queueDirectory: "/other" };
    expect((await folder.register(elsewhere)).id).toBe(2);
  });

  test("shows one that was killed as gone, once, and lets another take its place", async () => {
    const lab = new Lab();
    const killed = lab.process();
    await killed.folder.register(watcher("a.example"));
    killed.files.kill();
    const { folder, files } = lab.process();
    await folder.requireUnwatched(watcher("a.example"));
    expect(await folder.list()).toMatchObject([{ record: { id: 1 }, isGone: true }]);
    expect(await folder.list()).toEqual([]);
    expect(files.isThere(`${PATH}/1.lock`)).toBeFalse();
    expect((await folder.register(watcher("a.example"))).id).toBe(1);
  });

  test("reserves a number, with a log, for one that is to come", async () => {
    const lab = new Lab();
    const { folder } = lab.process();
    const first = await folder.reserve();
    expect(first).toEqual({ id: 1, log: `${PATH}/1.log` });
    expect((await lab.process().folder.reserve()).id).toBe(2);
    expect(await folder.list()).toEqual([]);
    expect((await lab.process().folder.register(watcher("a.example"), 1)).id).toBe(1);
    expect(await caughtFrom(lab.process().folder.register(watcher("b.example"), 1))).toEqual(
      new StateFault("watcher 1 runs already"),
    );
  });

  test("keeps the last fifty logs", async () => {
    const lab = new Lab();
    const { folder, files } = lab.process();
    await folder.list();
    for (let id = 1; id <= 60; id++) {
      lab.disk.writeFile(`${PATH}/${id}.log`, "");
    }
    expect(await folder.reserve()).toEqual({ id: 61, log: `${PATH}/61.log` });
    const there = Array.from({ length: 60 }, (_, index) => index + 1).filter((id) =>
      files.isThere(`${PATH}/${id}.log`),
    );
    expect(there).toEqual(Array.from({ length: 49 }, (_, index) => index + 12));
  });

  test("keeps the log of whoever still watches, however old", async () => {
    const lab = new Lab();
    const { folder, files } = lab.process();
    await folder.register(watcher("a.example"));
    for (let id = 1; id <= 60; id++) {
      lab.disk.writeFile(`${PATH}/${id}.log`, "");
      lab.disk.writeFile(`${PATH}/${id}.lock`, "");
    }
    await folder.register(watcher("b.example"), 3);
    await lab.process().folder.reserve();
    const isThere = (name: string): boolean => files.isThere(`${PATH}/${name}`);
    expect([isThere("3.log"), isThere("4.log"), isThere("60.log")]).toEqual([true, false, true]);
    expect([isThere("3.lock"), isThere("4.lock"), isThere("60.lock")]).toEqual([true, false, true]);
  });

  test("a reserved number is given back", async () => {
    const lab = new Lab();
    const { folder } = lab.process();
    const { id } = await folder.reserve();
    folder.giveBack(id);
    expect(Object.keys(lab.disk.filesBelow(PATH))).toEqual([`${PATH}/lock`]);
  });

  test("leaves nothing of one that can't be written down", async () => {
    const lab = new Lab();
    const { folder, files } = lab.process();
    const error = new OsError("ENOSPC", "write");
    files.fault = ({ operation }) => (operation === "write" ? { error } : null);
    expect(await caughtFrom(folder.register(watcher("a.example")))).toEqual(
      new StateFault(`${PATH}: ${error.message}`),
    );
    expect(Object.keys(lab.disk.filesBelow(PATH))).toEqual([`${PATH}/lock`]);
    files.fault = null;
    expect((await folder.register(watcher("a.example"))).id).toBe(1);
  });

  test("passes over what is no watcher", async () => {
    const lab = new Lab();
    const { folder } = lab.process();
    await folder.list();
    lab.disk.writeFile(`${PATH}/notes`, "x");
    lab.disk.writeFile(`${PATH}/7.json`, "{}");
    lab.disk.writeFile(`${PATH}/8.json.new`, "{}");
    expect(await folder.list()).toEqual([]);
    expect((await folder.register(watcher("a.example"))).id).toBe(8);
  });

  test("waits for who is using the folder, and not for ever", async () => {
    const lab = new Lab();
    const { folder } = lab.process();
    await folder.list();
    const { files } = lab.process();
    const lock = files.open(`${PATH}/lock`, { access: "write" });
    files.tryLock(lock);
    const listing = folder.list();
    lab.clock.advance(100);
    files.unlock(lock);
    lab.clock.advance(100);
    expect(await listing).toEqual([]);
    files.tryLock(lock);
    let caught: unknown = null;
    const waiting = folder.list().catch((error: unknown) => {
      caught = error;
    });
    for (let count = 0; count < 1000 && caught === null; count++) {
      lab.clock.advance(20);
      await Promise.resolve();
    }
    await waiting;
    expect(caught).toEqual(new StateFault(`${PATH} stays locked by another process`));
  });

  for (const [name, prepare, why] of [
    [
      "a link",
      (lab: Lab) => {
        lab.disk.makeDirectories("/lib/fastflush");
        lab.disk.makeDirectories("/lib/elsewhere");
        lab.disk.addLink(PATH, "/lib/elsewhere");
      },
      `${PATH} is no directory, but a link`,
    ],
    [
      "others may write to",
      (lab: Lab) => {
        lab.disk.makeDirectories("/lib/fastflush");
        lab.process().files.makeDirectory(PATH, 0o700);
        const directory = lab.disk.root.entries.get("lib") as DirectoryInode;
        const parent = directory.entries.get("fastflush") as DirectoryInode;
        (parent.entries.get("watch") as DirectoryInode).mode = 0o770;
      },
      `${PATH} may be written to by others`,
    ],
    [
      "missing with what it is in",
      (lab: Lab) => lab.disk.root.entries.delete("lib"),
      `${PATH}: mkdir: No such file or directory`,
    ],
  ] as const) {
    test(`refuses a folder that is ${name}`, async () => {
      const lab = new Lab();
      prepare(lab);
      expect(await caughtFrom(lab.process().folder.list())).toEqual(new StateFault(why));
    });
  }

  test("refuses another user's folder", async () => {
    const lab = new Lab();
    await lab.process().folder.list();
    const caught = await caughtFrom(lab.process(100).folder.list());
    expect(caught).toBeInstanceOf(StateFault);
  });

  test("follows no link within", async () => {
    const lab = new Lab();
    const { folder } = lab.process();
    await folder.list();
    lab.disk.writeFile("/lib/precious", "precious");
    lab.disk.addLink(`${PATH}/1.json.new`, "/lib/precious");
    await folder.register(watcher("a.example"));
    expect(lab.disk.readFile("/lib/precious")).toBe("precious");
    lab.disk.addLink(`${PATH}/2.json`, `${PATH}/1.json`);
    expect((await folder.list()).map(({ record }) => record.id)).toEqual([1]);
    lab.disk.addLink(`${PATH}/3.lock`, "/lib/precious");
    lab.disk.writeFile(`${PATH}/3.json`, lab.disk.readFile(`${PATH}/1.json`));
    expect(await caughtFrom(lab.process().folder.list())).toEqual(
      new StateFault(`${PATH}: open: Too many levels of symbolic links`),
    );
  });

  test("says what is wrong with the disk", async () => {
    const lab = new Lab();
    const { folder, files } = lab.process();
    const registration = await folder.register(watcher("a.example"));
    const error = new OsError("ENOSPC", "write");
    files.fault = ({ operation }) => (operation === "write" ? { error } : null);
    expect(() => registration.update([])).toThrow(new StateFault(`${PATH}: ${error.message}`));
    expect(await lab.process().folder.list()).toMatchObject([
      { record: { sites: [{ site: "a.example" }] } },
    ]);
  });
});
