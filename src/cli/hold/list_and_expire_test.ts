/** hold --list and hold --expire over a queue and a postsuper(1) in memory. */
import { describe, expect, test } from "bun:test";
import { HoldRig, STATE } from "../../../test/support/hold_rig.ts";
import { Fatal } from "../../effects/fatal.ts";
import type { Descriptor } from "../../effects/files.ts";
import { MemoryFiles } from "../../memory/files.ts";

async function stage(): Promise<HoldRig> {
  const rig = new HoldRig();
  rig.defer("A1", "u@a.example", "u@b.example");
  rig.defer("A2", "u@a.example");
  await rig.fastflush("hold", "--id", "A1", "--for", "1h", "--yes");
  await rig.fastflush("hold", "--id", "A2", "--yes");
  rig.terminal.outText = "";
  return rig;
}

/** What is asked of the clock in many steps. */
async function pass(rig: HoldRig, seconds: number): Promise<void> {
  for (let step = 0; step < seconds; step += 10) {
    for (let turn = 0; turn < 50; turn++) {
      await Promise.resolve();
    }
    rig.clock.advance(10_000);
  }
}

describe("hold --list", () => {
  test("shows what is on hold by destination, and until when", async () => {
    const rig = await stage();
    expect(await rig.fastflush("hold", "--list")).toBe(0);
    expect(rig.terminal.outText).toBe(
      [
        "MESSAGES  SIZE  OLDEST  ON HOLD UNTIL                DESTINATION",
        "       1  43 B  10 min  Nov 26 09:05:07 (in 59 min)  a.example",
        "       1  43 B  10 min  released                     a.example",
        "       1  43 B  10 min  Nov 26 09:05:07 (in 59 min)  b.example",
        "In all 2 messages on hold (each counted once). What has no end, others have put on hold, or hold without --for.",
        "",
      ].join("\n"),
    );
  });

  test("says what is overdue, and how to end it", async () => {
    const rig = await stage();
    rig.clock.advance(3_600_000);
    await rig.fastflush("hold", "--list");
    expect(rig.terminal.outText).toContain("(overdue)");
    expect(rig.terminal.outText).toEndWith("Overdue is released by: fastflush hold --expire\n");
  });

  test("as JSON", async () => {
    const rig = await stage();
    expect(await rig.fastflush("hold", "--list", "--json")).toBe(0);
    const lines = rig.jsonLines();
    expect(lines.map(({ item, site, messages, by }) => [item, site, messages, by])).toEqual([
      ["held", "a.example", 1, "fastflush"],
      ["held", "a.example", 1, "others"],
      ["held", "b.example", 1, "fastflush"],
      ["end", undefined, 2, undefined],
    ]);
    expect(lines[0].until).toBe(1_767_225_600 + 3600);
    expect(lines[1].until).toBeNull();
  });

  test("nothing is no error; what can't be read is told", async () => {
    const rig = new HoldRig();
    expect(await rig.fastflush("hold", "--list")).toBe(0);
    expect(rig.terminal.outText).toBe("No mail is on hold.\n");
    rig.disk.writeFile("hold/F1", "no message", { mode: 0o700 });
    expect(await rig.fastflush("hold", "--list")).toBe(1);
    expect(rig.terminal.errText).toStartWith("hold/F1 can't be read: ");
  });

  test("to others than root, nothing has an end", async () => {
    const rig = await stage();
    rig.host.uid = 102;
    rig.machineFiles = new MemoryFiles(rig.machineDisk, { uid: 102, gid: 102 });
    expect(await rig.fastflush("hold", "--list")).toBe(0);
    expect(rig.terminal.outText).not.toContain("(in");
    const said = "What is on hold for a time, and until when, only root can see.\n";
    expect(rig.terminal.errText).toBe(said);
    expect(await rig.fastflush("hold", "--all", "--dry-run")).toBe(0);
    expect(rig.terminal.errText).toBe(said + said);
  });

  test("changes nothing, and asks no program", async () => {
    const rig = await stage();
    const before = [rig.programs.lines.length, rig.machineDisk.filesBelow(), rig.disk.filesBelow()];
    await rig.fastflush("hold", "--list");
    expect([
      rig.programs.lines.length,
      rig.machineDisk.filesBelow(),
      rig.disk.filesBelow(),
    ]).toEqual(before);
  });
});

