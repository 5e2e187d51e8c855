/**
 * `fastflush install`, `uninstall` and `status` with a real Postfix, a private one: its master.cf has comments, lines that
 * go on, settings and odd spacing; mail is recorded and flushed at each stage.
 *
 * At which step whatever goes wrong: src/installation/interruptions_test.ts, on a machine in memory.
 */
import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { copyProgram } from "../../lab/instance_files.ts";
import { PostfixInstance } from "../../lab/postfix_instance.ts";
import { type Outcome, run } from "../../lab/run.ts";
import { complaints } from "./complaints.ts";
import { arrived, deferMail, recorded, waitUntilGone } from "./real_mail.ts";
import { TEST_LIMIT_MS } from "./services.ts";

const DIST = join(import.meta.dir, "..", "..", "dist");
const PROGRAM = join(DIST, "fastflush");
const ONE = "one.example";
const TWO = "two.example";

/** How the entry of the flush service looks before. */
const ODD_ENTRY = `# Before the flush service.
flush   unix  n\t-       y 1000? 0   flush   
   # Within its entry.
\t-o syslog_facility=mail   -o { import_environment = MAIL_CONFIG LANG }
#  -o max_use=7

  -o maillog_file_prefixes=/var/tmp
# Behind it.`;

/** The same as postconf(1) lays it out, with our program. */
const OUR_ENTRY = `# Before the flush service.
   # Within its entry.
#  -o max_use=7

# Behind it.
flush      unix  n       -       y       1000?   0       fastflush/flush
    -o syslog_facility=mail
    -o {import_environment=MAIL_CONFIG LANG}
    -o maillog_file_prefixes=/var/tmp
    -o max_use=100000`;

async function fastflush(instance: PostfixInstance, ...words: string[]): Promise<Outcome> {
  return await run([PROGRAM, "-c", instance.config_folder, ...words]);
}

/** All below a folder: owner, mode and content of each. */
function tree(folder: string): Record<string, string> {
  if (!existsSync(folder)) {
    return {};
  }
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  return Object.fromEntries(
    paths.map((path) => {
      const { mode, uid, gid, size } = lstatSync(join(folder, path));
      const isFile = lstatSync(join(folder, path)).isFile();
      const content = isFile && size < 1e6 ? readFileSync(join(folder, path), "latin1") : "";
      return [path, `${mode.toString(8)} ${uid} ${gid} ${content}`];
    }),
  );
}

function snapshot(instance: PostfixInstance): unknown {
  return [tree(instance.config_folder), tree(join(instance.folder, "sbin", "fastflush"))];
}

function changeFile(path: string, change: (text: string) => string): void {
  const before = readFileSync(path, "latin1");
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(path, after, "latin1");
}

/** An instance with the original, not started, and as if fastflush had never been on the machine. */
async function createInstance(
  main: Readonly<Record<string, string>> = {},
): Promise<PostfixInstance> {
  const instance = await PostfixInstance.create({
    name: "fastflush-test",
    sites: [ONE, TWO],
    main,
  });
  rmdirSync(join(instance.folder, "sbin", "fastflush"));
  const master = join(instance.config_folder, "master.cf");
  changeFile(master, (text) => text.replace(/^flush unix .*$/m, ODD_ENTRY));
  chmodSync(master, 0o640);
  chownSync(master, 0, instance.owner.gid);
  return instance;
}

/** Declares a test with such an instance, removed in any case. */
function instanceTest(
  name: string,
  main: Readonly<Record<string, string>>,
  body: (instance: PostfixInstance) => Promise<void>,
): void {
  test(
    name,
    async () => {
      const instance = await createInstance(main);
      try {
        await body(instance);
      } finally {
        await instance.remove();
      }
    },
    TEST_LIMIT_MS,
  );
}

interface StatusLine {
  readonly entry: string;
  readonly answers: string;
  readonly processes: readonly string[];
  readonly rebuilt: string;
  readonly max_use: string;
}

/** What `status --json` says of the instance. */
async function statusOf(instance: PostfixInstance): Promise<StatusLine> {
  const { stdout } = await fastflush(instance, "status", "--json");
  return JSON.parse(stdout.split("\n")[0] ?? "");
}

