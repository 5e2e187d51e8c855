/**
 * Installing, updating and uninstalling on a machine in memory: what is changed, and that all comes back. With a real
 * Postfix: test/postfix/installation_test.ts.
 */
import { describe, expect, test } from "bun:test";
import {
  CONF,
  DATE,
  InstallationRig,
  install,
  MAIN_CF,
  MASTER_CF,
  OURS,
  PROGRAM,
  plan,
  SOURCE,
  uninstall,
} from "../../test/support/installation_rig.ts";
import { advice } from "./advice.ts";
import { carryOutInstallation, isUpToDate, NotInstalled, planInstallation } from "./install.ts";
import { survey } from "./survey.ts";
import { carryOutRemoval, planRemoval } from "./uninstall.ts";

describe("install", () => {
  test("changes the command and max_use, and nothing else", async () => {
    const rig = new InstallationRig();
    const made = await install(rig);
    expect(rig.masterCf).toBe(`# master
smtp inet n - y - - smtpd
# about flush
   # inside
flush unix n - y 1000? 0 fastflush/flush
    -o syslog_facility=mail
    -o {x=y z}
    -o max_use=100000

showq unix n - y - - showq
`);
    expect(rig.mainCf).toBe(MAIN_CF);
    expect(rig.host.statusOf(`${CONF}/master.cf`)).toMatchObject({ mode: 0o644, gid: 5 });
    expect(rig.host.read(PROGRAM)).toBe(OURS);
    expect(rig.host.statusOf(PROGRAM)).toEqual({ kind: "file", mode: 0o755, uid: 0, gid: 0 });
    const copy = `${CONF}/fastflush/master.cf.before-${DATE}`;
    expect(made.copies).toEqual({ "master.cf": copy });
    expect(rig.host.read(copy)).toBe(MASTER_CF);
    expect(rig.running).toBe("fastflush/flush");
    expect([rig.reloadCount, rig.host.shieldCount]).toEqual([1, 1]);
    expect(Object.keys(rig.host.tree("/tmp"))).toEqual([]);
    expect(isUpToDate(await plan(rig))).toBeTrue();
  });

  test("by a directory that is named with a slash at its end, it is the same instance", async () => {
    const rig = new InstallationRig();
    await install(rig);
    const wish = { maxUse: null, everyDestination: false };
    const made = await planInstallation(rig, `${CONF}//`, { wish, source: SOURCE, date: DATE });
    expect([made.survey.configDirectory, isUpToDate(made)]).toEqual([CONF, true]);
  });

  test("a plan changes nothing", async () => {
    const rig = new InstallationRig();
    const before = rig.tree();
    const made = await plan(rig, { everyDestination: true });
    expect(rig.tree()).toEqual(before);
    expect(made).toMatchObject({
      program: "new",
      changesEntry: true,
      changedFiles: ["main.cf", "master.cf"],
    });
  });

  for (const [what, entry, wish, settings] of [
    ["a number that was chosen stays", "flush -o max_use=500", {}, "500"],
    ["an option -m stays", "flush -m 500", {}, null],
    ["unless one is named", "flush -o max_use=500", { maxUse: 7 }, "7"],
    ["a number that is named is set", "flush", { maxUse: 9 }, "9"],
  ] as const) {
    test(`max_use: ${what}`, async () => {
      const rig = new InstallationRig(MAIN_CF, `flush unix n - y 1000? 0 ${entry}\n`);
      await install(rig, wish);
      expect(/max_use=([0-9]+)/.exec(rig.masterCf)?.[1] ?? null).toBe(settings);
      await uninstall(rig);
      expect(rig.masterCf).toBe(`flush unix n - y 1000? 0 ${entry}\n`);
    });
  }

  test("where Postfix doesn't run, nothing is reloaded, and nobody asked", async () => {
    const rig = new InstallationRig();
    rig.stop();
    await carryOutInstallation(rig, await plan(rig), async () => "nobody answers");
    expect(rig.reloadCount).toBe(0);
    expect(rig.masterCf).toContain("fastflush/flush");
  });

  test("every destination: all that is not safe already is set", async () => {
    const rig = new InstallationRig();
    await install(rig, { everyDestination: true });
    expect(rig.mainCf).toBe(
      `${MAIN_CF}fast_flush_domains = static:all\nsmtpd_etrn_restrictions = permit_mynetworks, reject\n` +
        "fast_flush_refresh_time = 7d\n",
    );
    expect(rig.host.statusOf(`${CONF}/main.cf`)).toMatchObject({ mode: 0o640 });
    expect(advice(await survey(rig, CONF))).toEqual([]);
    await uninstall(rig);
    expect(rig.mainCf).toBe(MAIN_CF);
    expect(rig.masterCf).toBe(MASTER_CF);
  });

  test("every destination: what was set stays where it is safe", async () => {
    const own =
      "smtpd_etrn_restrictions = check_etrn_access inline:{a=b}, reject\nfast_flush_refresh_time = 1d\n";
    const rig = new InstallationRig(MAIN_CF + own);
    await install(rig, { everyDestination: true });
    expect(rig.mainCf).toBe(`${MAIN_CF}${own}fast_flush_domains = static:all\n`);
  });
});