/** What another command does between the keeper's last look for holds and the end of its lock; once. */
function addWhenKeeperLetsGo({ machineFiles }: HoldRig, add: () => void): void {
  const open = machineFiles.open.bind(machineFiles);
  const close = machineFiles.close.bind(machineFiles);
  let keeper: Descriptor | null = null;
  machineFiles.open = (path, how) => {
    const file = open(path, how);
    keeper ??= String(path).endsWith("/keeper.lock") ? file : null;
    return file;
  };
  machineFiles.close = (file) => {
    if (file === keeper) {
      machineFiles.close = close;
      add();
    }
    close(file);
  };
}

describe("hold --expire", () => {
  test("releases what is due, says and logs it, and is silent where nothing is", async () => {
    const rig = await stage();
    expect(await rig.fastflush("hold", "--expire")).toBe(0);
    expect(rig.terminal.outText).toBe("");
    rig.clock.advance(3_600_000);
    expect(await rig.fastflush("hold", "--expire")).toBe(0);
    expect(rig.terminal.outText).toBe(
      "/etc/postfix: 1 message released from hold: their time is over.\n",
    );
    expect(rig.programs.lines.at(-1)).toEndWith(
      "hold: ended by its time, released=1, forgotten=0, failed=0",
    );
    expect(rig.idsIn("hold")).toEqual(["A2"]);
    expect(await rig.fastflush("hold", "--expire", "--json")).toBe(0);
  });

  test("as JSON", async () => {
    const rig = await stage();
    rig.clock.advance(3_600_000);
    expect(await rig.fastflush("hold", "--expire", "--json")).toBe(0);
    expect(rig.jsonLines()).toEqual([
      { item: "ended", config_directory: "/etc/postfix", released: 1, forgotten: 0, failed: 0 },
      expect.objectContaining({ item: "end", status: "done" }),
    ]);
  });

  test("goes on with the other instances where one can't be used", async () => {
    const rig = await stage();
    const kept = rig.machineDisk.readFile(`${STATE}/%2fqueue.holds`);
    const other = kept.replace('"/queue"', '"/other"').replace("/etc/postfix", "/etc/broken");
    rig.machineDisk.writeFile(`${STATE}/%2fother.holds`, other);
    rig.clock.advance(3_600_000);
    expect(await rig.fastflush("hold", "--expire")).toBe(1);
    expect(rig.terminal.errText).toContain(
      "/etc/broken: nothing was released: its queue is not /other any more\n",
    );
    expect(rig.idsIn("hold")).toEqual(["A2"]);
  });

  test("is for root", async () => {
    const rig = await stage();
    rig.host.uid = 102;
    expect(await rig.fastflush("hold", "--expire")).toBe(77);
  });

  test("with --wait, goes on until nothing is on hold for a time, and heeds what is added", async () => {
    const rig = await stage();
    let status: number | null = null;
    void rig.fastflush("hold", "--expire", "--wait").then((code) => {
      status = code;
    });
    await pass(rig, 1800);
    expect([status, rig.idsIn("hold")]).toEqual([null, ["A1", "A2"]]);
    rig.defer("A3", "u@a.example");
    await rig.fastflush("hold", "--id", "A3", "--for", "10m", "--yes");
    await pass(rig, 700);
    expect([status, rig.idsIn("hold")]).toEqual([null, ["A1", "A2"]]);
    await pass(rig, 1200);
    expect([status, rig.idsIn("hold")] as unknown).toEqual([0, ["A2"]]);
  });

  test("with --wait, heeds what is added while it lets go, too", async () => {
    const rig = await stage();
    const path = `${STATE}/%2fqueue.holds`;
    const later = rig.machineDisk
      .readFile(path)
      .replace(/"until":(\d+)/, (_, until) => `"until":${Number(until) + 3600}`);
    addWhenKeeperLetsGo(rig, () => rig.machineDisk.writeFile(path, later));
    let status: number | null = null;
    void rig.fastflush("hold", "--expire", "--wait").then((code) => {
      status = code;
    });
    await pass(rig, 3700);
    expect([status, rig.machineDisk.has(path)]).toEqual([null, true]);
    await pass(rig, 3600);
    expect([status, rig.machineDisk.has(path)] as unknown).toEqual([0, false]);
  });

  test("with --wait, says once what is wrong with an instance", async () => {
    const rig = await stage();
    const kept = rig.machineDisk.readFile(`${STATE}/%2fqueue.holds`);
    const other = kept.replace('"/queue"', '"/other"').replace("/etc/postfix", "/etc/broken");
    rig.machineDisk.writeFile(`${STATE}/%2fother.holds`, other);
    void rig.fastflush("hold", "--expire", "--wait");
    await pass(rig, 4000);
    expect(rig.idsIn("hold")).toEqual(["A2"]);
    expect(rig.terminal.errText).toBe(
      "/etc/broken: nothing was released: its queue is not /other any more\n",
    );
  });

  test("with --wait, ends where another one waits", async () => {
    const rig = await stage();
    void rig.fastflush("hold", "--expire", "--wait");
    await pass(rig, 60);
    expect(await rig.fastflush("hold", "--expire", "--wait")).toBe(0);
    expect(rig.idsIn("hold")).toEqual(["A1", "A2"]);
  });

  test("a main.cf that can't be read keeps nothing else from its end", async () => {
    const rig = await stage();
    rig.clock.advance(3_600_000);
    rig.failConfiguration(new Fatal("open /etc/postfix/main.cf: No such file or directory"));
    expect(await rig.fastflush("hold", "--expire")).toBe(78);
  });
});

