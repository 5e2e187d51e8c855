/**
 * The index over a queue in memory: whatever has happened to the queue between two openings, it says what is there.
 */
import { describe, expect, test } from "bun:test";
import { IndexRig } from "../../test/support/index_rig.ts";
import { buildQueueFile } from "../../test/support/queue_files.ts";
import { atRest, NOW_SECONDS, refused } from "../../test/support/resting_queue.ts";
import { expectSameMail } from "../../test/support/same_mail.ts";
import { OsError } from "../effects/os_error.ts";
import { PACKED_VERSION } from "./batch.ts";

describe("what is not read again", () => {
  test("a queue that has not changed: no directory is opened", async () => {
    const { rig, opened } = await atRest(40);
    const mail = await rig.open();
    expect(mail.totals({ isOfSite: null, isOfReason: null, arrivedBySeconds: null })).toMatchObject(
      {
        messageCount: 40,
      },
    );
    expect(opened()).toEqual([]);
  });

  test("messages beside the one that has changed", async () => {
    const { rig, opened } = await atRest(40);
    const [id = ""] = rig.plans.keys();
    rig.retry(refused(id, "other.example"));
    rig.clock.advance(1000);
    opened();
    const mail = await rig.open();
    expectSameMail(mail, rig.expected(), NOW_SECONDS);
    const directory = `deferred/${id[0]}`;
    const read = opened();
    expect(read.filter((path) => path.startsWith("deferred"))).toEqual([
      directory,
      `${directory}/${id}`,
    ]);
  });

  test("those that changed before, either", async () => {
    const { rig, opened } = await atRest(40);
    const [one = "", two = ""] = rig.plans.keys();
    for (const id of [one, two]) {
      rig.retry(refused(id, "other.example"));
      rig.clock.advance(1000);
      opened();
      expectSameMail(await rig.open(), rig.expected(), NOW_SECONDS);
    }
    expect(opened().filter((path) => path.endsWith(one))).toEqual([]);
  });

  test("those that came at another time, beside one that comes", async () => {
    const rig = new IndexRig(1);
    const opened: string[] = [];
    for (const id of ["1A10000", "1A20000", "1A30000"]) {
      rig.arrive(refused(id, "one.example"));
      rig.clock.advance(1000);
      rig.files.fault = ({ operation, path }) => {
        opened.push(...(operation === "open" && path.startsWith("deferred") ? [path] : []));
        return null;
      };
      expectSameMail(await rig.open(), rig.expected(), NOW_SECONDS);
    }
    expect(opened).toEqual(["deferred/1/1A10000", "deferred/1/1A20000", "deferred/1/1A30000"]);
  });

  test("but all of it with --fresh", async () => {
    const { rig, opened } = await atRest(40);
    const { store } = rig;
    const mail = await rig.open({ isFresh: true });
    expectSameMail(mail, rig.expected(), NOW_SECONDS);
    // Other commands may have the file open.
    expect(rig.store).toBe(store);
    expect(rig.removedCount).toBe(0);
    expect(
      opened().filter((path) => /^deferred\/.\/..A?/.test(path)).length,
    ).toBeGreaterThanOrEqual(40);
  });
});

test("what is kept is of this queue, this version of the program, and these rules, and of no others", async () => {
  const rig = new IndexRig(1);
  await rig.open();
  expect(rig.meaning).toBe(`/queue ${PACKED_VERSION} defer,deferred 1 false`);
});

