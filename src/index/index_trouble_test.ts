/** The index where what it keeps is of no use: the same answers, and a word only where there is something to mend. */
import { describe, expect, test } from "bun:test";
import { IndexRig } from "../../test/support/index_rig.ts";
import { atRest, NOW_SECONDS, refused } from "../../test/support/resting_queue.ts";
import { expectSameMail } from "../../test/support/same_mail.ts";
import { StoreFault } from "../effects/index_store.ts";
import { OsError } from "../effects/os_error.ts";
import { MessagesInMemory } from "./messages_in_memory.ts";
import { StoreInMemory } from "./store_in_memory.ts";

describe("trouble with what is kept", () => {
  test("where nothing can be kept, one warning, and the same answers", async () => {
    const { rig } = await atRest(20);
    rig.openFault = new StoreFault("trouble", "unable to open database file");
    expectSameMail(await rig.open(), rig.expected(), NOW_SECONDS);
    expect(rig.warnings).toEqual(["unable to open database file"]);
    expect(rig.removedCount).toBe(0);
  });

  test("that the folder is another user's is worth a word where somebody has chosen it", async () => {
    const { rig } = await atRest(20);
    rig.openFault = new StoreFault("foreign", "/cache is another user's");
    expectSameMail(await rig.open({ isFolderChosen: false }), rig.expected(), NOW_SECONDS);
    expect(rig.warnings).toEqual([]);
    await rig.open({ isFolderChosen: true });
    expect(rig.warnings).toEqual(["/cache is another user's"]);
  });

  test("where the queue may not be read, nothing is said of the index", async () => {
    const rig = new IndexRig(1);
    rig.openFault = new StoreFault("trouble", "no folder");
    rig.files.fault = ({ operation }) =>
      operation === "openDirectory" ? { error: new OsError("EACCES", "opendir") } : null;
    await expect(rig.open()).rejects.toThrow("opendir: Permission denied");
    expect(rig.openCount).toBe(1);
    expect(rig.warnings).toEqual([]);
  });

  test("another command that has removed it: nobody is told, and what it keeps stays", async () => {
    const { rig } = await atRest(20);
    rig.openFault = new StoreFault("busy", "removed meanwhile");
    expectSameMail(await rig.open(), rig.expected(), NOW_SECONDS);
    expect(rig.warnings).toEqual([]);
    expect(rig.removedCount).toBe(0);
  });

  test("what is broken when it is opened goes, without a word", async () => {
    const { rig } = await atRest(20);
    const { store } = rig;
    if (store !== null) {
      store.directories = () => {
        throw new StoreFault("broken", "malformed");
      };
    }
    expectSameMail(await rig.open(), rig.expected(), NOW_SECONDS);
    expect(rig.removedCount).toBe(1);
    expect(rig.store).not.toBe(store);
    expect(rig.warnings).toEqual([]);
  });

  for (const part of ["facts", "reasons", "texts", "state"]) {
    test(`a part that turns out to be broken: ${part}`, async () => {
      const { rig } = await atRest(20);
      const { store } = rig;
      if (store === null) {
        throw new Error("nothing is kept");
      }
      const read = store.part.bind(store);
      store.part = (number, name) => {
        if (name === part) {
          throw new StoreFault("broken", "wrong seal");
        }
        return read(number, name);
      };
      expectSameMail(await rig.open(), rig.expected(), NOW_SECONDS);
      expect(rig.removedCount).toBe(1);
      expect(rig.warnings).toEqual([]);
    });
  }

  test("a disk that is full: all is read without it, with a warning", async () => {
    const { rig } = await atRest(5);
    class Full extends StoreInMemory {
      override addBatch(): number {
        throw new StoreFault("trouble", "database or disk is full");
      }
    }
    rig.store = new Full();
    expectSameMail(await rig.open(), rig.expected(), NOW_SECONDS);
    expect(rig.warnings).toEqual(["database or disk is full"]);
  });

  test("another command that writes: it is not waited for, and nobody is told", async () => {
    const { rig } = await atRest(5);
    rig.retry(refused("1A00001", "one.example"));
    if (rig.store !== null) {
      rig.store.beginWriting = () => false;
    }
    expectSameMail(await rig.open(), rig.expected(), NOW_SECONDS);
    expect(rig.warnings).toEqual([]);
  });

  test("another command that has written behind it: that is told", async () => {
    const { rig } = await atRest(5);
    rig.retry(refused("1A00001", "one.example"));
    const { store } = rig;
    if (store === null) {
      throw new Error("nothing is kept");
    }
    let hasWritten = false;
    store.endWriting = () => {
      hasWritten = true;
    };
    store.beginReading = () => {
      // The other one has found that all messages had gone.
      for (const { path } of hasWritten ? store.directories() : []) {
        store.removeDirectory(path);
      }
      return !hasWritten;
    };
    expectSameMail(await rig.open(), new MessagesInMemory([]), NOW_SECONDS);
    expect(hasWritten).toBeTrue();
  });
});