describe("hold --expire --dry-run", () => {
  const text = async (rig: HoldRig): Promise<string> => {
    rig.terminal.outText = "";
    expect(await rig.fastflush("hold", "--expire", "--dry-run")).toBe(0);
    return rig.terminal.outText;
  };

  test("shows what is on hold for a time, and if nobody ends it", async () => {
    const rig = await stage();
    const count = "/etc/postfix: 1 message on hold for a time";
    const nobody =
      "Nobody ends this by itself: run fastflush hold --expire, or enable fastflush-hold.timer.\n";
    expect(await text(rig)).toBe(
      `${count}, the last until Nov 26 09:05:07 (in 59 min).\n${nobody}`,
    );
    void rig.fastflush("hold", "--expire", "--wait");
    await pass(rig, 60);
    expect(await text(rig)).toBe(`${count}, the last until Nov 26 09:05:07 (in 58 min).\n`);
  });

  test("tells what is overdue, and leaves it", async () => {
    const rig = await stage();
    rig.clock.advance(3_600_000);
    const before = [rig.machineDisk.filesBelow(), rig.disk.filesBelow()];
    expect(await text(rig)).toContain(": 1 message on hold for a time, 1 of them overdue, ");
    expect([rig.machineDisk.filesBelow(), rig.disk.filesBelow()]).toEqual(before);
  });

  test("counts only what is still on hold by it", async () => {
    const rig = await stage();
    rig.move("hold", "deferred", "A1");
    expect(await text(rig)).toBe("");
    expect(await text(new HoldRig())).toBe("");
  });

  test("as JSON, with an instance that can't be used", async () => {
    const rig = await stage();
    const kept = rig.machineDisk.readFile(`${STATE}/%2fqueue.holds`);
    const other = kept.replace('"/queue"', '"/other"').replace("/etc/postfix", "/etc/broken");
    rig.machineDisk.writeFile(`${STATE}/%2fother.holds`, other);
    expect(await rig.fastflush("hold", "--expire", "--dry-run", "--json")).toBe(1);
    const until = 1_767_225_600 + 3600;
    expect(rig.jsonLines()).toEqual([
      { item: "timed", config_directory: "/etc/postfix", messages: 1, overdue: 0, until },
      expect.objectContaining({ item: "end", status: "failed" }),
    ]);
    expect(rig.terminal.errText).toContain("/etc/broken: its queue was not looked at: ");
  });
});
