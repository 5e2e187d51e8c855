/** The policy that keeps services from starting is there while packages are installed, and only then. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withoutServiceStart } from "./service_policy.mjs";

let folder = "";
let policy = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fastflush-policy-"));
  policy = join(folder, "policy-rc.d");
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** What the policy answers while the work goes on: its exit status. */
async function answer(): Promise<number> {
  return await withoutServiceStart(async () => Bun.spawnSync([policy, "postfix"]).exitCode, policy);
}

describe("withoutServiceStart", () => {
  test("says no to every service, and is gone afterwards", async () => {
    expect(await answer()).toBe(101);
    expect(await Bun.file(policy).exists()).toBe(false);
  });

  test("is gone also when the work fails", async () => {
    const failing = withoutServiceStart(() => Promise.reject(new Error("no space")), policy);
    await expect(failing).rejects.toThrow("no space");
    expect(await Bun.file(policy).exists()).toBe(false);
  });

  test("leaves the machine's own policy as it is", async () => {
    await Bun.write(policy, "#!/bin/sh\nexit 104\n");
    Bun.spawnSync(["chmod", "755", policy]);
    expect(await answer()).toBe(104);
    expect(await readFile(policy, "utf8")).toBe("#!/bin/sh\nexit 104\n");
  });

  test("removes one of ours that a killed set-up left behind", async () => {
    await withoutServiceStart(() => Bun.$`cp -p ${policy} ${policy}.left`.quiet(), policy);
    await Bun.$`mv ${policy}.left ${policy}`.quiet();
    expect(await answer()).toBe(101);
    expect(await Bun.file(policy).exists()).toBe(false);
  });
});