describe("update", () => {
  test("a program that greets nobody, as with Postfix 3.5, is put in", async () => {
    const rig = new InstallationRig();
    rig.host.put(SOURCE, `${OURS}, beside Postfix 3.5`);
    await install(rig);
    expect(rig.host.read(PROGRAM)).toBe(`${OURS}, beside Postfix 3.5`);
  });

  test("a newer program takes the place; the configuration is as it was left", async () => {
    const rig = new InstallationRig();
    await install(rig);
    const [master, memento] = [rig.masterCf, rig.host.tree(`${CONF}/fastflush`)];
    rig.host.put(SOURCE, `${OURS}, newer`);
    const made = await install(rig);
    expect(made).toMatchObject({ program: "update", changesEntry: false, changedFiles: [] });
    expect(rig.host.read(PROGRAM)).toBe(`${OURS}, newer`);
    expect(rig.masterCf).toBe(master);
    expect(rig.host.tree(`${CONF}/fastflush`)).toEqual(memento);
    expect(Object.keys(rig.host.tree("/usr/lib/postfix/sbin/fastflush"))).toHaveLength(2);
    expect(rig.reloadCount).toBe(2);
  });

  test("the old program comes back where the new one does not answer", async () => {
    const rig = new InstallationRig();
    await install(rig);
    const before = rig.tree();
    rig.host.put(SOURCE, `${OURS}, newer`);
    const programs: string[] = [];
    const carrying = carryOutInstallation(rig, await plan(rig), async () => {
      programs.push(rig.host.read(PROGRAM));
      return "nobody answers";
    });
    await expect(carrying).rejects.toThrow("nobody answers");
    expect(programs).toEqual([`${OURS}, newer`]);
    expect(rig.tree()).toEqual(before);
    // The last one with the old program back.
    expect(rig.reloadCount).toBe(4);
  });

  test("a second change keeps the first copy", async () => {
    const rig = new InstallationRig();
    const before = rig.tree();
    await install(rig);
    const later = await planInstallation(rig, CONF, {
      wish: { maxUse: 5, everyDestination: true },
      source: SOURCE,
      date: "20270101T000000Z",
    });
    await carryOutInstallation(rig, later, async () => null);
    expect(later.copies).toEqual({
      "main.cf": `${CONF}/fastflush/main.cf.before-20270101T000000Z`,
    });
    await uninstall(rig);
    expect(rig.tree()).toEqual(before);
  });
});

describe("what is there already", () => {
  for (const [what, owner] of [
    ["of another's", { mode: 0o755, uid: 7 }],
    ["that others may write", { mode: 0o777 }],
  ] as const) {
    test(`the same program ${what} is put in place anew`, async () => {
      const rig = new InstallationRig();
      await install(rig);
      rig.host.put(PROGRAM, OURS, owner);
      expect((await install(rig)).program).toBe("update");
      expect(rig.host.statusOf(PROGRAM)).toEqual({ kind: "file", mode: 0o755, uid: 0, gid: 0 });
    });
  }

  test("a copy is root's, whosever the file is, and no more open than that", async () => {
    const rig = new InstallationRig();
    rig.host.put(`${CONF}/master.cf`, MASTER_CF, { mode: 0o640, uid: 7, gid: 5 });
    await install(rig);
    const owner = { kind: "file", mode: 0o640, uid: 0, gid: 5 } as const;
    expect(rig.host.statusOf(`${CONF}/fastflush/master.cf.before-${DATE}`)).toEqual(owner);
    expect(rig.host.statusOf(`${CONF}/fastflush/master.cf.installed`)).toEqual(owner);
  });

  test("what somebody changed between two installations stays", async () => {
    const rig = new InstallationRig();
    await install(rig);
    rig.edit("master.cf", (text) => `${text}mine unix - - - - - mine\n`);
    await install(rig, { maxUse: 5 });
    expect(await uninstall(rig)).toMatchObject({ restored: [], edited: ["master.cf"] });
    expect(rig.masterCf).toEndWith("mine unix - - - - - mine\n");
    expect(rig.masterCf).not.toContain("max_use");
    expect(rig.running).toBe("flush");
  });

  test("a number that was set twice goes, if there was none", async () => {
    const rig = new InstallationRig();
    await install(rig, { maxUse: 5 });
    await install(rig, { maxUse: 7 });
    rig.edit("master.cf", (text) => `${text}# mine\n`);
    expect((await uninstall(rig)).stays).toEqual([]);
    expect(rig.masterCf).not.toContain("max_use");
  });

  test("files of somebody's own beside what is kept stay", async () => {
    const rig = new InstallationRig();
    await install(rig);
    rig.host.put(`${CONF}/fastflush/notes`, "mine");
    await uninstall(rig);
    expect(rig.host.list(`${CONF}/fastflush`)).toEqual(["notes"]);
  });
});

