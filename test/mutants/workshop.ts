/**
 * A copy of the project in a temporary folder, in which mutants are planted one after the other.
 *
 * The work tree is only read. The copy has the packages of the original by a link, and a dist/ of its own.
 */
import { chmod, cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildProgram } from "../../setup/build.ts";
import { runFile } from "../../setup/run_tests.ts";
import type { FileRun } from "../../setup/verdict.ts";
import { type Fault, plant } from "./mutant.ts";

/** What the program is built from, and what the tests need. */
const COPIED = [
  "src",
  "test",
  "lab",
  "setup",
  "docs",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
];

const PROGRAM = { entry: "src/flush.ts", outfile: "dist/flush" };

export class Workshop {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Copies the project in `root`. */
  static async open(root: string): Promise<Workshop> {
    const folder = await mkdtemp(join(tmpdir(), "fastflush-mutants-"));
    // The mail owner runs what is built here.
    await chmod(folder, 0o755);
    await Promise.all(
      COPIED.map((name) => cp(join(root, name), join(folder, name), { recursive: true })),
    );
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    return new Workshop(folder);
  }

  /** Runs `work` while the fault is in the copy, and in the program built from it. */
  async withMutant<Result>(mutant: Fault, work: () => Promise<Result>): Promise<Result> {
    const path = join(this.#folder, mutant.file);
    const source = await readFile(path, "utf8");
    await writeFile(path, plant(mutant, source));
    try {
      return await work();
    } finally {
      await writeFile(path, source);
    }
  }

  /** Runs a test file, with the program built where it starts one. */
  async run(file: string): Promise<FileRun> {
    if (file.startsWith("test/")) {
      await buildProgram(this.#folder, PROGRAM);
    }
    return await runFile(this.#folder, file, () => {});
  }

  /** Runs a TypeScript program of the copy, and returns what it prints. */
  async print(file: string, args: readonly string[]): Promise<string> {
    const child = Bun.spawn([process.execPath, file, ...args], {
      cwd: this.#folder,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });
    return await child.stdout.text();
  }

  /** Removes the copy. */
  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}
