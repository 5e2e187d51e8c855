/** The folder of timed holds: whose it must be, what is in it, and who may work with it. */
import { describe, expect, test } from "bun:test";
import { HoldRig, queueId, STATE } from "../../test/support/hold_rig.ts";
import { OsError } from "../effects/os_error.ts";
import { MemoryFiles } from "../memory/files.ts";
import type { DirectoryInode } from "../memory/inodes.ts";
import { HoldFault } from "./hold_folder.ts";
import type { QueueHolds } from "./timed_holds.ts";

const ID = queueId("A1");
const HOLDS: QueueHolds = {
  configDirectory: "/etc/postfix",
  queueDirectory: "/queue",
  holds: new Map([
    [ID, { queueId: ID, inode: 1n, arrivalSeconds: 1, untilSeconds: 9, heldNs: 2n }],
  ]),
};

function folderOf({ machineDisk }: HoldRig): DirectoryInode {
  return machineDisk.root.entries.get(STATE.slice(1)) as DirectoryInode;
}

function removeFolder({ machineDisk }: HoldRig): void {
  machineDisk.root.entries.delete(STATE.slice(1));
}

async function faultOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return "none";
  } catch (caught) {
    if (!(caught instanceof HoldFault)) {
      throw caught;
    }
    return `${caught.kind}: ${caught.message}`;
  }
}

test("what is written is root's alone, and read back", () => {
  const { host, machineFiles, folder } = new HoldRig();
  folder.write(HOLDS);
  expect(host.synced).toEqual([`${STATE}/%2fqueue.holds.new`, STATE]);
  expect(machineFiles.statusOf(`${STATE}/%2fqueue.holds`)).toMatchObject({
    kind: "file",
    mode: 0o600,
    uid: 0,
    gid: 0,
  });
  expect(folder.read("/queue")).toEqual(HOLDS);
  expect(folder.readAll()).toEqual([HOLDS]);
  expect(folder.read("/other")).toBeNull();
});

test("nothing is kept of a queue without timed holds", () => {
  const { machineDisk, folder } = new HoldRig();
  folder.write(HOLDS);
  folder.write({ ...HOLDS, holds: new Map() });
  expect(machineDisk.filesBelow(STATE)).toEqual({});
});

test("the folder is made for root alone, and not for whoever only looks", async () => {
  const rig = new HoldRig();
  removeFolder(rig);
  expect(rig.folder.read("/queue")).toBeNull();
  expect(rig.folder.readAll()).toEqual([]);
  expect(rig.machineFiles.isThere(STATE)).toBeFalse();
  await rig.folder.withLock(async () => {});
  expect(rig.machineFiles.statusOf(STATE).mode).toBe(0o700);
});

describe("refused", () => {
  for (const [what, spoil, said] of [
    [
      "a folder that is a link",
      (rig: HoldRig) => {
        removeFolder(rig);
        rig.machineDisk.addLink(STATE, "/elsewhere");
      },
      "trouble: /state is no directory, but a link",
    ],
    [
      "a folder that others may write to",
      (rig: HoldRig) => {
        folderOf(rig).mode = 0o770;
      },
      "trouble: /state may be written to by others",
    ],
    [
      "another user's folder",
      (rig: HoldRig) => {
        folderOf(rig).uid = 1000;
      },
      "trouble: /state is another user's",
    ],
    [
      "a file that is a link",
      ({ machineDisk }: HoldRig) => machineDisk.addLink(`${STATE}/%2fqueue.holds`, "/etc/shadow"),
      "trouble: /state/%2fqueue.holds is no file, but a link",
    ],
    [
      "a file that is not whole",
      ({ machineDisk }: HoldRig) => machineDisk.writeFile(`${STATE}/%2fqueue.holds`, "{"),
      "broken: /state/%2fqueue.holds is not understood",
    ],
    [
      "a file that is another queue's",
      ({ machineFiles, folder }: HoldRig) => {
        folder.write({ ...HOLDS, queueDirectory: "/other" });
        machineFiles.rename(`${STATE}/%2fother.holds`, `${STATE}/%2fqueue.holds`);
      },
      "broken: /state/%2fqueue.holds is not understood",
    ],
  ] as const) {
    test(what, async () => {
      const rig = new HoldRig();
      spoil(rig);
      expect(await faultOf(() => rig.folder.read("/queue"))).toBe(said);
      expect(await faultOf(() => rig.folder.readAll())).toBe(said);
    });
  }

  test("a disk that is full", async () => {
    const rig = new HoldRig();
    const failWith = (error: OsError): void => {
      rig.machineFiles.fault = ({ operation }) => (operation === "write" ? { error } : null);
    };
    failWith(new OsError("ENOSPC", "write"));
    expect(await faultOf(() => rig.folder.write(HOLDS))).toBe(
      "trouble: /state: No space left on device",
    );
    failWith(new OsError("EACCES", "write"));
    expect(await faultOf(() => rig.folder.write(HOLDS))).toBe(
      "forbidden: /state: Permission denied",
    );
  });
});

describe("one at a time", () => {
  test("who comes second waits, and is told where that takes too long", async () => {
    const rig = new HoldRig();
    const other = new MemoryFiles(rig.machineDisk);
    const lock = other.open(`${STATE}/lock`, { access: "both", create: true });
    other.tryLock(lock);
    let order = "";
    const first = rig.folder.withLock(async () => {
      order += "first ";
    });
    rig.clock.advance(59_000);
    expect(order).toBe("");
    other.close(lock);
    rig.clock.advance(100);
    await first;
    expect(order).toBe("first ");

    const again = other.open(`${STATE}/lock`, { access: "both" });
    other.tryLock(again);
    const second = faultOf(() => rig.folder.withLock(async () => {}));
    for (let count = 0; count < 1300; count++) {
      await Promise.resolve();
      await Promise.resolve();
      rig.clock.advance(50);
    }
    expect(await second).toBe("busy: /state: another command is at it");
  });

  test("the lock is given back, whatever comes of the work", async () => {
    const rig = new HoldRig();
    await expect(
      rig.folder.withLock(async () => {
        throw new Error("of the work");
      }),
    ).rejects.toThrow("of the work");
    expect(await rig.folder.withLock(async () => "done")).toBe("done");
  });

  test("there is one keeper", async () => {
    const { folder } = new HoldRig();
    const both = await folder.asKeeper(async () => [await folder.asKeeper(async () => 2), 1]);
    expect(both).toEqual([null, 1]);
  });
});
