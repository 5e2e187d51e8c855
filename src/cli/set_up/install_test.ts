/** install, uninstall and status as commands: what is printed and asked, and how they end. */
import { describe, expect, test } from "bun:test";
import { CommandRig, end } from "../../../test/support/command_rig.ts";
import { CONF, InstallationRig, MASTER_CF, OURS } from "../../../test/support/installation_rig.ts";

const READY = end(0, ["logs", "3"], ["entries", "7"]);
const REBUILT = end(0, ["messages", "5"], ["added", "4"]);
/** The original closes the connection. */
const ORIGINAL = "";

/** A machine with Postfix, and a command line on it. */
function createRigs(main?: string, master?: string) {
  const machine = new InstallationRig(main, master);
  const rig = new CommandRig();
  rig.host = machine.host;
  rig.programs = machine.programs;
  machine.host.executable = "/root/fastflush";
  return { machine, rig };
}

/** The same with the service installed. */
async function createInstalled() {
  const rigs = createRigs();
  rigs.rig.replies.push(READY, REBUILT);
  expect(await rigs.rig.run("install", "--yes")).toBe(0);
  // What is left over would answer what is asked next, and the wait for another answer would never end.
  expect(rigs.rig.replies).toEqual([]);
  rigs.rig.terminal.outText = "";
  return rigs;
}