/** Mail for a site is deferred and recorded; a flush delivers it, and no other. */
async function expectFlush(instance: PostfixInstance, site: string, other: string): Promise<void> {
  const ids = await deferMail(instance, [site, other], 2);
  const [own = [], others = []] = [ids[site], ids[other]];
  expect(recorded(instance, site)).toEqual(expect.arrayContaining([...own]));
  await instance.destinations.get(site)?.up();
  expect(await instance.command("postqueue", "-s", site)).toMatchObject({ status: 0 });
  await waitUntilGone(instance, own);
  expect(arrived(instance, site)).toEqual(expect.arrayContaining([...own]));
  const deferred = await instance.deferredIds();
  expect(others.every((id) => deferred.has(id))).toBeTrue();
  await instance.destinations.get(site)?.down();
}

describe("install and uninstall", () => {
  instanceTest("with mail at each stage, and back byte for byte", {}, async (instance) => {
    await instance.start();
    const before = snapshot(instance);
    await expectFlush(instance, ONE, TWO);
    expect(await statusOf(instance)).toMatchObject({ entry: "original", answers: "original" });

    const installed = await fastflush(instance, "install", "--yes");
    expect(installed).toMatchObject({ status: 0, stderr: "" });
    expect(installed.stdout).toContain("Installed: fastflush's service answers.");
    expect(installed.stdout).toMatch(/^Read [0-9]+ deferred messages\. /m);
    const master = join(instance.config_folder, "master.cf");
    const text = readFileSync(master, "latin1");
    expect(text).toContain(OUR_ENTRY);
    expect(lstatSync(master)).toMatchObject({ gid: instance.owner.gid, mode: 0o100640 });
    const status = await statusOf(instance);
    expect(status).toMatchObject({
      entry: "fastflush",
      answers: "fastflush",
      max_use: "100000",
      rebuilt: "yes",
    });
    expect((await fastflush(instance, "verify")).status).toBe(0);
    await expectFlush(instance, ONE, TWO);
    expect((await statusOf(instance)).processes.join()).toMatch(/^[0-9]+ fastflush/);
    const check = await instance.command("postfix", "check");
    expect(check).toEqual({ status: 0, stdout: "", stderr: "" });

    const removed = await fastflush(instance, "uninstall", "--yes");
    expect(removed).toMatchObject({ status: 0, stderr: "" });
    expect(removed.stdout).toContain("Uninstalled: Postfix's own flush service answers.");
    expect(snapshot(instance)).toEqual(before);
    await expectFlush(instance, TWO, ONE);
    const after = await statusOf(instance);
    expect(after).toMatchObject({ entry: "original", answers: "original" });
    expect(after.processes.join()).toMatch(/^[0-9]+ original/);
    expect(complaints(instance.log.linesSince(0)).filter((line) => /flush/.test(line))).toEqual([]);
  });

  instanceTest(
    "every destination is recorded, and ETRN closed; an administrator's changes stay",
    { fast_flush_domains: ONE },
    async (instance) => {
      await instance.start();
      const main = join(instance.config_folder, "main.cf");
      const before = readFileSync(main, "latin1");
      await deferMail(instance, [ONE, TWO], 1);
      expect(recorded(instance, TWO)).toEqual([]);
      const installed = await fastflush(instance, "install", "--yes", "--every-destination");
      expect(installed).toMatchObject({ status: 0, stderr: "" });
      expect(installed.stdout).not.toContain("To consider");
      expect(recorded(instance, TWO)).toHaveLength(1);
      expect((await fastflush(instance, "verify")).status).toBe(0);

      changeFile(
        main,
        (text) => `${text}# Of the administrator's.\nmessage_size_limit = 5000000\n`,
      );
      const removed = await fastflush(instance, "uninstall", "--yes");
      expect(removed.status).toBe(0);
      expect(removed.stdout).toContain("was changed since by somebody else");
      expect(readFileSync(main, "latin1")).toBe(
        `${before}# Of the administrator's.\nmessage_size_limit = 5000000\n`,
      );
    },
  );

  instanceTest("installing again updates the program", {}, async (instance) => {
    await instance.start();
    await fastflush(instance, "install", "--yes");
    const [pid] = (await statusOf(instance)).processes;
    const installed = snapshot(instance);
    const again = await fastflush(instance, "install", "--yes");
    expect(again.stdout).toContain("Already installed and up to date: nothing was changed.");
    expect(snapshot(instance)).toEqual(installed);
    // The same bytes with a wrong mode stand for another build.
    const program = join(instance.folder, "sbin", "fastflush", "flush");
    chmodSync(program, 0o700);
    const updated = await fastflush(instance, "install", "--yes");
    expect(updated).toMatchObject({ status: 0, stderr: "" });
    expect(updated.stdout).toContain("Updated: the service answers.");
    expect(snapshot(instance)).toEqual(installed);
    await instance.waitFor("the old process to end", async () => {
      const { processes } = await statusOf(instance);
      return processes.every((each) => each !== pid && !each.includes("outdated"));
    });
  });

  instanceTest("a Postfix that does not run takes it up when it starts", {}, async (instance) => {
    const before = snapshot(instance);
    const installed = await fastflush(instance, "install", "--yes", "--max-use", "20");
    expect(installed).toMatchObject({ status: 0, stderr: "" });
    expect(installed.stdout).toContain("fastflush serves when Postfix starts");
    await instance.start();
    await instance.waitFor("ours to answer", async () => {
      const { answers, max_use } = await statusOf(instance);
      return answers === "fastflush" && max_use === "20";
    });
    await instance.stop();
    expect((await fastflush(instance, "uninstall", "--yes")).status).toBe(0);
    expect(snapshot(instance)).toEqual(before);
  });

  instanceTest(
    "the first of several instances, in a directory of its own",
    {},
    async (instance) => {
      instance.setMain({
        multi_instance_enable: "yes",
        multi_instance_directories: "/etc/postfix-out",
        multi_instance_wrapper: "/bin/false",
      });
      await instance.start();
      const installed = await fastflush(instance, "install", "--yes");
      expect(installed).toMatchObject({ status: 0, stderr: "" });
      expect(installed.stdout).toContain("Installed: fastflush's service answers.");
      expect((await fastflush(instance, "uninstall", "--yes")).status).toBe(0);
    },
  );

  instanceTest("with options that postconf would lose, nothing is done", {}, async (instance) => {
    const master = join(instance.config_folder, "master.cf");
    const text = readFileSync(master, "utf8");
    writeFileSync(
      master,
      text.replace(/^(flush +unix .*)$/m, `$1 { -o fast_flush_domains = ${ONE} }`),
    );
    await instance.start();
    await expectFlush(instance, ONE, TWO);
    const before = snapshot(instance);
    for (const how of ["--yes", "--dry-run"]) {
      const refused = await fastflush(instance, "install", how);
      expect(refused.status).toBe(78);
      expect(refused.stderr).toContain(`has "{ -o fast_flush_domains = ${ONE} }"`);
    }
    expect(snapshot(instance)).toEqual(before);
  });

  test(
    "several instances that share a program",
    async () => {
      const one = await createInstance();
      const two = await createInstance();
      try {
        one.setMain({ multi_instance_directories: two.config_folder });
        two.setMain({ daemon_directory: join(one.folder, "sbin") });
        const before = [snapshot(one), snapshot(two)];
        const installed = await fastflush(one, "install", "--yes", "--all-instances");
        expect(installed).toMatchObject({ status: 0, stderr: "" });
        expect(installed.stdout).toEndWith("2 Postfix instances: 2 installed.\n");
        const program = join(one.folder, "sbin", "fastflush", "flush");
        const first = await fastflush(one, "uninstall", "--yes");
        expect(first.stdout).toContain(`${program} stays: ${two.config_folder} uses it too`);
        expect(existsSync(program)).toBeTrue();
        const both = await fastflush(one, "uninstall", "--yes", "--all-instances");
        expect(both.status).toBe(1);
        expect(both.stderr).toContain("nothing is left of an installation");
        expect(both.stdout).toEndWith("2 Postfix instances: 1 refused, 1 uninstalled.\n");
        expect([snapshot(one), snapshot(two)]).toEqual(before);
      } finally {
        await one.remove();
        await two.remove();
      }
    },
    TEST_LIMIT_MS,
  );
});

