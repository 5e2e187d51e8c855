/**
 * The packages that the programs are made of: pinned, each under a licence that lets us pass it on, and named in NOTICE.
 *
 * What is looked at is what is installed, with all that it depends on, and package-lock.json.
 */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "..", "..");

/** They ask for their notice to be kept, and Apache-2.0 for its text besides, and for nothing else. */
const ALLOWED = ["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Unicode-3.0", "Apache-2.0"];

/** An exact version: no range, no tag, no address. */
const EXACT = /^\d+\.\d+\.\d+$/;

interface Manifest {
  readonly version: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly dev?: boolean;
}

const manifest: Manifest = await Bun.file(join(ROOT, "package.json")).json();
const lock: { readonly packages: Readonly<Record<string, Locked>> } = await Bun.file(
  join(ROOT, "package-lock.json"),
).json();
const notice = await Bun.file(join(ROOT, "NOTICE")).text();

/** By its place in node_modules. */
const locked = Object.entries(lock.packages).filter(([path]) => path !== "");
const production = locked.filter(([, { dev }]) => dev !== true);

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
}

describe("packages", () => {
  test("are asked for by exact versions", () => {
    const asked = { ...manifest.dependencies, ...manifest.devDependencies };
    expect(Object.entries(asked).filter(([, version]) => !EXACT.test(version))).toEqual([]);
  });

  test("are locked with their digests, so that no registry can pass on anything else", () => {
    const loose = locked.filter(([, { integrity = "" }]) => !integrity.startsWith("sha512-"));
    expect(loose).toEqual([]);
  });

  test("in the programs are those that the lock names, and no more", async () => {
    expect(production.map(([path]) => nameOf(path))).toContain("tr46");
    for (const [path, { version }] of production) {
      const installed: Manifest = await Bun.file(join(ROOT, path, "package.json")).json();
      expect([path, installed.version]).toEqual([path, version]);
    }
  });

  test("under the Apache licence - its text is in NOTICE", () => {
    expect(notice).toContain("Version 2.0, January 2004");
    expect(notice).toContain("END OF TERMS AND CONDITIONS");
  });

  for (const [path, { version }] of production) {
    const name = nameOf(path);
    test(`${name} ${version} - an allowed licence, named in NOTICE`, async () => {
      const { license = "none" }: Manifest = await Bun.file(
        join(ROOT, path, "package.json"),
      ).json();
      expect(ALLOWED).toContain(license);
      expect(notice.replaceAll(/\s+/g, " ")).toContain(` ${name}, version ${version}`);
    });
  }
});
