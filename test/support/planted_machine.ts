/**
 * For tests of set-up: a copy of its scripts in a folder of its own, with programs of the machine replaced.
 *
 * Replaced programs are shell scripts that come first in PATH; each call of one is one line in a log. They
 * stand for machines that a test cannot have: one with another mail server, one that lacks packages.
 */
import { chmod, cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How one run of the first script ended. */
export interface Ended {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

/** A copy of what set-up needs of the project, and the programs that stand in for the machine's. */
export class PlantedMachine {
  private constructor(private readonly folder: string) {}

  /** `programs`: name and shell script of each program to replace; $LOG names the log. */
  static async plant(programs: Readonly<Record<string, string>>): Promise<PlantedMachine> {
    const folder = await mkdtemp(join(tmpdir(), "fastflush-set-up-"));
    const machine = new PlantedMachine(folder);
    const root = join(import.meta.dir, "..", "..");
    await mkdir(machine.project);
    for (const name of ["setup", "package.json", "package-lock.json"]) {
      await cp(join(root, name), join(machine.project, name), { recursive: true });
    }
    for (const [name, script] of Object.entries(programs)) {
      const file = join(folder, "bin", name);
      await Bun.write(
        file,
        `#!/bin/sh\nLOG='${machine.log}'\necho ${name} "$@" >>"$LOG"\n${script}\n`,
      );
      await chmod(file, 0o755);
    }
    await Bun.write(machine.log, "");
    // Another user must be able to read it, too.
    await Bun.$`chmod -R a+rX ${folder}`.quiet();
    return machine;
  }

  get project(): string {
    return join(this.folder, "project");
  }

  private get log(): string {
    return join(this.folder, "log");
  }

  /** The command that starts the first script, as `npm start` and its sisters do. */
  command(task: string, nodeArguments: readonly string[] = []): [string, ...string[]] {
    const node = Bun.which("node") ?? "node";
    return [node, ...nodeArguments, join(this.project, "setup", "first.mjs"), task];
  }

  /** Starts a command with the replaced programs first in PATH, or with exactly the PATH given. */
  spawn(command: readonly string[], path = `${this.folder}/bin:${process.env["PATH"]}`) {
    const env = { ...process.env, PATH: path };
    return Bun.spawn([...command], { env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  }

  /** Runs a command as `spawn` starts it. */
  async run(command: readonly string[], path?: string): Promise<Ended> {
    const child = this.spawn(command, path);
    const [status, output, errors] = await Promise.all([
      child.exited,
      child.stdout.text(),
      child.stderr.text(),
    ]);
    return { status, output, errors };
  }

  /** All files of the copied project, to see what was left behind. */
  files(): string[] {
    const glob = new Bun.Glob("**/*");
    return [...glob.scanSync({ cwd: this.project, dot: true, onlyFiles: false })].sort();
  }

  /** The calls of replaced programs so far, in order. */
  async calls(): Promise<string[]> {
    return (await readFile(this.log, "utf8")).split("\n").slice(0, -1);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
