/** What the doctor gathers of the queue's files and its file system: times, owners, modes, room. */
import { describe, expect, test } from "bun:test";
import { buildQueueFile } from "../../test/support/queue_files.ts";
import { SOUND } from "../../test/support/sound_set_up.ts";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryDisk } from "../memory/disk.ts";
import { MemoryFiles } from "../memory/files.ts";
import { MemoryProcesses } from "../memory/processes.ts";
import { MemoryPrograms } from "../memory/programs.ts";
import { MemoryStartUpPrograms } from "../memory/start_up_programs.ts";
import { MemoryTextFiles } from "../memory/text_files.ts";
import { gatherDisk, gatherQueue } from "./gather_queue.ts";
import { Looking } from "./looking.ts";

const OWNER = { uid: 101, gid: 101 };
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** maximal_backoff_time of the set-up. */
const BACKOFF_MS = 4_000_000;

/** A queue of the mail owner's, and whoever looks at it. */
function stage() {
  const clock = new MemoryClock();
  const disk = new MemoryDisk(clock, OWNER);
  for (const name of ["active", "defer/A", "deferred/A", "flush", "hold", "incoming", "public"]) {
    disk.makeDirectories(`/queue/${name}`);
  }
  const textFiles = new MemoryTextFiles();
  const programs = new MemoryPrograms();
  const machine = {
    clock,
    programs,
    textFiles,
    files: new MemoryFiles(disk),
    processes: new MemoryProcesses(),
    userId: 0,
    findUser: () => null,
    tablePrograms: () => new MemoryStartUpPrograms(),
  };
  const { configuration } = SOUND;
  return {
    ...{ clock, disk, textFiles, programs },
    queue: () => gatherQueue(machine, new Looking(machine), configuration),
    room: () => gatherDisk(machine, new Looking(machine), configuration),
  };
}

describe("times", () => {
  test("a file of a time within a minute from now is none from the future", () => {
    const { clock, disk, queue } = stage();
    const mtimeMs = clock.wallMs() + MINUTE_MS;
    disk.writeFile("/queue/flush/a_example", "", { mtimeMs });
    expect(queue().logs?.ahead).toEqual([]);
    disk.writeFile("/queue/flush/b_example", "", { mtimeMs: mtimeMs + 1 });
    expect(queue().logs?.ahead).toEqual(["/queue/flush/b_example"]);
  });

  test("what was changed before the clock was set back is from the future, whatever times it was given", () => {
    const { clock, disk, queue } = stage();
    const mtimeMs = clock.wallMs() - HOUR_MS;
    disk.writeFile("/queue/flush/a_example", "", { mtimeMs });
    disk.writeFile("/queue/deferred/A/A1", "", { mtimeMs });
    clock.jumpWall(-2 * MINUTE_MS);
    const { logs, deferred } = queue();
    expect([logs?.ahead, deferred?.ahead]).toEqual([
      ["/queue/flush/a_example"],
      ["/queue/deferred/A/A1"],
    ]);
  });

  test("a next try is far from an hour behind maximal_backoff_time on", () => {
    const { clock, disk, queue } = stage();
    const latestMs = clock.wallMs() + BACKOFF_MS + HOUR_MS;
    disk.writeFile("/queue/deferred/A/A1", "", { mtimeMs: latestMs });
    disk.writeFile("/queue/deferred/A/A2", "", { mtimeMs: latestMs + 1 });
    const { deferred } = queue();
    // It is no sign of a wrong clock.
    expect([deferred?.far, deferred?.ahead]).toEqual([["/queue/deferred/A/A2"], []]);
  });

  test("a message that arrived in the future is told by its ID", () => {
    const { clock, disk, queue } = stage();
    for (const [id, aheadMs] of [
      ["A1", MINUTE_MS],
      ["A2", 2 * MINUTE_MS],
    ] as const) {
      const arrivalSeconds = (clock.wallMs() + aheadMs) / 1000;
      const { text } = buildQueueFile({ recipients: [{ address: "u@a.example" }], arrivalSeconds });
      disk.writeFile(`/queue/deferred/A/${id}`, text, { mode: 0o700 });
    }
    expect(queue().deferred?.arrivedAhead).toEqual(["A2"]);
  });
});

describe("owners and modes", () => {
  test("of logs", () => {
    const { disk, queue } = stage();
    disk.writeFile("/queue/flush/REBUILT", "");
    disk.writeFile("/queue/flush/good_example", "A1\n");
    disk.writeFile("/queue/flush/open_example", "", { mode: 0o644 });
    disk.writeFile("/queue/flush/other_example", "", { uid: 0 });
    expect(queue().logs).toMatchObject({
      ...{ hasMark: true, count: 3, strangers: [] },
      wrong: ["/queue/flush/open_example", "/queue/flush/other_example"],
    });
  });

  test("of all directories, those that hashing has made too", () => {
    const { queue } = stage();
    expect(queue().folders.map(({ path }) => path)).toEqual([
      ...["active", "defer", "deferred", "flush", "hold", "incoming", "public"].map(
        (name) => `/queue/${name}`,
      ),
      "/queue/deferred/A",
      "/queue/defer/A",
    ]);
  });
});

describe("room", () => {
  const df = (blocks: string, files: string) => (args: readonly string[]) => {
    const heading = "Filesystem 1024-blocks Used Available Capacity Mounted on";
    return { out: `${heading}\n${args[0] === "-Pk" ? blocks : files}\n` };
  };

  test("is that of the file system which is mounted there last", async () => {
    const { programs, textFiles, room } = stage();
    programs.add("df", df("/dev/vdb 2000 1900 100 95% /queue", "/dev/vdb 1000 30 970 3% /queue"));
    textFiles.put(
      "/proc/self/mounts",
      "/dev/vda / ext4 ro 0 0\n/dev/vda /queue ext4 rw 0 0\n/dev/vdb /queue ext4 nosuid,ro,errors=x 0 0\n",
    );
    expect(await room()).toEqual({
      mountPoint: "/queue",
      freeBytes: 102_400,
      usedPercent: 95,
      usedFilesPercent: 3,
      isReadOnly: true,
    });
    expect(programs.lines).toEqual(["df -Pk /queue", "df -Pi /queue"]);
  });

  test("where files are not counted, none are used up", async () => {
    const { programs, room } = stage();
    programs.add("df", df("/dev/vdb 2000 100 1900 5% /mnt/queue", "/dev/vdb 0 0 0 - /mnt/queue"));
    expect(await room()).toMatchObject({
      mountPoint: "/mnt/queue",
      usedFilesPercent: 0,
      isReadOnly: false,
    });
  });

  test("is read-only also where the name of the place has blanks and backslashes", async () => {
    const { programs, textFiles, room } = stage();
    programs.add(
      "df",
      df("/dev/vdb 2000 1 1 5% /mnt/my q\\ue", "/dev/vdb 1000 30 970 3% /mnt/my q\\ue"),
    );
    textFiles.put("/proc/self/mounts", "/dev/vdb /mnt/my\\040q\\134ue ext4 ro 0 0\n");
    expect(await room()).toMatchObject({ mountPoint: "/mnt/my q\\ue", isReadOnly: true });
  });

  test("can't be told without df(1)", async () => {
    const { room } = stage();
    expect(await room()).toBeNull();
  });
});
