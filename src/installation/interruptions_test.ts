/**
 * A disk that is full, and a kill, at every single change that an installation or a removal makes to the machine.
 */
import { describe, expect, test } from "bun:test";
import { InstallationRig, install, plan, uninstall } from "../../test/support/installation_rig.ts";
import { OsError } from "../effects/os_error.ts";
import { carryOutInstallation, isUpToDate, NotInstalled } from "./install.ts";
import { TakenBack } from "./undo_stack.ts";

/** Neither caught nor taken back by anything: as SIGKILL. */
class Killed extends Error {}

/** Runs a job whose n-th change to the machine, counted from 0, fails or is never made; false: it has fewer. */
async function faultAt(
  rig: InstallationRig,
  n: number,
  error: Error,
  job: () => Promise<unknown>,
): Promise<boolean> {
  let count = 0;
  rig.host.fault = (): Error | null => {
    const isDead = error instanceof Killed ? count >= n : count === n;
    count++;
    return isDead ? error : null;
  };
  try {
    await job();
    return false;
  } catch (caught) {
    if (!(caught instanceof Killed || caught instanceof TakenBack || caught instanceof OsError)) {
      throw caught;
    }
    return true;
  } finally {
    rig.host.fault = null;
  }
}

/** For every change that a job makes. */
async function forEachChange(check: (n: number) => Promise<boolean>): Promise<number> {
  for (let n = 0; ; n++) {
    if (!(await check(n))) {
      return n;
    }
  }
}

describe("at every change that an installation makes", () => {
  const full = (): OsError => new OsError("ENOSPC", "write");

  test("a disk that is full leaves all as it was", async () => {
    const count = await forEachChange(async (n) => {
      const rig = new InstallationRig();
      const before = rig.tree();
      const hasFailed = await faultAt(rig, n, full(), () =>
        install(rig, { everyDestination: true }),
      );
      if (hasFailed) {
        expect({ n, tree: withoutTmp(rig.tree()) }).toEqual({ n, tree: withoutTmp(before) });
        expect(rig.running).toBe("flush");
      }
      return hasFailed;
    });
    expect(count).toBeGreaterThan(15);
  });

  test("a kill is made good by uninstall", async () => {
    await forEachChange(async (n) => {
      const rig = new InstallationRig();
      const before = withoutTmp(rig.tree());
      const isKilled = await faultAt(rig, n, new Killed(), () =>
        install(rig, { everyDestination: true }),
      );
      await uninstall(rig).catch(unlessNotInstalled);
      expect({ n, tree: withoutTmp(rig.tree()) }).toEqual({ n, tree: before });
      return isKilled;
    });
  });

  test("a kill is made good by install and uninstall", async () => {
    await forEachChange(async (n) => {
      const rig = new InstallationRig();
      const before = withoutTmp(rig.tree());
      const wish = { everyDestination: true };
      const isKilled = await faultAt(rig, n, new Killed(), () => install(rig, wish));
      const made = await plan(rig, wish, "20270101T000000Z");
      if (!isUpToDate(made)) {
        rig.reloadCount = 0;
        await carryOutInstallation(rig, made, async () => null);
      }
      await uninstall(rig);
      expect({ n, tree: withoutTmp(rig.tree()) }).toEqual({ n, tree: before });
      return isKilled;
    });
  });
});

describe("at every change that a removal makes", () => {
  test("a kill is made good by another", async () => {
    const count = await forEachChange(async (n) => {
      const rig = new InstallationRig();
      const before = withoutTmp(rig.tree());
      await install(rig, { everyDestination: true });
      const isKilled = await faultAt(rig, n, new Killed(), () => uninstall(rig));
      // Postfix has not reloaded where the kill came before.
      rig.running = "flush";
      await uninstall(rig).catch(unlessNotInstalled);
      expect({ n, tree: withoutTmp(rig.tree()) }).toEqual({ n, tree: before });
      return isKilled;
    });
    expect(count).toBeGreaterThan(8);
  });
});

function unlessNotInstalled(caught: unknown): void {
  if (!(caught instanceof NotInstalled)) {
    throw caught;
  }
}

/** The folder of a trial may be left by a kill. */
function withoutTmp(tree: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(tree).filter(([path]) => !path.startsWith("/tmp/")));
}