describe("install takes all back", () => {
  /** Starts as ours where it is tried, and not under master(8). */
  const MOODY = `#!/bin/sh\ncase "$*" in -S) exec ${join(DIST, "flush")} -S;; esac\nexit 1\n`;

  instanceTest("where the service does not answer under master(8)", {}, async (instance) => {
    await instance.start();
    const before = snapshot(instance);
    const program = join(instance.folder, "bin", "moody");
    writeFileSync(program, MOODY, { mode: 0o755 });
    const outcome = await fastflush(instance, "install", "--yes", "--program", program);
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain("fastflush was not installed.");
    expect(outcome.stderr).toContain("All is as it was before.");
    expect(snapshot(instance)).toEqual(before);
    // master(8) would start it again within a minute.
    await instance.stop();
    await instance.start();
    await expectFlush(instance, ONE, TWO);
    expect(await statusOf(instance)).toMatchObject({ entry: "original", answers: "original" });
  });

  const rows: ReadonlyArray<readonly [what: string, from: string, words: string]> = [
    ["the original", "sbin/flush", "is not the program of this fastflush's service"],
    ["a program that can't run", "bin/broken", "program can't run here: exit status 1"],
    ["no program", "bin/missing", "is not there"],
  ];
  for (const [what, from, words] of rows) {
    instanceTest(`where the program is ${what}`, {}, async (instance) => {
      const broken = join(instance.folder, "bin", "broken");
      copyProgram("/bin/false", broken);
      const before = snapshot(instance);
      const program = join(instance.folder, from);
      const outcome = await fastflush(instance, "install", "--yes", "--program", program);
      expect(outcome.status).not.toBe(0);
      expect(outcome.stderr).toContain(words);
      expect(snapshot(instance)).toEqual(before);
    });
  }

  instanceTest("where the engine gets too little memory", {}, async (instance) => {
    const limited = join(instance.folder, "bin", "limited");
    const script = `#!/bin/sh\nulimit -v 1000000\nexec ${join(DIST, "flush")} "$@"\n`;
    writeFileSync(limited, script, { mode: 0o755 });
    const before = snapshot(instance);
    for (const how of ["--dry-run", "--yes"]) {
      const outcome = await fastflush(instance, "install", how, "--program", limited);
      expect(outcome.status).toBe(1);
      expect(outcome.stderr).toContain(
        "program can't run here: TypeError: bun:ffi requires the JIT",
      );
      expect(snapshot(instance)).toEqual(before);
    }
  });
});

