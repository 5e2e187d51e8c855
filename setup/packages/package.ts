/**
 * `npm run package`: makes the Debian package and the npm package of what is built, in dist/packages.
 *
 *   bun setup/packages/package.ts
 *
 * Their files have the time that SOURCE_DATE_EPOCH says (reproducible-builds.org), or else that of the last commit: built
 * from the same sources they are the same bytes. It ends with their names, sizes and numbers of files. New packages take
 * the places of the old ones when both are made. Fails with a status other than 0 and what the tool said that failed.
 */
import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { runOrThrow } from "../../lab/run.ts";
import { debianFiles, makeDebianPackage, type PackageWork } from "./debian_package.ts";
import { makeNpmPackage, npmFiles } from "./npm_package.ts";

const BYTES_PER_MB = 1_000_000;

/** The time that all files get, in seconds. Throws RunError where there is neither. */
async function sourceSeconds(root: string): Promise<number> {
  const epoch = process.env["SOURCE_DATE_EPOCH"];
  if (epoch !== undefined) {
    if (!/^[0-9]+$/.test(epoch)) {
      throw new Error(`SOURCE_DATE_EPOCH is no number of seconds: ${epoch}`);
    }
    return Number(epoch);
  }
  const { stdout } = await runOrThrow(["git", "-C", root, "log", "-1", "--format=%ct"]);
  return Number(stdout);
}

/** Makes both; returns where they are. */
async function makePackages(root: string): Promise<string[]> {
  const folder = join(root, "dist", "packages");
  await mkdir(folder, { recursive: true });
  const scratch = await mkdtemp(join(root, "dist", ".packages-"));
  try {
    const work: PackageWork = { root, scratch, seconds: await sourceSeconds(root) };
    const fresh = [await makeDebianPackage(work), await makeNpmPackage(work)];
    for (const old of await readdir(folder)) {
      await rm(join(folder, old));
    }
    const places = fresh.map((path) => join(folder, basename(path)));
    await Promise.all(fresh.map((path, index) => rename(path, places[index] ?? "")));
    return places;
  } finally {
    await rm(scratch, { recursive: true });
  }
}

async function describe(path: string, count: number): Promise<string> {
  const { size } = await stat(path);
  return `${path}: ${(size / BYTES_PER_MB).toFixed(1)} MB, ${count} files`;
}

if (import.meta.main) {
  const root = dirname(dirname(import.meta.dir));
  const [debian = "", npm = ""] = await makePackages(root);
  console.log(await describe(debian, (await debianFiles(root)).length));
  console.log(await describe(npm, (await npmFiles(root, process.arch)).length));
}