describe("nothing is changed", () => {
  for (const command of ["install", "uninstall"]) {
    test(`${command}: by others than root`, async () => {
      const { machine, rig } = createRigs();
      machine.host.uid = 100;
      expect(await rig.run(command, "--yes")).toBe(77);
      expect(rig.terminal.errText).toBe(`Not permitted: only root may ${command}.\n`);
    });

    test(`${command}: without a terminal and without --yes`, async () => {
      const { machine, rig } = await createInstalled();
      const before = machine.tree();
      expect(await rig.run(command)).toBe(64);
      expect(rig.terminal.errText).toStartWith(
        "Nothing was changed: there is no terminal to ask at.",
      );
      expect(machine.tree()).toEqual(before);
    });

    test(`${command}: in a dry run`, async () => {
      const { machine, rig } = command === "install" ? createRigs() : await createInstalled();
      const before = machine.tree();
      expect(await rig.run(command, "--dry-run")).toBe(0);
      expect(rig.terminal.outText).toContain(`- ${CONF}/master.cf `);
      expect(rig.terminal.outText).toEndWith("Nothing was changed: this was a dry run.\n");
      expect(machine.tree()).toEqual(before);
      expect(rig.terminal.errText).toBe("");
    });
  }

  for (const answer of ["n", "", "no", null]) {
    test(`install: the question is answered with ${JSON.stringify(answer)}`, async () => {
      const { machine, rig } = createRigs();
      rig.terminal.canAsk = true;
      rig.terminal.answers.push(...(answer === null ? [] : [answer]));
      // For whoever does not wait for the answer.
      rig.replies.push(READY, REBUILT);
      const before = machine.tree();
      expect(await rig.run("install")).toBe(1);
      expect(rig.terminal.errText).toBe("Do this in /etc/postfix? [y/N] ");
      expect(rig.terminal.outText).toEndWith("Nothing was changed.\n");
      expect(machine.tree()).toEqual(before);
    });
  }

  test("install: a dry run says that the program can't run here", async () => {
    const { machine, rig } = createRigs();
    machine.host.put("/root/flush", "broken");
    expect(await rig.run("install", "--dry-run")).toBe(1);
    expect(rig.terminal.errText).toContain("can't run here: TypeError: bun:ffi requires the JIT");
  });

  for (const answer of ["n", null]) {
    test(`uninstall: the question is answered with ${JSON.stringify(answer)}`, async () => {
      const { machine, rig } = await createInstalled();
      rig.terminal.canAsk = true;
      rig.terminal.answers.push(...(answer === null ? [] : [answer]));
      const before = machine.tree();
      expect(await rig.run("uninstall")).toBe(1);
      expect(rig.terminal.errText).toBe("Do this in /etc/postfix? [y/N] ");
      expect(rig.terminal.outText).toEndWith("Nothing was changed.\n");
      expect(machine.tree()).toEqual(before);
    });
  }

  test("install --json: what is asked about is told beside the lines", async () => {
    const { rig } = createRigs();
    rig.terminal.canAsk = true;
    rig.terminal.answers.push("n");
    rig.replies.push(READY, REBUILT);
    expect(await rig.run("install", "--json")).toBe(1);
    expect(rig.terminal.errText).toStartWith("/etc/postfix: Postfix 3.7.11, running\n- ");
    expect(rig.terminal.errText).toEndWith("\nDo this in /etc/postfix? [y/N] ");
    expect(rig.jsonLines()).toHaveLength(2);
    expect(rig.terminal.outText).toContain('"outcome":"declined"');
    expect(rig.terminal.outText).toEndWith('{"item":"end","status":"failed","instances":1}\n');
  });

  for (const count of ["0", "-1", "1.5", "many", "2147483648", ""]) {
    test(`install: --max-use=${count}`, async () => {
      const { rig } = createRigs();
      expect(await rig.run("install", "--yes", `--max-use=${count}`)).toBe(64);
      expect(rig.terminal.errText).toContain("It is a whole number of clients from 1 on.");
    });
  }

  test("install: refused, each reason in a line", async () => {
    const { rig } = createRigs("import_environment = BUN_X\n", "flush unix n - y 1000? 1 flush\n");
    expect(await rig.run("install", "--yes")).toBe(78);
    const [first, ...lines] = rig.terminal.errText.trimEnd().split("\n");
    expect(first).toBe("/etc/postfix: fastflush was not installed.");
    expect(lines.map((line) => line.slice(0, 20))).toEqual([
      "  The entry flush/un",
      "  import_environment",
    ]);
  });

  test("install: what can't be printed is not", async () => {
    const { rig } = createRigs("", "flush unix n - y 1000? 0 \x1b[1m\xff\n");
    expect(await rig.run("install", "--yes")).toBe(78);
    expect(rig.terminal.errText).toContain('runs "?[1m?"');
  });

  test("install: taken back where another service answers", async () => {
    const { machine, rig } = createRigs();
    const before = machine.tree();
    const running = rig.run("install", "--yes");
    const ticking = setInterval(() => rig.clock.advance(1000), 0);
    expect(await running).toBe(1);
    clearInterval(ticking);
    expect(rig.terminal.errText).toStartWith(
      "/etc/postfix: fastflush was not installed.\n  The service of fastflush did not answer within 20 seconds",
    );
    // What is said of the service may end in a question.
    expect(rig.terminal.errText).toMatch(
      /[.?] The mail log may say why\. The service that is put back/,
    );
    expect(rig.terminal.errText).not.toContain("?.");
    expect(rig.terminal.errText).toEndWith("  All is as it was before.\n");
    expect(machine.tree()).toEqual(before);
  });

  test("install: what could not be taken back is told, and not that all is as it was", async () => {
    const { machine, rig } = createRigs();
    machine.failsToReload = true;
    expect(await rig.run("install", "--yes")).toBe(1);
    const failure = '"postfix -c /etc/postfix reload" failed: postfix: fatal: no';
    expect(rig.terminal.errText).toEndWith(
      `  Could not be taken back: Postfix as it runs: ${failure}.\n  All else is as it was before.\n`,
    );
  });

  for (const name of ["main.cf", "master.cf"]) {
    test(`uninstall: ${name} has become a link`, async () => {
      const { machine, rig } = await createInstalled();
      const text = machine.host.read(`${CONF}/${name}`);
      machine.host.put(`/srv/${name}`, text);
      machine.host.putLink(`${CONF}/${name}`, `/srv/${name}`);
      const before = machine.tree();
      expect(await rig.run("uninstall", "--yes")).toBe(78);
      expect(rig.terminal.errText).toContain(`  ${CONF}/${name} is a link, and who looks after`);
      expect(machine.tree()).toEqual(before);
      expect(machine.host.read(`/srv/${name}`)).toBe(text);
    });
  }

  test("uninstall: not installed", async () => {
    const { rig } = createRigs();
    expect(await rig.run("uninstall", "--yes")).toBe(1);
    expect(rig.terminal.errText).toStartWith("/etc/postfix: fastflush was not uninstalled.\n");
  });
});

