/**
 * The scripts that dpkg runs, with stand-ins for postconf(1), postfix(1) and fastflush: which instances they go to, and how
 * they end. With real ones: test/long/packages.sh.
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
    fastflush: `cat; case "$* " in ${cases} *) ;; esac`,
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

/** Runs a script; returns its status, and the calls but for those that only ask. */
function script(name: string, ...words: readonly string[]) {
  const { exitCode, stderr } = Bun.spawnSync([join(DEBIAN, name), ...words], {
    env: { PATH: `${folder}/bin:/usr/bin:/bin` },
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
      calls: ["fastflush -c one uninstall --yes", "fastflush -c two uninstall --yes"],
    });
  });

  test("of an upgrade changes nothing", async () => {
    await plant({ one: OURS });
    expect(script("prerm", "upgrade", "0.2.0-1")).toEqual({ status: 0, calls: [], said: "" });
  });

  test("stops the removal where the service stays", async () => {
    await plant({ one: OURS }, ["one"]);
    const { status, said } = script("prerm", "remove");
    expect(status).toBe(1);
    expect(said).toContain("one/master.cf still names fastflush/flush");
  });

  test("goes on where nothing is left to be taken out", async () => {
    await plant({ one: ORIGINALS, two: OURS }, ["one"]);
    const { status, calls } = script("prerm", "remove");
    expect([status, calls.at(-1)]).toEqual([0, "fastflush -c two uninstall --yes"]);
  });

  test("has nothing to do where the service was never installed", async () => {
    await plant({});
    expect(script("prerm", "remove")).toEqual({ status: 0, calls: [], said: "" });
  });
});
