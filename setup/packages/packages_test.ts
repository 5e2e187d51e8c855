/** What goes into the packages, without making them: test/long/packages.sh installs them. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { runOrThrow } from "../../lab/run.ts";
import { tarXz, writeAr } from "./archives.ts";
import { COMPLETION_PATHS, gzipped, type PackageFile } from "./contents.ts";
import { copyright, debianFiles, MAINTAINER_SCRIPTS } from "./debian_package.ts";
import { npmFiles } from "./npm_package.ts";
import { stage } from "./staging.ts";

const ROOT = join(import.meta.dir, "..", "..");
const SECONDS = 1_700_000_000;

/** Of a package that is nothing but this. */
const CONTROL = `Package: small
Version: 1
Architecture: all
Maintainer: nobody <nobody@mail.example>
Description: a test
`;

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

function bytesOf(files: readonly PackageFile[], path: string): string {
  const content = files.find((file) => file.path === path)?.content ?? { bytes: "" };
  return "bytes" in content ? Buffer.from(content.bytes).toString() : "";
}

let folder = "";

beforeAll(() => {
  folder = mkdtempSync("/var/tmp/fastflush-packages-");
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("the Debian package", () => {
  test("has the programs side by side, and the command in PATH", async () => {
    const files = await debianFiles(ROOT);
    const programs = files.filter(({ isProgram }) => isProgram === true).map(({ path }) => path);
    expect(programs).toEqual(["usr/lib/fastflush/flush", "usr/lib/fastflush/fastflush"]);
    const link = files.find(({ path }) => path === "usr/bin/fastflush");
    expect(link?.content).toEqual({ linkTo: "../lib/fastflush/fastflush" });
  });

  test("has each manual page in its section, and each document", async () => {
    const paths = (await debianFiles(ROOT)).map(({ path }) => path);
    for (const page of readdirSync(join(ROOT, "docs", "man"))) {
      expect(paths).toContain(`usr/share/man/man${page.slice(-1)}/${page}.gz`);
    }
    for (const name of readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md"))) {
      expect(paths).toContain(`usr/share/doc/fastflush/docs/${name}`);
    }
    expect(new Set(paths).size).toBe(paths.length);
  });

  test("has the completions that the command prints, where each shell looks", async () => {
    const files = await debianFiles(ROOT);
    expect(bytesOf(files, COMPLETION_PATHS.bash)).toContain("complete -F _fastflush fastflush");
    expect(bytesOf(files, COMPLETION_PATHS.zsh)).toStartWith("#compdef fastflush\n");
    expect(bytesOf(files, COMPLETION_PATHS.fish)).toContain("complete -c fastflush");
  });

  test("has units that start the command where it lies", async () => {
    const files = await debianFiles(ROOT);
    const paths = files.map(({ path }) => path);
    const services = paths.filter((path) => /^usr\/lib\/systemd\/system\/.*\.service$/.test(path));
    expect(services.length).toBeGreaterThan(0);
    for (const service of services) {
      expect(paths).toContain(service.replace(/service$/, "timer"));
      const text = read(`contrib/systemd/${service.slice(service.lastIndexOf("/") + 1)}`);
      expect([...text.matchAll(/^ExecStart=\/(\S+)/gm)].map(([, path]) => path)).toEqual([
        "usr/bin/fastflush",
      ]);
    }
  });

  test("says all that NOTICE says, in the form of a copyright file, but for the Apache License", async () => {
    const text = copyright(read("debian/copyright"), read("NOTICE"));
    expect(text.match(/^Files: /gm)).toHaveLength(2);
    expect(text.split("\n\n").at(-1)).toStartWith("License: Expat\n ");
    const words = (of: string): string[] => of.split(/[\s.]+/);
    const said = words(text).join(" ");
    const [before = ""] = read("NOTICE").split(/^ *Apache License$/m);
    const place = "/usr/share/common-licenses/Apache-2.0";
    expect(said).toContain(words(`${before.trim()} ${place}`).join(" "));
  });

  test("names the Apache License by its place, whatever stands behind it", () => {
    const notice =
      "1. One:\n\n   Apache License\n   Version 2.0\n   1. Text\n\n2. Two:\n\n   Text 2\n";
    expect(copyright(read("debian/copyright"), notice)).toContain(
      " 1. One:\n .\n    /usr/share/common-licenses/Apache-2.0\n 2. Two:\n .\n    Text 2\n\n",
    );
  });

  test("has the version of package.json", () => {
    const [version] = /(?<=^fastflush \().*(?=-\d+\))/.exec(read("debian/changelog")) ?? [];
    expect(version).toBe(JSON.parse(read("package.json")).version);
  });

  test("depends on the C library that the programs need", () => {
    const needed = ["flush", "fastflush"].flatMap((name) => {
      const text = readFileSync(join(ROOT, "dist", name)).toString("latin1");
      return [...text.matchAll(/GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor));
    });
    const [asked] = /(?<=libc6 \(>= 2\.)\d+/.exec(read("debian/control")) ?? [];
    expect(Number(asked)).toBe(Math.max(...needed));
  });

  for (const name of MAINTAINER_SCRIPTS) {
    test(`${name} is one for any sh(1)`, async () => {
      await runOrThrow(["sh", "-n", join(ROOT, "debian", name)]);
      expect(read(`debian/${name}`)).toMatch(/^#!\/bin\/sh\n(?:#.*\n)+set -e\n/);
    });
  }
});

describe("the npm package", () => {
  test("needs nothing, runs nothing when it is installed, and brings the command", async () => {
    const files = await npmFiles(ROOT, "x64");
    const { version, ...published } = JSON.parse(bytesOf(files, "package.json"));
    expect(version).toBe(JSON.parse(read("package.json")).version);
    expect(Object.keys(published).sort()).toEqual(
      ["bin", "cpu", "description", "libc", "license", "man", "name", "os"].sort(),
    );
    const paths = files.map(({ path }) => path);
    expect(paths).toContain(published.bin.fastflush);
    expect(published.man.every((page: string) => paths.includes(page))).toBeTrue();
    expect(published.man).toHaveLength(readdirSync(join(ROOT, "docs", "man")).length);
    expect(paths).toContain("LICENSE");
    expect(paths).toContain("./NOTICE");
  });
});

describe("packing", () => {
  const files: readonly PackageFile[] = [
    { path: "a/program", content: { bytes: "#!/bin/sh\n" }, isProgram: true },
    { path: "a/text", content: { bytes: "text" } },
    { path: "link", content: { linkTo: "a/program" } },
  ];

  test("gives files their modes and one time, whatever the umask", async () => {
    const tree = mkdtempSync(join(folder, "staged-"));
    const umask = process.umask(0o077);
    await stage(tree, files, SECONDS).finally(() => process.umask(umask));
    const looks = ["a", "a/program", "a/text"].map((path) => statSync(join(tree, path)));
    expect(looks.map(({ mode }) => mode & 0o777)).toEqual([0o755, 0o755, 0o644]);
    expect(looks.map(({ mtimeMs }) => mtimeMs / 1000)).toEqual([SECONDS, SECONDS, SECONDS]);
  });

  test("makes the same bytes again, and what dpkg can read", async () => {
    const made: Buffer[] = [];
    for (const name of ["one", "other"]) {
      const tree = mkdtempSync(join(folder, "packed-"));
      await stage(tree, [{ path: "control", content: { bytes: CONTROL } }], SECONDS);
      const control = await tarXz(tree, SECONDS);
      const data = mkdtempSync(join(folder, "packed-"));
      await stage(data, files, SECONDS);
      const path = join(folder, `${name}.deb`);
      const members = [
        { name: "debian-binary", bytes: Buffer.from("2.0\n") },
        { name: "control.tar.xz", bytes: control },
        { name: "data.tar.xz", bytes: await tarXz(data, SECONDS) },
      ];
      await writeAr(path, members, SECONDS);
      made.push(readFileSync(path));
    }
    expect(made[0]?.equals(made[1] ?? Buffer.alloc(0))).toBeTrue();
    const { stdout } = await runOrThrow(["dpkg-deb", "--contents", join(folder, "one.deb")]);
    expect(stdout.split("\n").map((line) => line.split(/\s+/).slice(0, 2).join(" "))).toEqual([
      "drwxr-xr-x root/root",
      "drwxr-xr-x root/root",
      "-rwxr-xr-x root/root",
      "-rw-r--r-- root/root",
      "lrwxrwxrwx root/root",
      "",
    ]);
  });

  test("compresses texts without their names and times", () => {
    const packed = gzipped("text");
    expect(gunzipSync(packed).toString()).toBe("text");
    expect([...packed.subarray(4, 8)]).toEqual([0, 0, 0, 0]);
  });
});
