/**
 * `npm run build`: makes dist/flush, which master(8) can start, and dist/fastflush, the operator's command. Each is one
 * executable with everything in it.
 *
 * A program whose sources are those of the last build is not built again (remove dist/ to force it). A new one
 * appears under its name whole or not at all, beside any that is running. Fails with a status other than 0 and
 * the bundler's messages; the old program then stays.
 */
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** What is to be built: the entry point, and where its program goes. */
export interface Program {
  readonly entry: string;
  readonly outfile: string;
  /** Modules that it runs in threads of their own. */
  readonly threads?: readonly string[];
  /** How many times as often as the runtime would have it a function runs before it is compiled; unset: once. */
  readonly compileReluctance?: number;
}

/**
 * Of the service. master(8) starts it anew for each max_use clients, and by default those are 100: to compile what so few run
 * costs more than they do. What goes on for longer is compiled all the same, a little later: a long send by itself, and all
 * that a busy process runs (master/server.ts). Measured: docs/PERFORMANCE.md, "Adds, and which max_use".
 */
const SERVICE_RELUCTANCE = 40;

const PROGRAMS: readonly Program[] = [
  { entry: "src/flush.ts", outfile: "dist/flush", compileReluctance: SERVICE_RELUCTANCE },
  {
    entry: "src/start_fastflush.ts",
    outfile: "dist/fastflush",
    threads: ["src/read_deferred.ts"],
  },
];

/** Whatever can change a program: the code, the pinned packages and Bun itself, the compiler's settings. */
const INPUTS = [
  "src/**/*.ts",
  "setup/build.ts",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
];

/** The service is started by root and copied by packagers: their umask must not decide who can run it. */
const PROGRAM_MODE = 0o755;

/**
 * Builds a program of the project in `root` unless it is up to date.
 *
 * @returns whether it was built; throws an AggregateError with the bundler's messages where that failed.
 */
export async function buildProgram(root: string, program: Program): Promise<boolean> {
  const outfile = join(root, program.outfile);
  const stampFile = `${outfile}.stamp`;
  const digest = await digestOfInputs(root);
  if (`${digest} ${await identity(outfile)}` === (await readOrNull(stampFile))) {
    return false;
  }
  await mkdir(dirname(outfile), { recursive: true });
  // Under its own name, which the bundler writes into it: the same sources make the same bytes.
  const folder = await mkdtemp(join(dirname(outfile), ".new-"));
  const fresh = join(folder, basename(outfile));
  try {
    const entries = [program.entry, ...(program.threads ?? [])];
    await compile(
      entries.map((entry) => join(root, entry)),
      fresh,
      program.compileReluctance ?? 1,
    );
    await chmod(fresh, PROGRAM_MODE);
    await rename(fresh, outfile);
  } finally {
    await rm(folder, { recursive: true });
  }
  await Bun.write(stampFile, `${digest} ${await identity(outfile)}`);
  return true;
}

/**
 * Neither .env nor bunfig.toml of the folder it is started in may change what the program does. As CommonJS, which
 * `bytecode` alone would make of it, it would have the sources' own paths for `import.meta.url`, and look for its
 * threads there. Split, so that what is imported later is loaded later.
 */
async function compile(
  entries: readonly string[],
  outfile: string,
  jitPolicy: number,
): Promise<void> {
  await Bun.build({
    entrypoints: [...entries],
    minify: true,
    bytecode: true,
    format: "esm",
    splitting: true,
    compile: { outfile, autoloadDotenv: false, autoloadBunfig: false, jitPolicy },
  });
}

async function digestOfInputs(root: string): Promise<string> {
  const hash = createHash("sha256").update(Bun.version);
  const names = INPUTS.flatMap((pattern) => [...new Bun.Glob(pattern).scanSync({ cwd: root })]);
  for (const name of names.filter((name) => !name.endsWith("_test.ts")).sort()) {
    const text = await readFile(join(root, name));
    hash.update(`${name}\0${text.length}\0`).update(text);
  }
  return hash.digest("hex");
}

/** Tells the file that was built from one that was put in its place; "none" where there is no file. */
async function identity(file: string): Promise<string> {
  try {
    const status = await stat(file);
    return `${status.size} ${status.mtimeMs}`;
  } catch {
    return "none";
  }
}

async function readOrNull(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch {
    return null;
  }
}

if (import.meta.main) {
  // Half a second's work; cut in two, it would leave the bundler's unfinished program of 100 MB behind.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => {});
  const root = dirname(import.meta.dir);
  for (const program of PROGRAMS) {
    const startedMs = performance.now();
    const built = await buildProgram(root, program);
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    console.log(`${program.outfile}: ${built ? `built in ${seconds} s` : "up to date"}`);
  }
}
