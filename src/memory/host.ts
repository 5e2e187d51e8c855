/**
 * The machine in memory: effects/host.ts for tests. There are no permissions and no links to follow; a path's directory
 * must be there. Every change can be made to fail.
 */
import { type Host, type HostOwner, type HostStatus, unfinishedPath } from "../effects/host.ts";
import { OsError } from "../effects/os_error.ts";

interface Place extends HostStatus {
  /** A file's content, or where a link leads. */
  readonly text: string;
}

/** The calls that change something, and `copy`. */
export type HostChange =
  | "write"
  | "copy"
  | "link"
  | "rename"
  | "remove"
  | "makeDirectory"
  | "removeDirectory";

const ROOT = { uid: 0, gid: 0 } as const;

export class MemoryHost implements Host {
  executable = "/usr/sbin/fastflush";
  uid = 0;
  /** Asked before each change; an error that it returns is thrown. One other than OsError is a kill in the midst of it. */
  fault: ((change: HostChange, path: string) => Error | null) | null = null;
  /** What can't be looked at or read, as by a user who may not: paths that begin so. */
  forbidden: string | null = null;
  /** How often interrupts were put off. */
  shieldCount = 0;
  /** What was synced, in its order: files in memory (files.ts) too. */
  readonly synced: string[] = [];
  readonly #places = new Map<string, Place>([
    ["", { kind: "directory", mode: 0o755, ...ROOT, text: "" }],
  ]);
  #temporaryCount = 0;

  /** Puts a file there, and the directories above it. */
  put(path: string, text: string, owner: Partial<HostOwner> = {}): void {
    this.putDirectory(parentOf(path));
    this.#places.set(path, { kind: "file", mode: 0o644, ...ROOT, ...owner, text });
  }

  /** Puts a link there. */
  putLink(path: string, to: string): void {
    this.putDirectory(parentOf(path));
    this.#places.set(path, { kind: "link", mode: 0o777, ...ROOT, text: to });
  }

  putDirectory(path: string, mode = 0o755, uid = 0): void {
    if (!this.#places.has(path)) {
      this.putDirectory(parentOf(path));
      this.#places.set(path, { kind: "directory", mode, uid, gid: 0, text: "" });
    }
  }

  /** All that is below a directory: path, mode in octal and content, to be compared. */
  tree(path = ""): Record<string, string> {
    const below = [...this.#places].filter(([each]) => each.startsWith(`${path}/`));
    const lines = below.map(([each, { kind, mode, text }]) => [
      each,
      `${kind} ${mode.toString(8)} ${text}`,
    ]);
    return Object.fromEntries(lines.sort());
  }

  userId(): number {
    return this.uid;
  }

  statusOf(path: string): HostStatus | null {
    this.#requireAllowed(path, "lstat");
    const place = this.#places.get(path);
    return place === undefined
      ? null
      : { kind: place.kind, mode: place.mode, uid: place.uid, gid: place.gid };
  }

  read(path: string): string {
    this.#requireAllowed(path, "open");
    const place = this.#placeAt(path, "open");
    if (place.kind === "directory") {
      throw new OsError("EISDIR", "open");
    }
    return place.kind === "link" ? this.read(place.text) : place.text;
  }

  write(path: string, text: string, owner: HostOwner): void {
    this.#change("write", path);
    this.#set(path, { kind: "file", ...owner, text }, "write");
  }

  copy(from: string, to: string, owner: HostOwner): void {
    const text = this.read(from);
    this.#change("copy", to);
    this.#set(to, { kind: "file", ...owner, text }, "copy");
  }

  isSame(one: string, other: string): boolean {
    return this.read(one) === this.read(other);
  }

  link(from: string, to: string): void {
    this.#change("link", to);
    this.#set(to, this.#placeAt(from, "link"), "link");
  }

  rename(from: string, to: string): void {
    this.#change("rename", to);
    this.#set(to, this.#placeAt(from, "rename"), "rename");
    this.#places.delete(from);
  }

  remove(path: string): void {
    this.#change("remove", path);
    if (this.#placeAt(path, "unlink").kind === "directory") {
      throw new OsError("EISDIR", "unlink");
    }
    this.#places.delete(path);
  }

  makeDirectory(path: string, mode: number): void {
    this.#change("makeDirectory", path);
    if (this.#places.has(path)) {
      throw new OsError("EEXIST", "mkdir");
    }
    this.#set(path, { kind: "directory", mode, ...ROOT, text: "" }, "mkdir");
  }

  removeDirectory(path: string): void {
    this.#change("removeDirectory", path);
    this.#placeAt(path, "rmdir");
    if (this.list(path).length > 0) {
      throw new OsError("ENOTEMPTY", "rmdir");
    }
    this.#places.delete(path);
  }

  makeTemporaryDirectory(): string {
    const path = `/tmp/fastflush-${this.#temporaryCount++}`;
    this.putDirectory(path, 0o700);
    return path;
  }

  list(path: string): readonly string[] {
    if (this.#placeAt(path, "opendir").kind !== "directory") {
      throw new OsError("ENOTDIR", "opendir");
    }
    const names = [...this.#places.keys()].filter(
      (each) => each !== path && parentOf(each) === path,
    );
    return names.map((each) => each.slice(path.length + 1));
  }

  /** There are no time stamps here. */
  makeOld(path: string): void {
    this.#placeAt(path, "utime");
  }

  sync(path: string): void {
    this.synced.push(path);
  }

  readLink(path: string): string {
    const place = this.#placeAt(path, "readlink");
    if (place.kind !== "link") {
      throw new OsError("EINVAL", "readlink");
    }
    return place.text;
  }

  async withoutInterrupts<Result>(work: () => Promise<Result>): Promise<Result> {
    this.shieldCount++;
    return await work();
  }

  #change(change: HostChange, path: string): void {
    const error = this.fault?.(change, path) ?? null;
    if (error !== null) {
      if (!(error instanceof OsError) && (change === "write" || change === "copy")) {
        this.put(unfinishedPath(path), "half");
      }
      throw error;
    }
  }

  #set(path: string, place: Place, operation: string): void {
    this.#placeAt(parentOf(path), operation);
    this.#places.set(path, place);
  }

  #requireAllowed(path: string, operation: string): void {
    if (this.forbidden !== null && path.startsWith(this.forbidden)) {
      throw new OsError("EACCES", operation);
    }
  }

  #placeAt(path: string, operation: string): Place {
    const place = this.#places.get(path);
    if (place === undefined) {
      throw new OsError("ENOENT", operation);
    }
    return place;
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
