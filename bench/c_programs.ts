/**
 * Builds the benchmark's C programs with gcc.
 *
 * They are built into dist/bench/ and only when a source file is newer than they are. A program appears
 * there complete or not at all, so that two benchmarks may build at the same time. A failing compiler is
 * a RunError with the compiler's words.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { runOrThrow } from "../lab/run.ts";

const SOURCE_FOLDER = import.meta.dir;
const OUTPUT_FOLDER = join(import.meta.dir, "..", "dist", "bench");

const NAMES = ["load", "bare", "pass", "look", "drop", "release", "purge"] as const;

/** Absolute paths of the executables. */
export type CPrograms = Readonly<Record<(typeof NAMES)[number], string>>;

/** When the newest C source or header was last changed. */
function sourcesChanged_ms(): number {
  const names = readdirSync(SOURCE_FOLDER).filter((name) => /\.[ch]$/.test(name));
  return Math.max(...names.map((name) => statSync(join(SOURCE_FOLDER, name)).mtimeMs));
}

async function build(name: string): Promise<string> {
  const program = join(OUTPUT_FOLDER, name);
  if (!existsSync(program) || statSync(program).mtimeMs < sourcesChanged_ms()) {
    const unfinished = `${program}.${process.pid}`;
    const source = join(SOURCE_FOLDER, `${name}.c`);
    await runOrThrow([
      "gcc",
      "-O2",
      "-Wall",
      "-Wextra",
      "-Werror",
      "-pthread",
      "-o",
      unfinished,
      source,
    ]);
    renameSync(unfinished, program);
  }
  return program;
}

/** Builds what is missing or out of date. Needs gcc and libc6-dev. */
export async function buildCPrograms(): Promise<CPrograms> {
  mkdirSync(OUTPUT_FOLDER, { recursive: true });
  const paths = await Promise.all(NAMES.map(build));
  return Object.fromEntries(NAMES.map((name, index) => [name, paths[index]])) as CPrograms;
}