describe("stamps that may stay the same", () => {
  test("a message that changes again in the tick in which it was read", async () => {
    const rig = new IndexRig(1);
    rig.arrive(refused("1A00001", "one.example"));
    (await rig.open()).close();
    rig.retry(refused("1A00001", "two.example"));
    rig.clock.advance(5000);
    expectSameMail(await rig.open(), rig.expected(), NOW_SECONDS);
  });

  test("one that comes in the tick in which its directory was listed", async () => {
    const rig = new IndexRig(1);
    rig.arrive(refused("1A00001", "one.example"));
    (await rig.open()).close();
    rig.arrive(refused("1A00002", "two.example"));
    rig.clock.advance(5000);
    expectSameMail(await rig.open(), rig.expected(), NOW_SECONDS);
  });

  test("an inode with the same next try and size, but another ctime", async () => {
    const { rig } = await atRest(3);
    const [id = ""] = rig.plans.keys();
    rig.retry(refused(id, "s9.example"));
    rig.clock.advance(5000);
    expectSameMail(await rig.open(), rig.expected(), NOW_SECONDS);
  });
});

describe("while it is read", () => {
  test("a message that is retried between its two files is told as it is afterwards", async () => {
    const rig = new IndexRig(1);
    rig.arrive(refused("1A00001", "one.example", "two.example"));
    rig.clock.advance(1000);
    let isDone = false;
    rig.files.fault = ({ operation, path }) => {
      if (operation === "open" && path === "defer/1//1A00001" && !isDone) {
        isDone = true;
        const { recipients, ...rest } = refused("1A00001", "one.example", "two.example");
        const [one, two] = recipients;
        if (one !== undefined && two !== undefined) {
          rig.retry({ ...rest, recipients: [{ ...one, isDone: true }, two] });
        }
      }
      return null;
    };
    const mail = await rig.open();
    expect(isDone).toBeTrue();
    rig.files.fault = null;
    expectSameMail(mail, rig.expected(), NOW_SECONDS);
  });

  test("a message that leaves is not told, and not counted as unreadable", async () => {
    const rig = new IndexRig(1);
    rig.arrive(refused("1A00001", "one.example"));
    rig.arrive(refused("1A00002", "one.example"));
    rig.files.fault = ({ operation, path }) => {
      if (operation === "open" && path === "deferred/1/1A00001" && rig.plans.has("1A00001")) {
        rig.leave("1A00001");
      }
      return null;
    };
    expectSameMail(await rig.open(), rig.expected(), NOW_SECONDS);
    expect(rig.plans.size).toBe(1);
  });

  test("a hashed directory that has gone has no messages", async () => {
    const { rig } = await atRest(20);
    rig.files.rename("deferred/1", "elsewhere");
    for (const id of [...rig.plans.keys()].filter((each) => each.startsWith("1"))) {
      rig.plans.delete(id);
    }
    rig.clock.advance(1000);
    expectSameMail(await rig.open(), rig.expected(), NOW_SECONDS);
    rig.files.rename("elsewhere", "deferred/1");
    rig.clock.advance(1000);
    const all = { isOfSite: null, isOfReason: null, arrivedBySeconds: null };
    expect((await rig.open()).totals(all).messageCount).toBe(20);
  });

  test("a hashed directory that goes has no messages", async () => {
    const { rig } = await atRest(3);
    rig.files.fault = ({ operation, path }) =>
      operation === "openDirectory" && path === "deferred/1"
        ? { error: new OsError("ENOENT", "opendir") }
        : null;
    rig.retry(refused("1A00001", "one.example"));
    rig.clock.advance(1000);
    const mail = await rig.open();
    rig.plans.delete("1A00001");
    expectSameMail(mail, rig.expected(), NOW_SECONDS);
  });
});