describe("done", () => {
  test("install says what it is going to do, asks, and says what it did", async () => {
    const { machine, rig } = createRigs();
    rig.terminal.canAsk = true;
    rig.terminal.answers.push("y");
    rig.replies.push(READY, REBUILT);
    expect(await rig.run("install")).toBe(0);
    expect(rig.terminal.outText).toStartWith(`/etc/postfix: Postfix 3.7.11, running
- /usr/lib/postfix/sbin/fastflush/flush is made: a copy of /root/flush, which is started once to see that it can run here
- /etc/postfix/master.cf is kept as it is now: /etc/postfix/fastflush/master.cf.before-20260101T000000Z
- /etc/postfix/master.cf is changed:
    -flush   unix  n  - y 1000? 0   flush
    -  -o syslog_facility=mail   -o { x = y z }
    +flush unix n - y 1000? 0 fastflush/flush
    +    -o syslog_facility=mail
    +    -o {x=y z}
    +    -o max_use=100000
`);
    expect(rig.terminal.outText).toContain(
      `Installed: fastflush's service answers. "fastflush uninstall" puts all back as it was.
Read 5 deferred messages. 4 missing entries added to the record.
To consider:
- Anybody who reaches the SMTP port can have the mail of a recorded destination tried again (ETRN).`,
    );
    expect(rig.requests).toEqual([
      "request fastflush_preview version 1 sites",
      "request fastflush_rebuild version 1",
    ]);
    expect(machine.running).toBe("fastflush/flush");
  });

  test("a record that can't be completed now is no failure", async () => {
    const { rig } = createRigs();
    rig.replies.push(READY, "item\0");
    expect(await rig.run("install", "--yes")).toBe(0);
    expect(rig.terminal.errText).toContain("The record is not complete yet: the service goes on");
  });

  test("where Postfix does not run, nobody is asked for anything", async () => {
    const { machine, rig } = createRigs();
    machine.stop();
    expect(await rig.run("install", "--yes")).toBe(0);
    expect(rig.terminal.outText).toContain(
      "Installed: fastflush serves when Postfix starts, and completes the record at its first wake-up.",
    );
    expect([rig.requests, rig.terminal.errText]).toEqual([[], ""]);
  });

  test("what is up to date is left alone, and advice is given once more", async () => {
    const { machine, rig } = await createInstalled();
    const before = machine.tree();
    rig.requests.splice(0);
    // Nothing is to be done: nobody is asked, and no terminal is needed for that.
    expect(await rig.run("install", "--yes")).toBe(0);
    expect(rig.terminal.outText).toStartWith(
      "/etc/postfix: Postfix 3.7.11, running\nAlready installed and up to date: nothing was changed.\nTo consider:\n- Anybody",
    );
    expect([rig.requests, machine.tree()]).toEqual([[], before]);
  });

  test("a program that is named without a folder is the one here, and not one that PATH has", async () => {
    const { machine, rig } = createRigs();
    machine.host.put("./flush-new", OURS);
    expect(await rig.run("install", "--dry-run", "--program", "flush-new")).toBe(0);
    expect(rig.terminal.outText).toContain(": a copy of ./flush-new, which is started once");
    expect(machine.programs.lines).toContainEqual(expect.stringContaining(" ./flush-new -S"));
  });

  test("an update does not ask for the record: it is as complete as it was", async () => {
    const { machine, rig } = await createInstalled();
    machine.host.put("/root/flush", `${OURS}, newer`);
    rig.requests.splice(0);
    rig.replies.push(READY);
    expect(await rig.run("install", "--yes")).toBe(0);
    expect(rig.terminal.outText).toContain("Updated: the service answers.\n");
    expect(rig.requests).toEqual(["request fastflush_preview version 1 sites"]);
  });

  test("uninstall puts all back", async () => {
    const { machine, rig } = await createInstalled();
    rig.replies.push(ORIGINAL);
    expect(await rig.run("uninstall", "--yes")).toBe(0);
    expect(rig.terminal.outText).toBe(`/etc/postfix: Postfix 3.7.11, running
- /etc/postfix/master.cf gets the bytes back that it had before
- Postfix reloads, and its own flush service must answer; otherwise all is taken back
- /usr/lib/postfix/sbin/fastflush/flush is removed
- the record stays, and all mail
Uninstalled: Postfix's own flush service answers.
`);
    expect(machine.masterCf).toBe(MASTER_CF);
  });

  test("uninstall shows lines with tabs as a terminal would", async () => {
    const { machine, rig } = await createInstalled();
    machine.edit("master.cf", (text) => text.replaceAll(" -o max_use", "\t-o\tmax_use"));
    expect(await rig.run("uninstall", "--dry-run")).toBe(0);
    expect(rig.terminal.outText).toMatch(/^ {4}- .* -o +max_use=100000$/m);
    expect(rig.terminal.outText).not.toContain("?max_use");
  });

  test("what is installed is so, whether or not advice can be given", async () => {
    const { machine, rig } = createRigs();
    const running = machine.reloadCount;
    rig.replies.push(READY, REBUILT);
    const postconf = machine.programs.run.bind(machine.programs);
    machine.programs.run = async (words, options) =>
      words[0] === "postconf" && machine.reloadCount > running
        ? { status: 1, out: "", err: "postconf: fatal: gone\n", isLate: false }
        : await postconf(words, options);
    expect(await rig.run("install", "--yes")).toBe(0);
    expect(rig.terminal.outText).toContain("Installed: fastflush's service answers.");
    expect(rig.terminal.errText).toBe("What else is worth setting can't be told: Gone.\n");
  });

  test("in JSON lines", async () => {
    const { rig } = createRigs();
    rig.replies.push(READY, REBUILT);
    expect(await rig.run("install", "--yes", "--every-destination", "--json")).toBe(0);
    expect(rig.terminal.errText).toBe("");
    expect(rig.jsonLines()).toEqual([
      {
        item: "instance",
        config_directory: CONF,
        postfix: "3.7.11",
        outcome: "installed",
        program: "/usr/lib/postfix/sbin/fastflush/flush",
        changed: [`${CONF}/main.cf`, `${CONF}/master.cf`],
        copies: [
          `${CONF}/fastflush/main.cf.before-20260101T000000Z`,
          `${CONF}/fastflush/master.cf.before-20260101T000000Z`,
        ],
        messages: 5,
        added: 4,
      },
      { item: "end", status: "done", instances: 1 },
    ]);
    rig.terminal.outText = "";
    rig.replies.push(ORIGINAL);
    expect(await rig.run("uninstall", "--yes", "--json")).toBe(0);
    expect(rig.jsonLines()).toEqual([
      {
        item: "instance",
        config_directory: CONF,
        postfix: "3.7.11",
        outcome: "uninstalled",
        program: "/usr/lib/postfix/sbin/fastflush/flush",
        restored: [`${CONF}/main.cf`, `${CONF}/master.cf`],
        edited: [],
      },
      { item: "end", status: "done", instances: 1 },
    ]);
    rig.terminal.outText = "";
    expect(await rig.run("uninstall", "--yes", "--json")).toBe(1);
    expect(rig.jsonLines()).toEqual([
      {
        item: "reason",
        config_directory: CONF,
        why: "fastflush's service is not in /etc/postfix/master.cf, and nothing is left of an installation.",
      },
      expect.objectContaining({ item: "instance", outcome: "refused", postfix: null }),
      { item: "end", status: "failed", instances: 1 },
    ]);
  });

  test("what stays, each setting in a line of its own", async () => {
    const { machine, rig } = createRigs();
    rig.replies.push(READY, REBUILT);
    await rig.run("install", "--yes", "--every-destination");
    expect(rig.replies.splice(0)).toEqual([]);
    rig.replies.push(ORIGINAL);
    machine.edit("main.cf", (text) => text.replace("permit_mynetworks, reject", "a, reject"));
    rig.terminal.outText = "";
    expect(await rig.run("uninstall", "--yes", "--json")).toBe(0);
    expect(rig.terminal.outText).toContain(
      '{"item":"stays","config_directory":"/etc/postfix","setting":"smtpd_etrn_restrictions = a, reject"}\n',
    );
  });

  test("of several instances, the first that is not done gives the status", async () => {
    const { machine, rig } = createRigs(
      "multi_instance_directories = /etc/postfix-out\n",
      "smtp inet n - y - - smtpd\n",
    );
    machine.host.put("/etc/postfix-out/main.cf", "queue_directory = /var/spool/out\n");
    machine.host.put("/etc/postfix-out/master.cf", MASTER_CF);
    rig.replies.push(READY, REBUILT);
    expect(await rig.run("install", "--yes", "--all-instances")).toBe(78);
    expect(rig.terminal.outText).toEndWith("2 Postfix instances: 1 refused, 1 installed.\n");
    expect(rig.terminal.outText).toContain(
      '"fastflush -c /etc/postfix-out uninstall" puts all back as it was.\n',
    );
    expect(rig.terminal.outText).toContain(
      '"fastflush -c /etc/postfix-out install --every-destination" has all of them recorded',
    );
  });

  test("all instances, one after the other, each by itself", async () => {
    const { machine, rig } = createRigs("multi_instance_directories = /etc/postfix-out\n");
    machine.host.put("/etc/postfix-out/main.cf", "");
    machine.host.put("/etc/postfix-out/master.cf", "smtp inet n - y - - smtpd\n");
    rig.replies.push(READY, REBUILT);
    expect(await rig.run("install", "--yes", "--all-instances")).toBe(78);
    expect(rig.directories).toEqual([null, "/etc/postfix-out"]);
    expect(rig.terminal.errText).toContain("/etc/postfix-out: fastflush was not installed.\n");
    expect(rig.terminal.outText).toEndWith("2 Postfix instances: 1 installed, 1 refused.\n");
    expect(machine.masterCf).toContain("fastflush/flush");
  });
});
