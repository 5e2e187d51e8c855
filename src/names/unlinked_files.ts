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
} from "../effects/files.ts";
import { errorCode, OsError } from "../effects/os_error.ts";

/** So long a directory is trusted that was looked at. */
const TRUSTED_MS = 100;

export class UnlinkedFiles implements Files {
  readonly #files: Files;
  readonly #clock: Clock;
  /** Directories that were no links. What gets in before they are forgotten is bounded by the calls that make it. */
  readonly #trusted = new Set<string>();
  /** One of them: the next path often has the same, and that is told without a string of its own. */
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

  open(path: string, how: OpenHow): Descriptor {
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

  changeMode(file: Descriptor, mode: number): void {
    this.#files.changeMode(file, mode);
  }

  status(file: Descriptor): FileStatus {
    return this.#files.status(file);
  }

  statusOf(path: string, options?: { readonly followLink?: boolean }): FileStatus {
    return this.#files.statusOf(this.#checked(path, "stat"), options);
  }

  isThere(path: string): boolean {
    return this.#files.isThere(this.#checked(path, "stat"));
  }

  setTimes(path: string, seconds: number): boolean {
    return this.#files.setTimes(this.#checked(path, "utime"), seconds);
  }

  setTimesOf(file: Descriptor, times: FileTimes): void {
    this.#files.setTimesOf(file, times);
  }

  rename(from: string, to: string): void {
    this.#files.rename(this.#checked(from, "rename"), this.#checked(to, "rename"));
  }

  remove(path: string): void {
    this.#files.remove(this.#checked(path, "unlink"));
  }

  makeDirectory(path: string, mode: number): void {
    this.#files.makeDirectory(this.#checked(path, "mkdir"), mode);
  }

  changeGroup(path: string, gid: number): void {
    this.#files.changeGroup(this.#checked(path, "chown"), gid);
  }

  openDirectory(path: string): DirectoryReader {
    return this.#files.openDirectory(this.#checked(path, "opendir"));
  }

  /** The path, unless a directory on its way is a link. One that is missing is left to the call itself to find. */
  #checked(path: string, operation: string): string {
    const first = path.indexOf("/");
    const last = path.lastIndexOf("/");
    if (first === last) {
      return path;
    }
    const nowMs = this.#clock.monotonicMs();
    if (nowMs >= this.#trustedUntilMs) {
      this.#trusted.clear();
      this.#lastTrusted = "";
      this.#trustedUntilMs = nowMs + TRUSTED_MS;
    }
    if (last === this.#lastTrusted.length && path.startsWith(this.#lastTrusted)) {
      return path;
    }
    const directory = path.slice(0, last);
    if (this.#trusted.has(directory) || this.#isPlain(directory, first, operation)) {
      this.#trusted.add(directory);
      this.#lastTrusted = directory;
    }
    return path;
  }

  /** Looks at each directory behind the first slash. False: one is missing, or can't be looked at. */
  #isPlain(directory: string, first: number, operation: string): boolean {
    for (let slash = first; slash < directory.length; ) {
      const next = directory.indexOf("/", slash + 1);
      slash = next < 0 ? directory.length : next;
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
