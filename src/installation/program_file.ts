/**
 * The service's program in the daemon directory: `fastflush/flush`, root's, a file and no link.
 *
 * A new program is tried before it takes the name, where it will be run from and as often as it takes: once. The old
 * one stays under another name until the installation is through. Several instances can share a daemon directory:
 * `fastflush/instances` lists those that use the program, a configuration directory a line.
 */
import { type HostOwner, unfinishedPath } from "../effects/host.ts";
import { atPath } from "./at_path.ts";
import { requireStart } from "./program_trial.ts";
import type { InstallationTools } from "./survey.ts";
import { StepFailed, type UndoStack } from "./undo_stack.ts";

const OWNER: HostOwner = { mode: 0o755, uid: 0, gid: 0 };
const LIST_OWNER: HostOwner = { mode: 0o644, uid: 0, gid: 0 };

export class ProgramFile {
  readonly #tools: InstallationTools;
  readonly #folder: string;

  constructor(tools: InstallationTools, daemonDirectory: string) {
    this.#tools = tools;
    this.#folder = `${daemonDirectory}/fastflush`;
  }

  get path(): string {
    return `${this.#folder}/flush`;
  }

  get #listPath(): string {
    return `${this.#folder}/instances`;
  }

  /** It is there. */
  isThere(): boolean {
    return this.#tools.host.statusOf(this.path) !== null;
  }

  /** It is there as it would be installed from `source`. */
  isCurrent(source: string): boolean {
    const { host } = this.#tools;
    const status = host.statusOf(this.path);
    return (
      status?.kind === "file" &&
      status.mode === OWNER.mode &&
      status.uid === OWNER.uid &&
      host.isSame(source, this.path)
    );
  }

  /** Copies, tries and names it. Throws StepFailed where it can't run here, OsError. */
  async put(source: string, configDirectory: string, undo: UndoStack): Promise<void> {
    const { host } = this.#tools;
    this.#makeFolder(this.#folder, undo);
    const fresh = `${this.#folder}/new`;
    undo.push(fresh, () => this.#removeFolder("new"));
    this.#removeFolder("new");
    atPath(fresh, () => host.makeDirectory(fresh, OWNER.mode));
    // Under its own name, which is the tag of its log lines.
    atPath(`${fresh}/flush`, () => host.copy(source, `${fresh}/flush`, OWNER));
    await requireStart(this.#tools, `${fresh}/flush`, configDirectory);
    const isUpdate = this.isThere();
    if (isUpdate) {
      this.#keepOld(undo);
    }
    atPath(this.path, () => host.rename(`${fresh}/flush`, this.path));
    undo.push(this.path, () =>
      isUpdate ? host.rename(`${this.#folder}/old/flush`, this.path) : host.remove(this.path),
    );
    this.#removeFolder("new");
  }

  /** The old program is not needed any more. */
  forgetOld(): void {
    this.#removeFolder("old");
  }

  /** Notes that an instance uses it. */
  addInstance(configDirectory: string, undo: UndoStack): void {
    const before = this.instances();
    if (!before.includes(configDirectory)) {
      this.#writeInstances([...before, configDirectory]);
      undo.push(this.#listPath, () => this.#writeInstances(before));
    }
  }

  /** The instances that use it, by their configuration directories. */
  instances(): readonly string[] {
    const { host } = this.#tools;
    return host.statusOf(this.#listPath) === null
      ? []
      : host
          .read(this.#listPath)
          .split("\n")
          .filter((line) => line !== "");
  }

  /** An instance uses it no longer; where no other does, it goes. */
  drop(configDirectory: string, otherUsers: readonly string[]): void {
    const { host } = this.#tools;
    if (host.statusOf(this.#folder)?.kind !== "directory") {
      return;
    }
    this.#removeFolder("new");
    this.#removeFolder("old");
    if (otherUsers.length > 0) {
      this.#writeInstances(this.instances().filter((each) => each !== configDirectory));
      return;
    }
    if (this.isThere()) {
      host.remove(this.path);
    }
    this.#writeInstances([]);
    const unfinished = unfinishedPath(this.#listPath);
    if (host.statusOf(unfinished) !== null) {
      host.remove(unfinished);
    }
    if (host.list(this.#folder).length === 0) {
      host.removeDirectory(this.#folder);
    }
  }

  #makeFolder(path: string, undo: UndoStack): void {
    const { host } = this.#tools;
    const status = host.statusOf(path);
    if (status === null) {
      atPath(path, () => host.makeDirectory(path, OWNER.mode));
      undo.push(path, () => host.removeDirectory(path));
    } else if (status.kind !== "directory") {
      throw new StepFailed(`${path} is no directory, and whose it is is not known`);
    }
  }

  #keepOld(undo: UndoStack): void {
    const { host } = this.#tools;
    const old = `${this.#folder}/old`;
    undo.push(old, () => this.#removeFolder("old"));
    this.#removeFolder("old");
    atPath(old, () => host.makeDirectory(old, OWNER.mode));
    atPath(`${old}/flush`, () => host.link(this.path, `${old}/flush`));
  }

  /** One that holds at most a program, and what a broken copy left. */
  #removeFolder(name: "new" | "old"): void {
    const { host } = this.#tools;
    const path = `${this.#folder}/${name}`;
    if (host.statusOf(path) === null) {
      return;
    }
    for (const each of host.list(path)) {
      host.remove(`${path}/${each}`);
    }
    host.removeDirectory(path);
  }

  #writeInstances(directories: readonly string[]): void {
    const { host } = this.#tools;
    if (directories.length > 0) {
      const text = directories.map((each) => `${each}\n`).join("");
      atPath(this.#listPath, () => host.write(this.#listPath, text, LIST_OWNER));
    } else if (host.statusOf(this.#listPath) !== null) {
      host.remove(this.#listPath);
    }
  }
}
