import { describe, expect, test } from "bun:test";
import { FlushRig } from "../../test/support/flush_rig.ts";
import { OsError } from "../effects/os_error.ts";
import { MemoryFiles } from "../memory/files.ts";
import { STATUS } from "../wire/request.ts";

describe("add", () => {
  test("puts the entry into the site's log before it answers (spec 11, rows 2 and 3)", async () => {
    const rig = new FlushRig();
    const asked = rig.add("FLUSH.Example", "ABC123");
    expect(asked.status).toBeNull();
    await rig.turn();
    expect(asked).toEqual({ status: STATUS.ok, isFinished: true });
    expect(rig.readLog("flush_example")).toBe("ABC123\n");
    expect(rig.files.statusOf("flush/flush_example").mode).toBe(0o600);
    expect(rig.queueManager.wakeUps).toEqual([]);
  });

  test("all adds of one turn to one site are one lock and one write", async () => {
    const rig = new FlushRig();
    const operations: string[] = [];
    rig.files.fault = ({ operation, path }) => {
      operations.push(`${operation} ${path}`);
      return null;
    };
    const asked = [
      rig.add("a.example", "A1"),
      rig.add("b.example", "B1"),
      rig.add("a.example", "A2"),
    ];
    await rig.turn();
    expect(asked.map(({ status }) => status)).toEqual([0, 0, 0]);
    expect(rig.disk.filesBelow("flush")).toEqual({
      "flush/a_example": "A1\nA2\n",
      "flush/b_example": "B1\n",
    });
    const writes = operations.filter((each) => each.startsWith("write"));
    expect(writes).toEqual(["write flush/a_example", "write flush/b_example"]);
    expect(operations.filter((each) => each.startsWith("tryLock"))).toHaveLength(2);
    expect(rig.files.openCount).toBe(0);
  });

  test("an entry that the log holds is not written again", async () => {
    const rig = new FlushRig();
    for (const id of ["ABC123", "ABC12", "BC123", "ABC123", "ABC1234"]) {
      rig.add("a.example", id);
      rig.add("a.example", id);
      await rig.turn();
    }
    expect(rig.readLog("a_example")).toBe("ABC123\nABC12\nBC123\nABC1234\n");
    rig.putLog("b_example", "OLD1\nLAST");
    const asked = rig.add("b.example", "LAST");
    await rig.turn();
    expect(asked.status).toBe(STATUS.ok);
    // The original would write its next entry behind a line that has no end.
    expect(rig.readLog("b_example")).toBe("OLD1\nLAST\nLAST\n");
  });

  test("an entry of a log that is too large to be read is written", async () => {
    const rig = new FlushRig();
    const text = "ABC123\n".repeat(10_000);
    rig.putLog("a_example", text);
    let readBytes = 0;
    const read = rig.files.read.bind(rig.files);
    rig.files.read = (file, into, position) => {
      readBytes += into.length;
      return read(file, into, position);
    };
    rig.add("a.example", "ABC123");
    await rig.turn();
    expect(rig.readLog("a_example")).toBe(`${text}ABC123\n`);
    expect(readBytes).toBe(1);
  });

  test("leaves atime as it was: a refresh goes by it", async () => {
    const rig = new FlushRig();
    rig.putLog("a_example", "OLD1\n", { atimeMs: 1000, mtimeMs: 2000 });
    rig.add("a.example", "NEW1");
    await rig.turn();
    expect(rig.files.statusOf("flush/a_example").atimeNs).toBe(1_000_000_000n);
    expect(rig.files.statusOf("flush/a_example").mtimeNs).toBeGreaterThan(2_000_000_000n);
  });

  test("ends an unterminated last line first (spec 10, row 10)", async () => {
    const rig = new FlushRig();
    rig.putLog("a_example", "OLD1");
    rig.add("a.example", "NEW1");
    await rig.turn();
    expect(rig.readLog("a_example")).toBe("OLD1\nNEW1\n");
  });

  test("takes a short write back, warns, and answers fail", async () => {
    const rig = new FlushRig();
    rig.putLog("a_example", "OLD1\n");
    let isFull = false;
    rig.files.fault = ({ operation }) => {
      if (operation !== "write") {
        return null;
      }
      if (isFull) {
        return { error: new OsError("ENOSPC", "write") };
      }
      isFull = true;
      return { takeBytes: 3 };
    };
    const asked = rig.add("a.example", "NEW1");
    await rig.turn();
    expect(asked.status).toBe(STATUS.fail);
    expect(rig.readLog("a_example")).toBe("OLD1\n");
    expect(rig.log.texts("warning")).toEqual([
      "write fast flush logfile a_example: No space left on device",
    ]);
  });

  test("where the file system objects to the write at the close alone it warns, and answers fail", async () => {
    const rig = new FlushRig();
    rig.putLog("a_example", "OLD1\n");
    rig.putLog("REBUILT", "");
    rig.files.fault = ({ operation }) =>
      /^close/.test(operation) ? { error: new OsError("EDQUOT", "close"), forgets: true } : null;
    const lost = rig.add("a.example", "NEW1");
    const held = rig.add("a.example", "OLD1");
    const other = rig.add("b.example", "NEW1");
    await rig.turn();
    expect([lost.status, held.status, other.status]).toEqual([
      STATUS.fail,
      STATUS.fail,
      STATUS.fail,
    ]);
    expect(rig.readLog("a_example")).toBe("OLD1\n");
    expect(rig.disk.has("flush/REBUILT")).toBeFalse();
    expect(rig.log.texts("warning")).toEqual([
      "write fast flush logfile a_example: Disk quota exceeded",
      "write fast flush logfile b_example: Disk quota exceeded",
    ]);
    expect(rig.files.openCount).toBe(0);
  });

  test("where nothing was to be written the close says nothing", async () => {
    const rig = new FlushRig();
    rig.putLog("a_example", "OLD1\n");
    rig.files.fault = ({ operation }) =>
      /^close/.test(operation) ? { error: new OsError("EIO", "close") } : null;
    const held = rig.add("a.example", "OLD1");
    await rig.turn();
    expect(held.status).toBe(STATUS.ok);
  });

  test("a write that takes a part goes on with the rest", async () => {
    const rig = new FlushRig();
    rig.files.fault = ({ operation }) => (operation === "write" ? { takeBytes: 2 } : null);
    const asked = rig.add("a.example", "NEW123");
    await rig.turn();
    expect(asked.status).toBe(STATUS.ok);
    expect(rig.readLog("a_example")).toBe("NEW123\n");
  });

  test("a log that can't be opened is answered with fail, and others are served (row 77)", async () => {
    const rig = new FlushRig();
    rig.disk.writeFile("flush/a_example", "", { uid: 0, gid: 0 });
    const [refused, served] = [rig.add("a.example", "A1"), rig.add("b.example", "B1")];
    await rig.turn();
    expect([refused.status, served.status]).toEqual([STATUS.fail, STATUS.ok]);
    expect(rig.log.texts("warning")).toEqual([
      "flush_add_path: open fast flush logfile a_example: Permission denied",
    ]);
    expect(rig.files.openCount).toBe(0);
  });

  test("a missing record directory is a failure, not a crash", async () => {
    const rig = new FlushRig();
    rig.disk.root.entries.delete("flush");
    const asked = rig.add("a.example", "A1");
    await rig.turn();
    expect(asked.status).toBe(STATUS.fail);
    expect(rig.log.texts("warning")).toEqual([
      "flush_add_path: open fast flush logfile a_example: No such file or directory",
    ]);
  });

  test("neither a link nor a directory nor a FIFO in the log's place is written to", async () => {
    const rig = new FlushRig();
    rig.disk.writeFile("victim", "untouched");
    rig.disk.addLink("flush/a_example", "../victim");
    rig.disk.makeDirectories("flush/b_example");
    rig.disk.addSpecial("flush/c_example", "fifo");
    const asked = ["a", "b", "c"].map((each) => rig.add(`${each}.example`, "A1"));
    await rig.turn();
    expect(asked.map(({ status }) => status)).toEqual([STATUS.fail, STATUS.fail, STATUS.fail]);
    expect(rig.disk.readFile("victim")).toBe("untouched");
    expect(rig.log.texts("warning")).toHaveLength(3);
    expect(rig.files.openCount).toBe(0);
  });

  test("a lock held elsewhere delays that site only, and until it is free (row 78)", async () => {
    const rig = new FlushRig();
    rig.putLog("a_example", "");
    const other = new MemoryFiles(rig.disk);
    const held = other.open("flush/a_example", { access: "both" });
    expect(other.tryLock(held)).toBeTrue();
    const first = rig.add("a.example", "A1");
    await rig.turn();
    const [second, elsewhere] = [rig.add("a.example", "A2"), rig.add("b.example", "B1")];
    await rig.pass(50);
    expect([first.status, second.status, elsewhere.status]).toEqual([null, null, STATUS.ok]);
    other.unlock(held);
    await rig.pass(2);
    expect([first.status, second.status]).toEqual([STATUS.ok, STATUS.ok]);
    expect(rig.readLog("a_example")).toBe("A1\nA2\n");
  });

  test("an entry is not lost to the original's purge, which removes a log without its lock", async () => {
    const rig = new FlushRig();
    rig.putLog("a_example", "");
    let isPurged = false;
    rig.files.fault = ({ operation, path }) => {
      if (operation === "write" && path === "flush/a_example" && !isPurged) {
        isPurged = true;
        new MemoryFiles(rig.disk).remove(path);
      }
      return null;
    };
    const asked = rig.add("a.example", "A1");
    await rig.pass(5);
    expect(isPurged).toBeTrue();
    expect(asked.status).toBe(STATUS.ok);
    expect(rig.readLog("a_example")).toBe("A1\n");
  });

  test("makes the hashed directories of a record that is hashed (row 75)", async () => {
    const hashing = { hashedQueues: new Set(["flush"]), depth: 2 };
    const rig = new FlushRig({ hashing });
    rig.add("example.com", "A1");
    rig.add("example.biz", "B1");
    await rig.turn();
    expect(rig.disk.filesBelow("flush")).toEqual({
      "flush/0/0/example_biz": "B1\n",
      "flush/e/x/example_com": "A1\n",
    });
    expect(rig.files.statusOf("flush/e").mode).toBe(0o700);
  });
});
