/**
 * The machine as an administrator's command sees it: files of root's anywhere, and who runs what.
 *
 * Paths are absolute and byte strings, and so is all text. Every function throws OsError. What is written is on disk
 * when the call returns, and appears under its name whole or not at all. Unless said otherwise links are not followed.
 */

/** What is in a place, as far as an installation must know it. */
export interface HostStatus {
  readonly kind: "file" | "directory" | "link" | "other";
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** Whose a file is to be, and what may be done with it. */
export type HostOwner = Omit<HostStatus, "kind">;

/** Where a write puts its bytes until they take the name: what a kill may leave. */
export function unfinishedPath(path: string): string {
  const slash = path.lastIndexOf("/") + 1;
  return `${path.slice(0, slash)}.${path.slice(slash)}.fastflush`;
}

export interface Host {
  /** The file that this process runs. */
  readonly executable: string;
  /** The user that this process acts as. */
  userId(): number;

  /** Null: there is nothing of that name. */
  statusOf(path: string): HostStatus | null;
  /** The whole content; follows links. */
  read(path: string): string;
  /** Makes or replaces a file. EBUSY: another process is doing that. */
  write(path: string, text: string, owner: HostOwner): void;
  /** Makes or replaces a file with another's content; follows links to the other. */
  copy(from: string, to: string, owner: HostOwner): void;
  /** Two files have the same content; follows links. */
  isSame(one: string, other: string): boolean;
  /** Gives a file a second name, whatever has that name now. */
  link(from: string, to: string): void;
  /** Takes what is at `to` away, in the same moment. */
  rename(from: string, to: string): void;
  remove(path: string): void;
  makeDirectory(path: string, mode: number): void;
  /** An empty one. */
  removeDirectory(path: string): void;
  /** A new directory of this user's alone. */
  makeTemporaryDirectory(): string;
  /** Names in a directory, in no order, without `.` and `..`. */
  list(path: string): readonly string[];
  /** Gives a file time stamps of long ago: Postfix's programs wait for one that has just been written. */
  makeOld(path: string): void;
  /** What a file holds, or which names a directory has, is on disk when this returns. */
  sync(path: string): void;
  /** Where a link leads. */
  readLink(path: string): string;

  /** Meanwhile Ctrl-C and kind ends of this process are put off: for what must not stop half way. */
  withoutInterrupts<Result>(work: () => Promise<Result>): Promise<Result>;
}
