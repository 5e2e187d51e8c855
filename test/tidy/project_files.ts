/** The project's own source files, for rules that read all of them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "..", "..");

/** A file of the project: its path from the project's folder, and its text. */
export interface ProjectFile {
  readonly path: string;
  readonly text: string;
}

/** All TypeScript and JavaScript files under the folders named, sorted. */
export function projectFiles(folders: readonly string[]): ProjectFile[] {
  const glob = new Bun.Glob(`{${folders.join(",")}}/**/*.{ts,mjs}`);
  const paths = [...glob.scanSync({ cwd: ROOT })].sort();
  return paths.map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
}