test("Postfix 3.10 and 4.0 are later than 3.5", async () => {
  for (const version of ["3.5.0", "3.10.1", "4.0"]) {
    const rig = new InstallationRig(`mail_version = ${version}\n`);
    await install(rig);
    expect(rig.running).toBe("fastflush/flush");
  }
});

describe("uninstall", () => {
  test("all is as it was", async () => {
    const rig = new InstallationRig();
    const before = rig.tree();
    await install(rig, { everyDestination: true });
    const made = await uninstall(rig);
    expect(made).toMatchObject({ restored: ["main.cf", "master.cf"], edited: [], stays: [] });
    expect(rig.tree()).toEqual(before);
    expect(rig.running).toBe("flush");
  });

  test("is refused where nothing is installed", async () => {
    const rig = new InstallationRig();
    expect(planRemoval(rig, CONF)).rejects.toBeInstanceOf(NotInstalled);
  });

  test("who has looked for a fault of ours since gets the original back", async () => {
    const rig = new InstallationRig();
    await install(rig);
    rig.edit("master.cf", (text) => text.replace("fastflush/flush", "fastflush/flush -v"));
    expect(await uninstall(rig)).toMatchObject({ edited: ["master.cf"] });
    expect(rig.running).toStartWith("flush");
    expect(rig.masterCf).not.toContain("fastflush");
  });

  test("in files that were changed since, only ours is taken out", async () => {
    const rig = new InstallationRig();
    await install(rig, { everyDestination: true });
    rig.edit("master.cf", (text) =>
      text.replace("smtp inet n - y - - smtpd", "smtp inet n - y - 5 smtpd"),
    );
    rig.edit("main.cf", (text) => `${text.replace("7d", "3d")}# mine\n`);
    const made = await uninstall(rig);
    expect(made).toMatchObject({
      restored: [],
      edited: ["main.cf", "master.cf"],
      stays: ["fast_flush_refresh_time = 3d"],
    });
    expect(rig.mainCf).toBe(`${MAIN_CF}fast_flush_refresh_time = 3d\n# mine\n`);
    expect(rig.masterCf).toBe(`# master
smtp inet n - y - 5 smtpd
# about flush
flush   unix  n\t- y 1000? 0   flush
   # inside
\t-o syslog_facility=mail   -o { x = y z }

showq unix n - y - - showq
`);
    expect(rig.host.statusOf(`${CONF}/fastflush`)).toBeNull();
    expect(rig.host.statusOf(PROGRAM)).toBeNull();
  });

  test("an entry that was laid out anew since is taken out as postconf has it", async () => {
    const rig = new InstallationRig();
    await install(rig);
    rig.edit("master.cf", (text) => text.replace("flush unix n", "flush  unix  n"));
    expect(await uninstall(rig)).toMatchObject({ edited: ["master.cf"], stays: [] });
    expect(rig.masterCf).toContain(
      "   # inside\nflush unix n - y 1000? 0 flush\n    -o syslog_facility=mail\n    -o {x=y z}\n",
    );
  });

  test("what an administrator has set in the entry stays, and is told", async () => {
    const rig = new InstallationRig();
    await install(rig);
    rig.edit("master.cf", (text) => text.replace("max_use=100000", "max_use=20"));
    expect((await uninstall(rig)).stays).toEqual(["max_use=20 of the entry flush/unix"]);
    expect(rig.masterCf).toContain("max_use=20");
  });

  test("what was put in by hand, as README has it, is taken out", async () => {
    const rig = new InstallationRig(
      MAIN_CF,
      "flush unix n - y 1000? 0 fastflush/flush -E -o max_use=100000\n",
    );
    rig.host.put(PROGRAM, OURS);
    const made = await uninstall(rig);
    expect(made.stays).toEqual(["max_use=100000 of the entry flush/unix"]);
    expect(rig.masterCf).toBe("flush unix n - y 1000? 0 flush\n    -o max_use=100000\n");
    expect(rig.host.statusOf("/usr/lib/postfix/sbin/fastflush")).toBeNull();
  });

  test("the program stays while another instance uses it", async () => {
    const rig = new InstallationRig();
    await install(rig);
    rig.host.put("/usr/lib/postfix/sbin/fastflush/instances", `${CONF}\n/etc/postfix-out\n`);
    rig.host.put("/etc/postfix-out/main.cf", "");
    rig.host.put("/etc/postfix-out/master.cf", rig.masterCf);
    expect((await uninstall(rig)).otherUsers).toEqual(["/etc/postfix-out"]);
    expect(rig.host.read(PROGRAM)).toBe(OURS);
    expect(rig.host.read("/usr/lib/postfix/sbin/fastflush/instances")).toBe("/etc/postfix-out\n");
  });

  for (const [what, directory, other, main] of [
    [
      "the one that Postfix's commands mean, where somebody has put it in by hand",
      "/etc/postfix-in",
      CONF,
      "",
    ],
    ["one beside it", CONF, "/etc/postfix-out", "multi_instance_directories = /etc/postfix-out\n"],
  ] as const) {
    test(`the program stays for another instance that nobody has listed: ${what}`, async () => {
      const rig = new InstallationRig();
      await install(rig);
      const list = "/usr/lib/postfix/sbin/fastflush/instances";
      rig.host.put(list, `${directory}\n`);
      for (const each of ["/etc/postfix-in", "/etc/postfix-out"]) {
        rig.host.put(`${each}/main.cf`, "");
      }
      rig.host.put(`${other}/master.cf`, rig.masterCf);
      rig.host.put(`${directory}/master.cf`, rig.masterCf);
      rig.host.put(`${directory}/main.cf`, main);
      expect((await planRemoval(rig, directory)).otherUsers).toEqual([other]);
    });
  }

  test("the program stays for an instance whose configuration is faulty", async () => {
    const rig = new InstallationRig();
    await install(rig);
    rig.host.put("/usr/lib/postfix/sbin/fastflush/instances", `${CONF}\n/etc/postfix-out\n`);
    rig.host.put("/etc/postfix-out/master.cf", rig.masterCf);
    const run = rig.programs.run.bind(rig.programs);
    rig.programs.run = async (words, options) =>
      words.includes("/etc/postfix-out")
        ? { status: 1, out: "", err: "postconf: fatal: open main.cf\n", isLate: false }
        : await run(words, options);
    expect((await uninstall(rig)).otherUsers).toEqual(["/etc/postfix-out"]);
    expect(rig.host.read(PROGRAM)).toBe(OURS);
  });

  test("the program goes where another instance has one of its own", async () => {
    const rig = new InstallationRig();
    await install(rig);
    rig.host.put("/usr/lib/postfix/sbin/fastflush/instances", `${CONF}\n/etc/postfix-out\n`);
    rig.host.put("/etc/postfix-out/main.cf", "daemon_directory = /opt/postfix\n");
    rig.host.put("/etc/postfix-out/master.cf", rig.masterCf);
    expect((await uninstall(rig)).otherUsers).toEqual([]);
    expect(rig.host.statusOf(PROGRAM)).toBeNull();
  });

  test("ours comes back where the original does not answer", async () => {
    const rig = new InstallationRig();
    await install(rig);
    const before = rig.tree();
    const carrying = carryOutRemoval(
      rig,
      await planRemoval(rig, CONF),
      async () => "nobody answers",
    );
    await expect(carrying).rejects.toThrow("nobody answers");
    expect(rig.tree()).toEqual(before);
    expect(rig.running).toBe("fastflush/flush");
  });

  test("where the kept copy is lost, only ours is taken out", async () => {
    const rig = new InstallationRig();
    await install(rig, { everyDestination: true });
    rig.host.remove(`${CONF}/fastflush/main.cf.before-${DATE}`);
    rig.host.remove(`${CONF}/fastflush/master.cf.installed`);
    expect(await uninstall(rig)).toMatchObject({ restored: [], edited: ["main.cf", "master.cf"] });
    expect(rig.mainCf).toBe(MAIN_CF);
    expect(rig.masterCf).toContain("0 flush\n");
    expect(rig.masterCf).not.toContain("max_use");
  });

  test("where what is remembered can't be read, the command alone is put back", async () => {
    const rig = new InstallationRig();
    await install(rig);
    rig.host.put(`${CONF}/fastflush/installed.json`, '{"format":99}');
    expect((await uninstall(rig)).stays).toEqual(["max_use=100000 of the entry flush/unix"]);
    expect(rig.running).toBe("flush");
    expect(rig.host.statusOf(`${CONF}/fastflush`)).toBeNull();
  });
});
