/** Changes that are tried in a folder of their own, with a postconf(1) that does more than it was asked for. */
import { describe, expect, test } from "bun:test";
import { InstallationRig, MAIN_CF, MASTER_CF } from "../../test/support/installation_rig.ts";
import { changedLines, tryChange } from "./trial.ts";

const BEFORE = { "main.cf": MAIN_CF, "master.cf": MASTER_CF };

describe("a change that is tried", () => {
  for (const [what, from, to] of [
    ["another entry's column", "smtp inet n", "smtp inet y"],
    ["another entry's command", "- showq", "- showq -v"],
    ["the entry's own column", "1000? 0   flush", "1000? 1   flush"],
    ["an entry less", "showq unix n - y - - showq\n", ""],
  ] as const) {
    test(`is refused where it changes ${what}`, async () => {
      const rig = new InstallationRig();
      const before = rig.tree();
      const trying = tryChange(rig, BEFORE, "flush", async () => {
        const [folder = ""] = rig.host.list("/tmp");
        const path = `/tmp/${folder}/master.cf`;
        rig.host.put(path, rig.host.read(path).replace(from, to));
      });
      await expect(trying).rejects.toThrow("postconf would have changed more in master.cf");
      expect(rig.tree()).toEqual(before);
    });
  }

  test("leaves the real files alone, and tells what they would be", async () => {
    const rig = new InstallationRig();
    const before = rig.tree();
    const after = await tryChange(rig, BEFORE, "flush", (postconf) => postconf.set("a", "b"));
    expect(after).toEqual({ "main.cf": `${MAIN_CF}a = b\n`, "master.cf": MASTER_CF });
    expect(rig.tree()).toEqual(before);
  });
});

test("changed lines are told as diff(1) does", () => {
  expect(changedLines("a\nb\nb\nc\n", "a\nb\nd\n")).toEqual(["-b", "-c", "+d"]);
});
