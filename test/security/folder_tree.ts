/**
 * Everything below a folder as it is at an instant, to see what was changed by whom.
 */
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** From a path below the folder to what is there, as one comparable text: all but atime. */
export type FolderTree = ReadonlyMap<string, string>;

/** Directories' own times are left out: what was made or removed in them is seen itself. No link is followed. */
export function readTree(folder: string): FolderTree {
  const tree = new Map<string, string>();
  const visit = (below: string): void => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const path = join(below, entry.name);
      tree.set(path, describe(join(folder, path)));
      if (entry.isDirectory()) {
        visit(path);
      }
    }
  };
  visit("");
  return tree;
}

function describe(path: string): string {
  const status = lstatSync(path, { bigint: true });
  const { mode, uid, gid, ino, nlink, size, mtimeNs, ctimeNs } = status;
  const common = `${mode.toString(8)} ${uid} ${gid} ${ino}`;
  if (status.isDirectory()) {
    return common;
  }
  const content = status.isFile()
    ? createHash("sha256").update(readFileSync(path)).digest("hex")
    : "";
  const target = status.isSymbolicLink() ? readlinkSync(path) : "";
  return [common, nlink, size, mtimeNs, ctimeNs, content, target].join(" ");
}

/** What differs: "+ PATH", "- PATH" or "~ PATH", by path. */
export function treeChanges(before: FolderTree, after: FolderTree): string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return paths.flatMap((path) => {
    const [old, now] = [before.get(path), after.get(path)];
    if (old === now) {
      return [];
    }
    return [`${old === undefined ? "+" : now === undefined ? "-" : "~"} ${path}`];
  });
}
