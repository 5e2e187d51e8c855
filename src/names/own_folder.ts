/**
 * Whether a folder is its user's alone, so that what lies in it can be trusted. Pure; says why not in words for an operator.
 */
import type { FileKind } from "../effects/files.ts";

/** How such a folder is made. */
export const OWN_FOLDER_MODE = 0o700;

/** Group or others may write. */
const FOREIGN_WRITE = 0o022;

/** Why a folder can't be trusted. */
export interface FolderDoubt {
  readonly isForeign: boolean;
  /** A byte string. */
  readonly why: string;
}

/** Null: it belongs to one of `owners`, user IDs, and nobody else may write to it. `status` is that of no link's target. */
export function doubtOfFolder(
  path: string,
  { kind, mode, uid }: { readonly kind: FileKind; readonly mode: number; readonly uid: number },
  owners: readonly number[],
): FolderDoubt | null {
  if (kind !== "directory") {
    return { isForeign: false, why: `${path} is no directory, but a ${kind}` };
  }
  if (!owners.includes(uid)) {
    return { isForeign: true, why: `${path} is another user's` };
  }
  if ((mode & FOREIGN_WRITE) !== 0) {
    return { isForeign: false, why: `${path} may be written to by others` };
  }
  return null;
}