describe("install refuses", () => {
  const rows: ReadonlyArray<
    readonly [what: string, change: (text: string) => string, words: string]
  > = [
    [
      "two entries",
      (text) => `${text}flush unix n - n 1000? 0 flush\n`,
      "has 2 entries flush/unix",
    ],
    ["no entry", (text) => text.replace(ODD_ENTRY, ""), "has no entry flush/unix"],
    [
      "a program of somebody's own",
      (text) => text.replace("0   flush", "0   fastflush2/flush"),
      'runs "fastflush2/flush"',
    ],
    ["-v", (text) => text.replace("0   flush", "0   flush -v"), "has -v"],
    ["what postconf does not understand", (text) => `${text}junk line\n`, "bad field count"],
  ];
  for (const [what, change, words] of rows) {
    instanceTest(`${what}, and changes nothing`, {}, async (instance) => {
      changeFile(join(instance.config_folder, "master.cf"), change);
      const before = snapshot(instance);
      const outcome = await fastflush(instance, "install", "--yes");
      expect(outcome.status).toBe(78);
      expect(outcome.stderr).toContain(words);
      expect(snapshot(instance)).toEqual(before);
    });
  }

  instanceTest("whoever is not root", {}, async (instance) => {
    const program = join(instance.folder, "bin", "fastflush");
    copyProgram(PROGRAM, program);
    const stranger = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    chmodSync(join(instance.config_folder, "master.cf"), 0o644);
    for (const command of ["install", "uninstall"]) {
      const words = [program, "-c", instance.config_folder, command, "--yes"];
      expect(await run([...stranger, ...words])).toEqual({
        status: 77,
        stdout: "",
        stderr: `Not permitted: only root may ${command}.\n`,
      });
    }
    const status = await run([...stranger, program, "-c", instance.config_folder, "status"]);
    expect(status.stdout).toContain("for root to see");
  });
});
