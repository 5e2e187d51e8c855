/**
 * The scripts that dpkg runs, with stand-ins for the programs that they call: which instances they go to, what they take
 * away, and how they end. DPKG_ROOT keeps them from this machine. With real ones: test/long/packages.sh.
 */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const DEBIAN = join(import.meta.dir, "..", "..", "debian");
const OURS = "flush unix n - y 1000? 0 fastflush/flush\n";
const ORIGINALS = "flush unix n - y 1000? 0 flush\n";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync("/var/tmp/fastflush-scripts-");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function program(name: string, script: string): Promise<void> {
  const path = join(folder, "bin", name);
  await Bun.write(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

/** Instances by name, each with its master.cf; `fails`: those where the stand-in for fastflush ends with status 1. */
async function plant(instances: Readonly<Record<string, string>>, fails: readonly string[] = []) {
  const cases = fails.map((name) => `*/${name}\\ *) exit 1 ;;`).join(" ");
  const programs = {
    postconf: `echo ${folder}/daemons`,
    postfix: "",
    systemctl: "",
    // Nothing runs.
    "start-stop-daemon": "exit 1",
    fastflush: `cat; case "$* " in ${cases} *--dry-run*) cat ${folder}/held 2>/dev/null ;; esac`,
  };
  for (const [name, script] of Object.entries(programs)) {
    const call = `echo "${name} $*" | sed "s#${folder}/##g" >>${folder}/calls`;
    await program(name, `${call}\n${script}`);
  }
  for (const [name, master] of Object.entries(instances)) {
    await Bun.write(join(folder, name, "master.cf"), master);
  }
  const names = Object.keys(instances).map((name) => `${folder}/${name}\n`);
  await Bun.write(join(folder, "daemons", "fastflush", "instances"), names.join(""));
}

/** Files below DPKG_ROOT. */
async function plantFiles(...paths: readonly string[]) {
  for (const path of paths) {
    await Bun.write(join(folder, path), "");
  }
}

/** What always ends a removal. */
const LAST_CALL =
  "start-stop-daemon --stop --quiet --retry=TERM/30/KILL/5 --exec /usr/lib/fastflush/fastflush";

const HOLDS = "var/lib/fastflush/hold/%2fvar%2fspool%2fpostfix.holds";
const HELD =
  "/etc/postfix: 3 messages on hold for a time, the last until Nov 26 18:33:05 (in 2 h).\n";

/** Runs a script; returns its status, and the calls but for those that only ask. */
function script(name: string, ...words: readonly string[]) {
  const { exitCode, stderr } = Bun.spawnSync([join(DEBIAN, name), ...words], {
    env: { PATH: `${folder}/bin:/usr/bin:/bin`, DPKG_ROOT: folder },
    stdin: Buffer.from("y\n"),
  });
  const calls = join(folder, "calls");
  const lines = existsSync(calls) ? readFileSync(calls, "utf8").trimEnd().split("\n") : [];
  return {
    status: exitCode,
    calls: lines.filter((line) => !line.startsWith("postconf ")),
    said: stderr.toString(),
  };
}

describe("postinst", () => {
  test("of a first installation changes nothing", async () => {
    await plant({ one: OURS });
    expect(script("postinst", "configure", "")).toEqual({ status: 0, calls: [], said: "" });
  });

  test("of an upgrade has the service updated where it is, and nowhere else", async () => {
    await plant({ one: OURS, back: ORIGINALS, commented: `#${OURS}`, two: OURS });
    expect(script("postinst", "configure", "0.1.0-1").calls).toEqual([
      "fastflush -c one install --yes",
      "fastflush -c two install --yes",
      "postfix -c two status",
      "postfix -c two reload",
    ]);
  });

  test("goes on where an instance can't be updated", async () => {
    await plant({ one: OURS, two: OURS }, ["one"]);
    const { status, calls, said } = script("postinst", "configure", "0.1.0-1");
    expect(status).toBe(0);
    expect(calls).toContain("fastflush -c two install --yes");
    expect(said).toContain("the old one goes on serving");
  });

  test("after a removal that has failed does nothing", async () => {
    await plant({ one: OURS });
    expect(script("postinst", "abort-remove").calls).toEqual([]);
  });

  test("tells what is still on hold for a time", async () => {
    await plant({});
    await plantFiles(HOLDS);
    const asked = ["fastflush hold --expire --dry-run"];
    expect(script("postinst", "configure", "")).toEqual({ status: 0, calls: asked, said: "" });
  });

  test("without Postfix does nothing", async () => {
    await plant({ one: OURS });
    await program("postconf", "exit 1");
    expect(script("postinst", "configure", "0.1.0-1")).toEqual({ status: 0, calls: [], said: "" });
  });
});

describe("prerm", () => {
  test("of a removal takes the service out of each instance", async () => {
    await plant({ one: OURS, two: OURS });
    expect(script("prerm", "remove")).toMatchObject({
      status: 0,
      calls: ["fastflush -c one uninstall --yes", "fastflush -c two uninstall --yes", LAST_CALL],
    });
  });

  test("of an upgrade changes nothing", async () => {
    await plant({ one: OURS });
    expect(script("prerm", "upgrade", "0.2.0-1")).toEqual({ status: 0, calls: [], said: "" });
  });

  test("stops the removal where the service stays, and ends nothing then", async () => {
    await plant({ one: OURS, two: OURS }, ["one"]);
    const { status, calls, said } = script("prerm", "remove");
    expect([status, calls]).toEqual([1, ["fastflush -c one uninstall --yes"]]);
    expect(said).toContain("one/master.cf still names fastflush/flush");
  });

  test("goes on where nothing is left to be taken out", async () => {
    await plant({ one: ORIGINALS, two: OURS }, ["one"]);
    const { status, calls } = script("prerm", "remove");
    expect([status, calls[1]]).toEqual([0, "fastflush -c two uninstall --yes"]);
  });

  test("has nothing to do where the service was never installed", async () => {
    await plant({});
    expect(script("prerm", "remove")).toEqual({ status: 0, calls: [LAST_CALL], said: "" });
  });

  test("says what is on hold for a time, and releases none of it", async () => {
    await plant({});
    await plantFiles(HOLDS);
    await Bun.write(join(folder, "held"), HELD);
    const { status, calls, said } = script("prerm", "remove");
    expect([status, calls]).toEqual([0, ["fastflush hold --expire --dry-run", LAST_CALL]]);
    expect(said).toStartWith(`fastflush: ${HELD}fastflush: After the removal nobody releases this`);
    expect(said).toContain("stays noted in /var/lib/fastflush/hold, until the package is purged");
  });

  test("is silent where no mail is on hold by what is noted any more", async () => {
    await plant({});
    await plantFiles(HOLDS);
    expect(script("prerm", "remove")).toMatchObject({ status: 0, said: "" });
  });

  test("is not stopped by what can't be told", async () => {
    await plant({});
    await plantFiles(HOLDS);
    await program("fastflush", "exit 1");
    expect(script("prerm", "remove")).toMatchObject({ status: 0, said: "" });
  });

  test("disables its timers, and no others", async () => {
    await plant({});
    await plantFiles(
      "usr/lib/systemd/system/fastflush-hold.timer",
      "usr/lib/systemd/system/other.timer",
    );
    const { calls } = script("prerm", "remove");
    const disabled = calls.filter((call) => call.startsWith("systemctl "));
    expect(disabled.map((call) => call.replace(" --now", ""))).toEqual([
      "systemctl --quiet disable fastflush-hold.timer",
    ]);
  });

  test("says that its processes have ended, where there were some", async () => {
    await plant({});
    await program("start-stop-daemon", "");
    expect(script("prerm", "remove").said).toContain("its processes have ended");
  });
});

describe("postrm", () => {
  const PROM = "var/lib/prometheus/node-exporter/fastflush.prom";
  const INDEX = "var/cache/fastflush/index";

  const isThere = (path: string): boolean => existsSync(join(folder, path));

  test("of a removal takes away the metrics that nobody renews, and nothing else", async () => {
    await plant({});
    await plantFiles(PROM, HOLDS, INDEX);
    expect(script("postrm", "remove")).toMatchObject({ status: 0, said: "" });
    expect([PROM, HOLDS, INDEX].map(isThere)).toEqual([false, true, true]);
  });

  test("of a purge takes away what is kept", async () => {
    await plant({});
    await plantFiles("var/lib/fastflush/watch/lock", "var/lib/fastflush/hold/lock", INDEX);
    expect(script("postrm", "purge")).toEqual({ status: 0, calls: [], said: "" });
    expect(["var/lib/fastflush", "var/cache/fastflush", "var/lib"].map(isThere)).toEqual([
      false,
      false,
      true,
    ]);
  });

  test("of a purge says that mail stays on hold", async () => {
    await plant({});
    await plantFiles(HOLDS);
    const { status, said } = script("postrm", "purge");
    expect([status, isThere("var/lib/fastflush")]).toEqual([0, false]);
    expect(said).toContain("mail was on hold for a time. It stays on hold");
  });

  test("of an upgrade takes nothing away", async () => {
    await plant({});
    await plantFiles(PROM, HOLDS, INDEX);
    expect(script("postrm", "upgrade", "0.2.0-1")).toEqual({ status: 0, calls: [], said: "" });
    expect([PROM, HOLDS, INDEX].map(isThere)).toEqual([true, true, true]);
  });
});
