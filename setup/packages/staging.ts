/**
 * Puts a package's files into a folder as they will be where it is installed: modes, links, and one time for all of them,
 * so that the same files make the same package.
 */
import { chmod, copyFile, lutimes, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { PackageFile } from "./contents.ts";

const PROGRAM_MODE = 0o755;
const FILE_MODE = 0o644;

/** Fills `folder`, which is there and empty; `seconds` are those of the time stamps. */
export async function stage(
  folder: string,
  files: readonly PackageFile[],
  seconds: number,
): Promise<void> {
  for (const file of files) {
    await put(join(folder, file.path), file);
  }
  await settle(folder, seconds);
}

async function put(path: string, { content, isProgram = false }: PackageFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  if ("linkTo" in content) {
    await symlink(content.linkTo, path);
    return;
  }
  if ("copyOf" in content) {
    await copyFile(content.copyOf, path);
  } else {
    await writeFile(path, content.bytes);
  }
  await chmod(path, isProgram ? PROGRAM_MODE : FILE_MODE);
}

async function settle(folder: string, seconds: number): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      await settle(path, seconds);
    } else {
      await lutimes(path, seconds, seconds);
    }
  }
  // Its own mode, too: dpkg gives it to the directory that is there, which may be the root.
  await chmod(folder, PROGRAM_MODE);
  await lutimes(folder, seconds, seconds);
}
