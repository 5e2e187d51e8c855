/** What the doctor gathers of the running service: who answers, what its comparisons found, and its last complaint. */
import { describe, expect, test } from "bun:test";
import { end, item } from "../../test/support/command_rig.ts";
import { SOUND } from "../../test/support/sound_set_up.ts";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryDisk } from "../memory/disk.ts";
import { MemoryFiles } from "../memory/files.ts";
import { MemoryProcesses } from "../memory/processes.ts";
import { MemoryPrograms } from "../memory/programs.ts";
import { MemoryStartUpPrograms } from "../memory/start_up_programs.ts";
import { MemoryTextFiles } from "../memory/text_files.ts";
import { MemoryUnixSockets } from "../memory/unix_sockets.ts";
import { bytesToString } from "../names/byte_string.ts";
import { GREETING } from "../wire/greeting.ts";
import { gatherService } from "./gather_service.ts";
import { Looking } from "./looking.ts";

const PATH = "/queue/public/flush";
const LOG = "/var/log/mail.log";
const ORIGINAL = "";

/** A service that answers requests with `replies`, one after the other, and whoever asks it. */
function stage(...replies: string[]) {
  const clock = new MemoryClock();
  const disk = new MemoryDisk(clock);
  disk.makeDirectories("/queue/public");
  disk.makeDirectories("/var/log");
  disk.writeFile(PATH, "");
  const sockets = new MemoryUnixSockets();
  const asked: string[] = [];
  sockets.listen(PATH, (service) => {
    service.write(bytesToString(GREETING));
    return (text) => {
      asked.push(text.split("\0").slice(1, -2).join(" "));
      service.write(replies.shift() ?? "");
      service.close();
    };
  });
  const gather = async (userId = 0, siteLists: readonly string[] = [""]) => {
    const machine = {
      clock,
      programs: new MemoryPrograms(),
      textFiles: new MemoryTextFiles(),
      files: new MemoryFiles(disk),
      processes: new MemoryProcesses(),
      userId,
      findUser: () => null,
      tablePrograms: () => new MemoryStartUpPrograms(),
    };
    const socket = { sockets, clock, path: PATH };
    const patient = { configDirectory: "/etc/postfix", socket, sites: [], siteLists };
    const looking = new Looking(machine);
    const facts = await gatherService(machine, looking, SOUND.configuration, patient, true);
    return { ...facts, unseen: looking.unseen };
  };
  return { disk, sockets, asked, gather };
}

describe("who answers", () => {
  test.each([
    ["EACCES", "not asked"],
    ["ECONNREFUSED", "refuses"],
  ])("nobody: %s", async (code, answer) => {
    const { sockets, gather } = stage();
    sockets.fail(PATH, code);
    expect(await gather()).toMatchObject({ answer, comparison: null });
  });

  test("the original, to those to whom ours would answer", async () => {
    for (const [userId, answer] of [
      [0, "original"],
      [101, "original"],
      [7, "not asked"],
    ] as const) {
      expect(await stage(ORIGINAL).gather(userId)).toMatchObject({
        answer,
        unseen: answer === "original" ? [] : [{ what: "the record", isForbidden: true }],
      });
    }
  });

  test("nobody is asked where there is no socket", async () => {
    const { disk, asked, gather } = stage();
    new MemoryFiles(disk).remove(PATH);
    expect(await gather()).toMatchObject({ answer: "not asked", socket: { status: null } });
    expect(asked).toEqual([]);
  });
});

describe("what its comparisons found", () => {
  const compared = (entries: number, missing: number): string =>
    end(0, ["messages", 7], ["entries", entries], ["missing", missing], ["outdated", 1]);

  test("is added up, but for the messages of the queue, which are the same each time", async () => {
    const refused = item("refused", ["site", "c.example"], ["status", 4]);
    const { asked, gather } = stage(end(0), compared(2, 1), refused + compared(3, 2));
    expect(await gather(0, ["a.example", "b.example,c.example"])).toMatchObject({
      answer: "ours",
      comparison: { messages: 7, entries: 5, missing: 3, outdated: 2, duplicate: 0 },
      refusedSites: ["c.example"],
      unseen: [],
    });
    expect(asked.slice(1)).toEqual([
      "fastflush_verify version 1 sites a.example",
      "fastflush_verify version 1 sites b.example,c.example",
    ]);
  });

  test.each([
    ["that failed", end(-1, ["messages", 7])],
    ["that broke off", item("difference", ["kind", "missing"])],
  ])("is not known of one %s", async (_, reply) => {
    const { gather } = stage(end(0), reply);
    expect(await gather()).toMatchObject({
      answer: "ours",
      comparison: null,
      unseen: [{ what: "whether record and queue agree", isForbidden: false }],
    });
  });
});

describe("its last complaint", () => {
  const LINES = [
    "Nov 26 relay postfix/flush[1]: fatal: the first",
    "Nov 26 relay postfix/master[2]: warning: /usr/lib/postfix/sbin/fastflush/flush: bad command startup",
    "Nov 26 relay postfix/flush[3]: panic: the last",
    "Nov 26 relay postfix/smtp[4]: fatal: of another",
    "Nov 26 relay postfix/master[2]: warning: process /usr/lib/postfix/sbin/fastflush/flush pid 3 exit status 1",
  ];

  test.each([
    ["its own rather than what master(8) says of it", LINES, LINES[2] ?? ""],
    ["that of master(8) where it has said nothing", LINES.slice(3), LINES[4] ?? ""],
    ["nothing", [LINES[3] ?? ""], ""],
  ])("%s", async (_, lines, said) => {
    const { disk, gather } = stage(ORIGINAL);
    disk.writeFile(LOG, lines.map((line) => `${line}\n`).join(""));
    expect(await gather()).toMatchObject({ lastTrouble: said });
  });
});
