/**
 * The npm package: the two programs, which need no Node.js and no other package, behind the name `fastflush`.
 *
 * It has no dependencies and no install scripts: nothing is fetched or run when it is installed, whatever npm allows. Its
 * package.json is made here, as that of the repository is for developing. The same files make the same bytes.
 */
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { runOrThrow } from "../../lab/run.ts";
import {
  completions,
  documents,
  manualPages,
  type PackageFile,
  programs,
  units,
} from "./contents.ts";
import type { PackageWork } from "./debian_package.ts";
import { stage } from "./staging.ts";

/** npm compresses with one thread, on a machine that may be busy with other things. */
const PACK_MS = 30 * 60 * 1000;

/** What is published says of what is developed. */
interface Manifest {
  readonly version: string;
  readonly description: string;
  readonly license: string;
}

/** All files of the package, from its own folder. */
export async function npmFiles(root: string, cpu: string): Promise<PackageFile[]> {
  const manifest: Manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const pages = await manualPages(
    root,
    (name) => `man/${name}`,
    (text) => text,
  );
  const published = {
    name: "fastflush",
    version: manifest.version,
    description: manifest.description,
    license: manifest.license,
    os: ["linux"],
    cpu: [cpu],
    libc: ["glibc"],
    bin: { fastflush: "lib/fastflush" },
    man: pages.map(({ path }) => path),
  };
  return [
    { path: "package.json", content: { bytes: `${JSON.stringify(published, null, 2)}\n` } },
    ...["LICENSE", "CHANGELOG.md"].map((name) => ({
      path: name,
      content: { copyOf: join(root, name) },
    })),
    ...programs(root, "lib"),
    ...pages,
    ...(await completions(root, (shell) => `completions/fastflush.${shell}`)),
    ...units(root, "systemd"),
    ...documents(root, "."),
  ];
}

/** Makes it; returns its path in `scratch`. Throws RunError. */
export async function makeNpmPackage({ root, scratch, seconds }: PackageWork): Promise<string> {
  const tree = join(scratch, "npm");
  await mkdir(tree);
  await stage(tree, await npmFiles(root, process.arch), seconds);
  const { stdout } = await runOrThrow(
    [...["npm", "pack", "--silent", "--ignore-scripts", `--pack-destination=${scratch}`], tree],
    { env: { PATH: process.env["PATH"] ?? "", HOME: scratch }, time_limit_ms: PACK_MS },
  );
  await rm(tree, { recursive: true });
  return join(scratch, stdout.trim());
}
