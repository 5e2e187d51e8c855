/** When an installation counts as what the lockfile asks for, and what happens where npm wants another lockfile. */
import { afterEach, describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PlantedMachine } from "../test/support/planted_machine.ts";
import { isAsLocked, isSameLock } from "./npm_packages.mjs";

const LOCKED = {
  packages: {
    "": { dependencies: { a: "1.0.0" } },
    "node_modules/a": { integrity: "sha512-a" },
    "node_modules/b-linux": { integrity: "sha512-b", optional: true },
    "node_modules/b-win32": { integrity: "sha512-c", optional: true },
  },
};

describe("isAsLocked", () => {
  const a = { integrity: "sha512-a" };
  const rows: ReadonlyArray<readonly [name: string, packages: object, want: boolean]> = [
    [
      "all of them",
      { "node_modules/a": a, "node_modules/b-linux": { integrity: "sha512-b" } },
      true,
    ],
    ["optional ones missing", { "node_modules/a": a }, true],
    ["a needed one missing", { "node_modules/b-linux": { integrity: "sha512-b" } }, false],
    ["another release", { "node_modules/a": { integrity: "sha512-old" } }, false],
    [
      "another release of an optional one",
      { "node_modules/a": a, "node_modules/b-linux": a },
      false,
    ],
    ["one too many", { "node_modules/a": a, "node_modules/z": a }, false],
    ["nothing", {}, false],
  ];
  for (const [name, packages, want] of rows) {
    test(name, () => {
      expect(isAsLocked(LOCKED, { packages: { ...packages } })).toBe(want);
    });
  }
});

describe("isSameLock", () => {
  const { packages } = LOCKED;
  const { "node_modules/a": a, "node_modules/b-win32": b, ...rest } = packages;
  const rows: ReadonlyArray<readonly [name: string, packages: object, want: boolean]> = [
    ["the same", packages, true],
    ["one for another system more", { ...packages, "node_modules/c": { optional: true } }, true],
    ["one for another system fewer", { ...rest, "node_modules/a": a }, true],
    ["a needed one more", { ...packages, "node_modules/c": {} }, false],
    ["a needed one fewer", { ...rest, "node_modules/b-win32": b }, false],
    ["another release", { ...packages, "node_modules/a": { integrity: "sha512-z" } }, false],
    [
      "another release of an optional one",
      { ...packages, "node_modules/b-win32": { integrity: "sha512-z", optional: true } },
      false,
    ],
  ];
  for (const [name, changed, want] of rows) {
    test(name, () => {
      const other = { packages: { ...changed } };
      expect([isSameLock(LOCKED, other), isSameLock(other, LOCKED)]).toEqual([want, want]);
    });
  }

  test("another version of the lockfile", () => {
    expect(isSameLock({ ...LOCKED, lockfileVersion: 2 }, { ...LOCKED, lockfileVersion: 3 })).toBe(
      false,
    );
  });
});

describe("npm install", () => {
  const machines: PlantedMachine[] = [];

  afterEach(async () => {
    await Promise.all(machines.splice(0).map((machine) => machine.remove()));
  });

  /** A Debian that lacks no package, with this npm. */
  async function plant(npm: string): Promise<PlantedMachine> {
    const dpkg = 'for p in "$@"; do echo "Package: $p"; echo "Status: install ok installed"; done';
    const machine = await PlantedMachine.plant({ "dpkg-query": dpkg, npm });
    machines.push(machine);
    return machine;
  }

  test("that changes package-lock.json is refused, and the old one put back", async () => {
    const machine = await plant("echo '{}' >package-lock.json");
    const lockfile = join(machine.project, "package-lock.json");
    const before = await readFile(lockfile, "utf8");
    const ended = await machine.run(machine.command("start"));
    expect(ended.status).toBe(1);
    expect(ended.errors).toBe(
      "fastflush: package-lock.json does not fit package.json: npm install wanted to change it.\n",
    );
    expect(await readFile(lockfile, "utf8")).toBe(before);
  });

  test("that only drops what npm 10 does not know is fine, and the old lockfile put back", async () => {
    const machine = await plant(`sed -i '/"libc": \\[/,/\\]/d' package-lock.json`);
    const lockfile = join(machine.project, "package-lock.json");
    const before = await readFile(lockfile, "utf8");
    expect(before).toContain('"libc": [');
    const ended = await machine.run(machine.command("start"));
    expect(ended.errors).toStartWith("fastflush: Bun 1.4.5 does not run (status 127)");
    expect(await readFile(lockfile, "utf8")).toBe(before);
  });

  test("that fails is told with its last words", async () => {
    const machine = await plant('echo "npm error network down"; exit 1');
    const ended = await machine.run(machine.command("start"));
    expect(ended.status).toBe(1);
    expect(ended.errors).toBe("fastflush: npm install failed:\nnpm error network down\n");
  });
});
