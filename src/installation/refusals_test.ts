/**
 * Installations that are refused, or fail at a step, on a machine in memory: nothing is changed then.
 */
import { describe, expect, test } from "bun:test";
import {
  CONF,
  InstallationRig,
  install,
  PROGRAM,
  plan,
  SOURCE,
  uninstall,
} from "../../test/support/installation_rig.ts";
import { OsError } from "../effects/os_error.ts";
import { reload } from "./configuration_change.ts";
import { carryOutInstallation, Refused } from "./install.ts";
import type { Wish } from "./objections.ts";
import { survey } from "./survey.ts";
import { TakenBack } from "./undo_stack.ts";

describe("refusals, with nothing changed", () => {
  const flush = (rest: string): string => `flush unix n - y 1000? 0 ${rest}\n`;
  const rows: ReadonlyArray<
    readonly [what: string, main: string, master: string, wish: Partial<Wish>, words: string]
  > = [
    ["no entry", "", "smtp inet n - y - - smtpd\n", {}, "has no entry flush/unix"],
    ["two entries", "", flush("flush") + flush("flush"), {}, "has 2 entries flush/unix"],
    ["a program of somebody's own", "", flush("myflush -x"), {}, 'runs "myflush"'],
    ["-v", "", flush("flush -v"), {}, "has -v"],
    ["-D", "", flush("flush -o a=b -vD"), {}, "has -v and -D"],
    [
      "braces that postconf loses",
      "",
      flush("flush { -o fast_flush_domains = a.example }"),
      {},
      'has "{ -o fast_flush_domains = a.example }", and postconf(1), by which',
    ],
    [
      "the same in an entry that is ours, and is to be changed",
      "",
      flush("fastflush/flush { -o fast_flush_domains = a.example }"),
      { maxUse: 7 },
      'has "{ -o fast_flush_domains = a.example }", and postconf(1), by which',
    ],
    ["a process limit", "", "flush unix n - y 1000? 1 flush\n", {}, 'process limit "1"'],
    ["a private service", "", "flush unix - - y 1000? 0 flush\n", {}, '"-" in the column private'],
    ["one of root's", "", "flush unix n n y 1000? 0 flush\n", {}, "the service would run as root"],
    ["an old Postfix", "mail_version = 3.4.29\n", flush("flush"), {}, "This is Postfix 3.4.29"],
    ["an older one", "mail_version = 2.11\n", flush("flush"), {}, "This is Postfix 2.11"],
    [
      "an open environment",
      "import_environment = TZ BUN_OPTIONS\n",
      flush("flush"),
      {},
      "lets BUN_OPTIONS in",
    ],
    [
      "the same, and a list of its own in the entry",
      "import_environment = TZ BUN_OPTIONS\n",
      flush("flush -o import_environment=TZ"),
      {},
      "lets BUN_OPTIONS in",
    ],
    ["the same in the entry", "", flush("flush -o import_environment=BUN_X"), {}, "lets BUN_X in"],
    [
      "tables",
      "fast_flush_domains = hash:/x, cidr:/y\n",
      flush("flush"),
      {},
      "does not have: cidr:, hash:.",
    ],
    ["tables by default", "relay_domains = hash:/x\n", flush("flush"), {}, "does not have: hash:."],
    [
      "every destination, with ETRN open",
      "smtpd_etrn_restrictions = permit_mynetworks\n",
      flush("flush"),
      { everyDestination: true },
      "does not turn strangers away",
    ],
    [
      "the same in an entry",
      "",
      `smtp inet n - y - - smtpd -o smtpd_etrn_restrictions=\n${flush("flush")}`,
      { everyDestination: true },
      "The entry smtp/inet of master.cf has smtpd_etrn_restrictions of its own",
    ],
    [
      "the same in an entry, where a table decides, and what it does not know is let in",
      "",
      `smtp inet n - y - - smtpd -o smtpd_etrn_restrictions=check_client_access,cdb:/x\n${flush("flush")}`,
      { everyDestination: true },
      "The entry smtp/inet of master.cf has smtpd_etrn_restrictions of its own",
    ],
  ];
  for (const [what, main, master, wish, words] of rows) {
    test(what, async () => {
      const rig = new InstallationRig(main, master);
      const before = rig.tree();
      const planning = plan(rig, wish);
      await expect(planning).rejects.toBeInstanceOf(Refused);
      await expect(planning).rejects.toThrow(words);
      expect(rig.tree()).toEqual(before);
    });
  }

  test("braces are no hindrance where the entry stays as it is, but on the way back", async () => {
    const rig = new InstallationRig("", flush("fastflush/flush { -o max_idle = 9 }"));
    expect((await plan(rig)).changedFiles).toEqual([]);
    const before = rig.tree();
    const removing = uninstall(rig);
    await expect(removing).rejects.toBeInstanceOf(Refused);
    await expect(removing).rejects.toThrow('has "{ -o max_idle = 9 }"');
    expect(rig.tree()).toEqual(before);
  });

  test("tables are no hindrance where every destination is to be recorded", async () => {
    const rig = new InstallationRig("fast_flush_domains = hash:/x\n", flush("flush"));
    await install(rig, { everyDestination: true });
    expect(rig.mainCf).toStartWith("fast_flush_domains = static:all\n");
    await uninstall(rig);
    expect(rig.mainCf).toBe("fast_flush_domains = hash:/x\n");
  });

  for (const name of ["main.cf", "master.cf"] as const) {
    test(`${name} is a link`, async () => {
      const rig = new InstallationRig();
      rig.host.put(`/srv/${name}`, rig.host.read(`${CONF}/${name}`));
      rig.host.putLink(`${CONF}/${name}`, `/srv/${name}`);
      await expect(plan(rig)).rejects.toThrow(`${CONF}/${name} is a link`);
    });
  }

  test("no program to install", async () => {
    const rig = new InstallationRig();
    rig.host.remove(SOURCE);
    await expect(plan(rig)).rejects.toThrow("/root/flush is not there");
  });

  for (const [program, words] of [
    ["the original", "is not the program of this fastflush's service"],
    ["the original of Postfix 3.5", "is not the program of this fastflush's service"],
    ["broken", "can't run here: TypeError: bun:ffi requires the JIT (it needs"],
    ["silent", "can't run here: exit status 1 (it needs"],
    ["hangs", "no answer came from /usr/lib/postfix/sbin/fastflush/new/flush within 10 seconds"],
    ["killed", "the program can't run here: a signal ended it"],
  ] as const) {
    test(`a program: ${program}`, async () => {
      const rig = new InstallationRig();
      rig.host.put(SOURCE, program);
      const before = rig.tree();
      await expect(install(rig)).rejects.toThrow(words);
      expect(rig.tree()).toEqual(before);
      expect(rig.reloadCount).toBe(0);
    });
  }

  test("a file where the program's folder is to be: nobody knows whose it is", async () => {
    const rig = new InstallationRig();
    const folder = PROGRAM.slice(0, PROGRAM.lastIndexOf("/"));
    rig.host.put(folder, "somebody's");
    const before = rig.tree();
    await expect(install(rig)).rejects.toThrow(`${folder} is no directory, and whose it is is not`);
    expect(rig.tree()).toEqual(before);
  });

  test("a service that does not answer under Postfix", async () => {
    const rig = new InstallationRig();
    const before = rig.tree();
    const made = await plan(rig, { everyDestination: true });
    await expect(carryOutInstallation(rig, made, async () => "nobody answers")).rejects.toThrow(
      "nobody answers",
    );
    expect(rig.tree()).toEqual(before);
    expect([rig.running, rig.reloadCount]).toEqual(["flush", 2]);
  });

  test("a file that somebody changes meanwhile", async () => {
    const rig = new InstallationRig();
    const made = await plan(rig);
    rig.edit("master.cf", (text) => `${text}# mine\n`);
    const before = rig.tree();
    await expect(carryOutInstallation(rig, made, async () => null)).rejects.toThrow(
      "master.cf was changed by somebody else meanwhile",
    );
    expect(rig.tree()).toEqual(before);
  });

  for (const [operation, refused] of [
    ["write", `${CONF}/master.cf`],
    ["rename", PROGRAM],
  ] as const) {
    test(`what can't be written is named: ${refused}`, async () => {
      const rig = new InstallationRig();
      const made = await plan(rig);
      const before = rig.tree();
      const refuse = (path: string): void => {
        if (path === refused) {
          throw new OsError("EPERM", operation);
        }
      };
      const { write, rename } = rig.host;
      rig.host.write = (path, text, owner) => {
        refuse(path);
        write.call(rig.host, path, text, owner);
      };
      rig.host.rename = (from, to) => {
        refuse(to);
        rename.call(rig.host, from, to);
      };
      await expect(carryOutInstallation(rig, made, async () => null)).rejects.toThrow(
        `${refused}: ${operation}: Operation not permitted`,
      );
      expect(rig.tree()).toEqual(before);
    });
  }

  test("a Postfix that can't reload: what could not be taken back is told", async () => {
    const rig = new InstallationRig();
    const before = rig.tree();
    rig.failsToReload = true;
    const error = await install(rig).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(TakenBack);
    expect(error).toMatchObject({
      message: '"postfix -c /etc/postfix reload" failed: postfix: fatal: no',
      left: ['Postfix as it runs: "postfix -c /etc/postfix reload" failed: postfix: fatal: no'],
    });
    expect(rig.tree()).toEqual(before);
  });

  test("a file that could not be taken back is named once", async () => {
    const rig = new InstallationRig();
    const path = `${CONF}/master.cf`;
    rig.failsToReload = true;
    const { write } = rig.host;
    const { masterCf } = rig;
    rig.host.write = (to, text, owner) => {
      if (to === path && text === masterCf) {
        throw new OsError("ENOSPC", "write");
      }
      write.call(rig.host, to, text, owner);
    };
    await expect(install(rig)).rejects.toMatchObject({
      left: [`${path}: write: No space left on device`, expect.stringContaining("reload")],
    });
  });

  test("the first of several instances is reloaded alone", async () => {
    for (const [name, words] of [
      ["", "postmulti -i - -p reload"],
      ["first", "postmulti -i first -p reload"],
    ]) {
      const main = `multi_instance_directories = /x\nmulti_instance_wrapper = w\nmulti_instance_name = ${name}\n`;
      const rig = new InstallationRig(main, flush("flush"));
      rig.programs.add("postmulti", () => ({ status: null }));
      await expect(install(rig)).rejects.toThrow(`"${words}" failed: was ended, or took too long`);
      expect(rig.programs.lines).toContain(words ?? "");
      expect(rig.masterCf).toBe(flush("flush"));
    }
  });

  test("the first of several in another directory is reloaded, and not the one in the default directory", async () => {
    const main = "multi_instance_directories = /x\nmulti_instance_wrapper = w\n";
    const rig = new InstallationRig(main, flush("flush"));
    const first = { ...(await survey(rig, CONF)), configDirectory: "/etc/postfix-first" };
    rig.programs.add("postfix", () => ({}));
    await reload(rig, first);
    expect(rig.programs.lines.at(-1)).toBe("postfix -c /etc/postfix-first reload");
  });
});
