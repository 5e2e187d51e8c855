/**
 * Files below the queue directory, reached through no link: effects/files.ts over another one.
 *
 * A link in the last place of a path is not followed as it is. One on the way would be: whoever puts a link in the
 * place of `deferred/A` or `flush/e` would have the service read and change files elsewhere. So each directory below
 * those of the queues themselves is looked at before a path through it is used; where it is a link, that is ELOOP.
 * (The queues' own, `deferred` or `flush`, stand in a directory that is root's.)
 *
 * A directory that was looked at is trusted for a tenth of a second, since a release uses one five times: whoever puts
 * a link in its place meanwhile, as only the mail owner and root can, is followed for so long at most.
 */
import type { Clock } from "../effects/clock.ts";
import type {
  Descriptor,
  DirectoryReader,
  FileStatus,
  Files,
  FileTimes,
  OpenHow,
  Path,
} from "../effects/files.ts";
import { errorCode, OsError } from "../effects/os_error.ts";

/** So long a directory is trusted that was looked at. */
const TRUSTED_MS = 100;

export class UnlinkedFiles implements Files {
  readonly #files: Files;
  readonly #clock: Clock;
  /** Directories that were no links, each with the slash at its end. What gets in before they are forgotten is bounded by the calls that make it. */
  readonly #trusted = new Set<string>();
  /** One of them: the next path often has the same. */
  #lastTrusted = "";
  #trustedUntilMs = 0;

  /** `files` start relative paths at the queue directory. */
  constructor(files: Files, clock: Clock) {
    this.#files = files;
    this.#clock = clock;
  }

  get pageBytes(): number {
    return this.#files.pageBytes;
  }

  open(path: Path, how: OpenHow): Descriptor {
    return this.#files.open(this.#checked(path, "open"), how);
  }

  close(file: Descriptor): void {
    this.#files.close(file);
  }

  closeWritten(file: Descriptor): void {
    this.#files.closeWritten(file);
  }

  confirmWritten(file: Descriptor): void {
    this.#files.confirmWritten(file);
  }

  tryLock(file: Descriptor): boolean {
    return this.#files.tryLock(file);
  }

  unlock(file: Descriptor): void {
    this.#files.unlock(file);
  }

  read(file: Descriptor, into: Uint8Array, position: number): number {
    return this.#files.read(file, into, position);
  }

  write(file: Descriptor, bytes: Uint8Array, position: number): number {
    return this.#files.write(file, bytes, position);
  }

  append(file: Descriptor, bytes: Uint8Array): number {
    return this.#files.append(file, bytes);
  }

  truncate(file: Descriptor, sizeBytes: number): void {
    this.#files.truncate(file, sizeBytes);
  }

  cut(file: Descriptor, sizeBytes: number): Promise<void> {
    return this.#files.cut(file, sizeBytes);
  }

  changeMode(file: Descriptor, mode: number): void {
    this.#files.changeMode(file, mode);
  }

  status(file: Descriptor): FileStatus {
    return this.#files.status(file);
  }

  statusOf(path: Path, options?: { readonly followLink?: boolean }): FileStatus {
    return this.#files.statusOf(this.#checked(path, "stat"), options);
  }

  isThere(path: Path): boolean {
    return this.#files.isThere(this.#checked(path, "stat"));
  }

  setTimes(path: Path, seconds: number): boolean {
    return this.#files.setTimes(this.#checked(path, "utime"), seconds);
  }

  setTimesOf(file: Descriptor, times: FileTimes): void {
    this.#files.setTimesOf(file, times);
  }

  rename(from: Path, to: Path): void {
    this.#files.rename(this.#checked(from, "rename"), this.#checked(to, "rename"));
  }

  remove(path: Path): void {
    this.#files.remove(this.#checked(path, "unlink"));
  }

  makeDirectory(path: Path, mode: number): void {
    this.#files.makeDirectory(this.#checked(path, "mkdir"), mode);
  }

  changeGroup(path: Path, gid: number): void {
    this.#files.changeGroup(this.#checked(path, "chown"), gid);
  }

  openDirectory(path: Path): DirectoryReader {
    return this.#files.openDirectory(this.#checked(path, "opendir"));
  }

  /** The path, unless a directory on its way is a link. One that is missing is left to the call itself to find. */
  #checked<Given extends Path>(path: Given, operation: string): Given {
    const directory = directoryOf(path);
    const first = directory.indexOf("/");
    if (first === directory.length - 1) {
      return path;
    }
    const nowMs = this.#clock.monotonicMs();
    if (nowMs >= this.#trustedUntilMs) {
      this.#trusted.clear();
      this.#lastTrusted = "";
      this.#trustedUntilMs = nowMs + TRUSTED_MS;
    }
    if (directory === this.#lastTrusted) {
      return path;
    }
    if (this.#trusted.has(directory) || this.#isPlain(directory, first, operation)) {
      this.#trusted.add(directory);
      this.#lastTrusted = directory;
    }
    return path;
  }

  /** Looks at each directory behind the first slash. False: one is missing, or can't be looked at. */
  #isPlain(directory: string, first: number, operation: string): boolean {
    for (let slash = first; slash < directory.length - 1; ) {
      slash = directory.indexOf("/", slash + 1);
      const kind = this.#kindOf(directory.slice(0, slash));
      if (kind === "link") {
        throw new OsError("ELOOP", operation);
      }
      if (kind === null) {
        return false;
      }
    }
    return true;
  }

  #kindOf(path: string): FileStatus["kind"] | null {
    try {
      return this.#files.statusOf(path).kind;
    } catch (caught) {
      if (errorCode(caught) === "") {
        throw caught;
      }
      return null;
    }
  }
}

/** With the slash at its end; empty where there is at most one slash in the path. */
function directoryOf(path: Path): string {
  if (typeof path !== "string") {
    return path.directory;
  }
  const last = path.lastIndexOf("/");
  return path.indexOf("/") === last ? "" : path.slice(0, last + 1);
}
