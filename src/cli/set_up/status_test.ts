/** `fastflush status`: whose service there is, by each of the signs, and how it ends. */
import { describe, expect, test } from "bun:test";
import { CommandRig, end } from "../../../test/support/command_rig.ts";
import { InstallationRig } from "../../../test/support/installation_rig.ts";
import { running } from "../../../test/support/sound_set_up.ts";

const OURS = end(0, ["logs", "3"], ["entries", "7"]);
const SAFE = "smtpd_etrn_restrictions = permit_mynetworks, reject\n";

const SMTP = "smtp inet n - y - - smtpd\n";

const flush = (command: string): string => `${SMTP}flush unix n - y 1000? 0 ${command}\n`;

function createRigs(main: string, master: string) {
  const machine = new InstallationRig(main, master);
  const rig = new CommandRig();
  rig.host = machine.host;
  rig.programs = machine.programs;
  return { machine, rig };
}

/** A child of master(8) that runs this file. */
function addProcess(
  { machine, rig }: ReturnType<typeof createRigs>,
  pid: number,
  path: string,
  parentPid = 77,
): void {
  rig.processes.running.push({ ...running(pid, "flush", 1n), parentPid });
  machine.host.putLink(`/proc/${pid}/exe`, path);
}

describe("status", () => {
  test("of an installed service", async () => {
    const main = `${SAFE}fast_flush_domains = static:all\nfast_flush_refresh_time = 7d\n`;
    const rigs = createRigs(main, flush("fastflush/flush -o max_use=100000"));
    const { machine, rig } = rigs;
    addProcess(rigs, 101, "/usr/lib/postfix/sbin/fastflush/flush");
    addProcess(rigs, 100, "/usr/lib/postfix/sbin/fastflush/flush (deleted)");
    addProcess(rigs, 102, "/usr/lib/postfix/sbin/qmgr");
    addProcess(rigs, 103, "/usr/lib/postfix/sbin/flush", 78);
    machine.host.put("/queue/flush/REBUILT", "");
    rig.replies.push(OURS);
    expect(await rig.run("status")).toBe(0);
    expect(rig.terminal.outText).toBe(`/etc/postfix: Postfix 3.7.11, running, master 77
  master.cf   fastflush's service: fastflush/flush -o max_use=100000
  max_use     100000 clients a process
  processes   100 (fastflush's before its update, which ends by itself), 101 (fastflush's)
  answers     fastflush's service, with 7 entries in 3 logs
  recorded    every destination
  ETRN        by smtpd_etrn_restrictions: permit_mynetworks, reject
  record      complete: it was made from the queue
`);
    expect(rig.terminal.errText).toBe("");
  });

  test("of the original, with what is worth doing", async () => {
    const rigs = createRigs("relay_domains = a.example\n", flush("flush"));
    const { rig } = rigs;
    addProcess(rigs, 101, "/usr/lib/postfix/sbin/flush");
    rig.replies.push("");
    expect(await rig.run("status")).toBe(1);
    const { outText } = rig.terminal;
    expect(outText).toContain("  master.cf   Postfix's own flush service: flush\n");
    expect(outText).toContain("  processes   101 (the original's)\n");
    expect(outText).toContain("  answers     Postfix's own flush service\n");
    expect(outText).toContain('  recorded    destinations in "a.example"\n');
    expect(outText).toContain("  ETRN        open to everybody who reaches the SMTP port\n");
    expect(outText).toMatch(
      /To consider:\n- Anybody .*\n- Recorded are only .*--every-destination.*\n$/,
    );
  });

  const rows: ReadonlyArray<
    readonly [
      what: string,
      main: string,
      master: string,
      isRunning: boolean,
      reply: string | null,
      says: string,
      status: number,
    ]
  > = [
    [
      "ours in master.cf, the original answers",
      SAFE,
      flush("fastflush/flush"),
      true,
      "",
      "Postfix's own flush service\n",
      1,
    ],
    [
      "ours, and nobody answers",
      SAFE,
      flush("fastflush/flush"),
      true,
      null,
      "No flush service listens at /queue",
      1,
    ],
    [
      "ours, and Postfix does not run",
      SAFE,
      flush("fastflush/flush"),
      false,
      null,
      "none, as Postfix does not run",
      0,
    ],
    [
      "the original, and Postfix does not run",
      SAFE,
      flush("flush"),
      false,
      null,
      "none, as Postfix does not run",
      1,
    ],
    [
      "the original in master.cf, and ours answers still",
      SAFE,
      flush("flush"),
      true,
      OURS,
      "fastflush's service, with 7 entries",
      1,
    ],
    ["no entry", SAFE, "smtp inet n - y - - smtpd\n", true, "", "no entry: no record is kept", 1],
    ["two entries", SAFE, flush("flush") + flush("flush"), true, "", "several entries: flush", 1],
    ["somebody's own", SAFE, flush("mine"), true, "", "a program of somebody's own: mine", 1],
    [
      "nothing recorded",
      `${SAFE}relay_domains =\n`,
      flush("flush"),
      true,
      "",
      "no destination (fast_flush_domains is empty)",
      1,
    ],
    [
      "few clients a process",
      SAFE,
      flush("fastflush/flush"),
      true,
      OURS,
      "postconf -P flush/unix/max_use=100000",
      0,
    ],
    [
      "never woken",
      SAFE,
      "flush unix n - y 0 0 fastflush/flush\n",
      true,
      OURS,
      "postconf -F 'flush/unix/wakeup=1000?'",
      0,
    ],
    [
      "an open entry",
      SAFE,
      `a inet n - y - - smtpd -o smtpd_etrn_restrictions=permit\n${flush("flush")}`,
      true,
      "",
      "; open to everybody at a/inet\n",
      1,
    ],
    [
      "ETRN open, where SMTP is spoken on this machine alone",
      "relay_domains=a\ninet_interfaces = loopback-only\n",
      flush("flush"),
      true,
      "",
      "  ETRN        open to everybody on this machine, where alone SMTP is spoken\n",
      1,
    ],
    [
      "the same, with advice",
      "relay_domains=a\ninet_interfaces = loopback-only\n",
      flush("flush"),
      true,
      "",
      "- Anybody on this machine can have the mail of a recorded destination tried again (ETRN), and everybody once SMTP " +
        "is spoken with others. To leave that to your own networks: " +
        "postconf 'smtpd_etrn_restrictions=permit_mynetworks, reject' && postfix reload.\n",
      1,
    ],
    [
      "ETRN closed by restrictions for all clients",
      "smtpd_client_restrictions = permit_mynetworks, reject\n",
      flush("flush"),
      true,
      "",
      "  ETRN        not open to everybody\n",
      1,
    ],
    [
      "advice where Postfix does not run",
      "relay_domains=a\n",
      flush("flush"),
      false,
      null,
      "postconf 'smtpd_etrn_restrictions=permit_mynetworks, reject'.\n",
      1,
    ],
    [
      "an open entry, with advice",
      `${SAFE}relay_domains=a\n`,
      `a inet n - y - - smtpd -o smtpd_etrn_restrictions=permit\n${flush("flush")}`,
      true,
      "",
      "postconf -P 'a/inet/smtpd_etrn_restrictions=permit_mynetworks, reject' && postfix reload.\n",
      1,
    ],
    [
      "a short refresh time",
      `${SAFE}fast_flush_domains=static:all\n`,
      flush("fastflush/flush"),
      true,
      OURS,
      "postconf fast_flush_refresh_time=7d",
      0,
    ],
  ];
  for (const [what, main, master, isRunning, reply, says, status] of rows) {
    test(what, async () => {
      const { machine, rig } = createRigs(main, master);
      if (!isRunning) {
        machine.stop();
      }
      if (reply === null) {
        rig.refuse("ECONNREFUSED");
      } else {
        rig.replies.push(reply);
      }
      expect(await rig.run("status")).toBe(status);
      expect(rig.terminal.outText).toContain(says);
    });
  }

  test("to the mail owner, who sees the record", async () => {
    const { machine, rig } = createRigs(SAFE, flush("fastflush/flush"));
    machine.host.uid = 100;
    rig.replies.push("");
    await rig.run("status");
    expect(rig.terminal.outText).toContain("  processes   for root to see\n");
    expect(rig.terminal.outText).not.toContain("whether it is complete");
  });

  test("to others than root", async () => {
    const { machine, rig } = createRigs(SAFE, flush("fastflush/flush"));
    machine.host.uid = 100;
    // The file with its process ID is root's.
    machine.host.forbidden = "/var/spool/postfix/pid/";
    rig.forbidAsking();
    rig.replies.push("");
    expect(await rig.run("status")).toBe(1);
    expect(rig.terminal.outText).toStartWith(
      "/etc/postfix: Postfix 3.7.11, whether it runs is for root to see\n",
    );
    expect(rig.terminal.outText).toContain("  processes   for root to see\n");
    expect(rig.terminal.outText).toContain(
      "  answers     Not permitted: only root and the mail owner",
    );
  });

  test("in JSON lines", async () => {
    const rigs = createRigs(`${SAFE}fast_flush_domains=static:all\n`, flush("fastflush/flush"));
    const { rig } = rigs;
    addProcess(rigs, 101, "/usr/lib/postfix/sbin/fastflush/flush");
    rig.replies.push(OURS);
    expect(await rig.run("status", "--json")).toBe(0);
    expect(rig.jsonLines()).toEqual([
      {
        item: "instance",
        config_directory: "/etc/postfix",
        postfix: "3.7.11",
        master_pid: 77,
        entry: "fastflush",
        command: "fastflush/flush",
        max_use: "100",
        processes: ["101 fastflush"],
        answers: "fastflush",
        logs: 3,
        entries: 7,
        recorded: "static:all",
        etrn: "restricted",
        rebuilt: "no",
      },
      { item: "advice", config_directory: "/etc/postfix", text: expect.stringContaining("7d") },
      {
        item: "advice",
        config_directory: "/etc/postfix",
        text: expect.stringContaining("max_use"),
      },
      { item: "end", status: "done", instances: 1 },
    ]);
  });

  test("in JSON lines, ETRN is open where an entry leaves it open", async () => {
    const own = "a inet n - y - - smtpd -o smtpd_etrn_restrictions=permit\n";
    const { rig } = createRigs(SAFE, own + flush("flush"));
    rig.replies.push("");
    expect(await rig.run("status", "--json")).toBe(1);
    expect(rig.terminal.outText).toContain('"etrn":"open"');
  });

  test("a configuration that postconf does not understand", async () => {
    const { machine, rig } = createRigs(SAFE, flush("flush"));
    machine.programs.add("postconf", () => ({
      status: 1,
      err: "postconf: fatal: bad \x1b thing\n",
    }));
    expect(await rig.run("status")).toBe(78);
    expect(rig.terminal.errText).toBe("/etc/postfix: could not be looked at.\n  Bad ? thing.\n");
  });
});