describe("what is told of a message", () => {
  test("reasons that differ in their status alone are two", async () => {
    const rig = new IndexRig(1);
    const one = refused("1A00001", "one.example");
    const [recipient] = one.recipients;
    const tries = recipient?.tries.map((each) => ({ ...each, status: "4.7.1" })) ?? [];
    rig.arrive(one);
    rig.arrive({ ...one, id: "1A00002", recipients: [{ address: "u@one.example", tries }] });
    expectSameMail(await rig.open(), rig.expected(), NOW_SECONDS);
  });

  test("a defer file that names one recipient without end is not believed", async () => {
    const rig = new IndexRig(1);
    const address = "u@one.example";
    const tries = Array.from({ length: 21 }, (_, index) => {
      return { address: `x${index}@evil.example`, status: "4.4.1", reason: "x" };
    });
    rig.arrive({ ...refused("1A00001"), recipients: [{ address, tries }] });
    const all = { isOfSite: null, isOfReason: null, arrivedBySeconds: null };
    const [told] = [...(await rig.open()).messages(all)];
    expect(told?.recipients).toEqual([{ address, site: "one.example", status: "", reason: "" }]);
  });

  test("one that is still being written is none", async () => {
    const rig = new IndexRig(1);
    const { text } = buildQueueFile({ recipients: [{ address: "u@one.example" }] });
    rig.disk.writeFile(rig.path("deferred", "1A00001"), text, { mode: 0o600 });
    const all = { isOfSite: null, isOfReason: null, arrivedBySeconds: null };
    expect((await rig.open()).totals(all)).toMatchObject({ messageCount: 0, unreadableCount: 1 });
  });
});

describe("what can't be read", () => {
  test("a file that the disk refuses counts, and is read when the disk lets it", async () => {
    const { rig } = await atRest(3);
    rig.retry(refused("1A00001", "one.example"));
    rig.clock.advance(1000);
    rig.files.fault = ({ operation, path }) =>
      operation === "open" && path === "deferred/1/1A00001"
        ? { error: new OsError("EIO", "open") }
        : null;
    const all = { isOfSite: null, isOfReason: null, arrivedBySeconds: null };
    expect((await rig.open()).totals(all)).toMatchObject({ messageCount: 2, unreadableCount: 1 });
    rig.files.fault = null;
    rig.clock.advance(1000);
    expectSameMail(await rig.open(), rig.expected(), NOW_SECONDS);
  });

  for (const path of ["deferred", "deferred/1"]) {
    test(`a directory: ${path}`, async () => {
      const { rig } = await atRest(3);
      rig.retry(refused("1A00001", "one.example"));
      rig.disk.writeFile("deferred/z", "");
      rig.files.fault = (point) =>
        point.operation === "openDirectory" && point.path === path
          ? { error: new OsError("EACCES", "opendir") }
          : null;
      await expect(rig.open()).rejects.toThrow("opendir: Permission denied");
    });
  }

  test("a deferred queue that goes is not an empty one", async () => {
    const { rig } = await atRest(3);
    rig.retry(refused("1A00001", "one.example"));
    // A directory that is to be read anew.
    rig.disk.writeFile("deferred/z", "");
    rig.files.fault = ({ operation, path }) =>
      operation === "openDirectory" && path === "deferred"
        ? { error: new OsError("ENOENT", "opendir") }
        : null;
    await expect(rig.open()).rejects.toThrow("opendir: No such file or directory");
  });

  test("no deferred queue at all", async () => {
    const rig = new IndexRig(1);
    rig.files.rename("deferred", "elsewhere");
    await expect(rig.open()).rejects.toThrow("opendir: No such file or directory");
  });
});

test("a batch of which nothing is left goes", async () => {
  const { rig } = await atRest(8, 0);
  for (const id of [...rig.plans.keys()]) {
    rig.retry(refused(id, "other.example"));
  }
  rig.clock.advance(1000);
  await rig.open();
  expect(rig.store?.batches().length).toBe(1);
});

test("batches stay few, however often a few messages change", async () => {
  const { rig } = await atRest(64, 0);
  for (let round = 0; round < 60; round++) {
    const start = (round * 3) % 61;
    for (const id of [...rig.plans.keys()].slice(start, start + 3)) {
      rig.retry(refused(id, `s${round}.example`));
    }
    rig.clock.advance(1000);
    const mail = await rig.open();
    expect(mail.totals({ isOfSite: null, isOfReason: null, arrivedBySeconds: null })).toMatchObject(
      { messageCount: 64 },
    );
  }
  expect(rig.store?.batches().length).toBeLessThanOrEqual(10);
  expectSameMail(await rig.open(), rig.expected(), NOW_SECONDS);
});
