/**
 * Brings node_modules to what package-lock.json says, and checks that Bun runs.
 *
 * Whether it already is, is read from the record that npm keeps of its last installation, so that a second
 * run costs milliseconds. package-lock.json never changes: where npm changes it, the old one is put back, and
 * where npm would have other packages, set-up refuses.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { ending } from "./apt.mjs";
import { ask, step } from "./command.mjs";
import { Refusal } from "./refusal.mjs";

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, dependencies?: object, devDependencies?: object }} LockedPackage
 * @typedef {{ lockfileVersion?: number, packages: Record<string, LockedPackage> }} Lockfile
 */

/**
 * Sees to it that node_modules holds the locked packages.
 *
 * @param {string} root the clone's folder
 * @param {import("./signals.mjs").Signals} signals
 * @param {(line: string) => void} say
 */
export async function installNpmPackages(root, signals, say) {
  if (!isInstalled(root)) {
    say("installing npm packages");
    await npmInstall(root, signals);
  }
  requireBun(root);
}

/** @param {string} root */
function isInstalled(root) {
  const record = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(record)) {
    return false;
  }
  const manifest = readJson(join(root, "package.json"));
  const locked = /** @type {Lockfile} */ (readJson(join(root, "package-lock.json")));
  const installed = /** @type {Lockfile} */ (readJson(record));
  return (
    isDeepStrictEqual(manifest.dependencies, locked.packages[""]?.dependencies) &&
    isDeepStrictEqual(manifest.devDependencies, locked.packages[""]?.devDependencies) &&
    isAsLocked(locked, installed) &&
    Object.keys(installed.packages).every((path) => existsSync(join(root, path, "package.json")))
  );
}

/**
 * Whether npm's record of an installation is what the lockfile asks for; only optional packages (those for
 * other systems) may be missing.
 *
 * @param {Lockfile} locked
 * @param {Lockfile} installed
 */
export function isAsLocked(locked, installed) {
  const wanted = Object.entries(locked.packages).filter(([path]) => path !== "");
  return (
    wanted.every(([path, want]) => {
      const have = installed.packages[path];
      return have === undefined ? want.optional === true : have.integrity === want.integrity;
    }) && Object.keys(installed.packages).every((path) => locked.packages[path] !== undefined)
  );
}

/**
 * @param {string} root
 * @param {import("./signals.mjs").Signals} signals
 */
async function npmInstall(root, signals) {
  const lockfile = join(root, "package-lock.json");
  const before = readFileSync(lockfile, "utf8");
  // All dependencies are wanted, also where NODE_ENV=production would leave the tools out.
  const argv = /** @type {const} */ ([
    "npm",
    "install",
    "--no-audit",
    "--no-fund",
    "--include=dev",
  ]);
  const ended = await step(argv, signals, { cwd: root, env: npmEnv(), interruptible: true });
  const after = readFileSync(lockfile, "utf8");
  if (after !== before) {
    writeFileSync(lockfile, before);
  }
  if (!isSameLock(parseLockfile(after), parseLockfile(before))) {
    throw new Refusal(
      "package-lock.json does not fit package.json: npm install wanted to change it.",
    );
  }
  if (ended.status !== 0) {
    throw new Refusal(`npm install failed:\n${ending(ended.output)}`);
  }
}

/**
 * Whether two lockfiles ask for the same, but for packages of other systems: npm lists those that its registry
 * has today, which are not always all.
 *
 * @param {Lockfile} one
 * @param {Lockfile} other
 */
export function isSameLock(one, other) {
  return isDeepStrictEqual(shared(one, other), shared(other, one));
}

/**
 * What `one` asks for, without the optional packages that only it lists.
 *
 * @param {Lockfile} one
 * @param {Lockfile} other
 */
function shared(one, other) {
  const packages = Object.entries(one.packages ?? {}).filter(
    ([path, { optional }]) => other.packages?.[path] !== undefined || optional !== true,
  );
  return { ...one, packages: Object.fromEntries(packages) };
}

/**
 * A lockfile without the fields that npm 11 writes and npm 10, which comes with Node.js 20, removes.
 *
 * @param {string} text
 */
function parseLockfile(text) {
  return JSON.parse(text, (key, value) => (key === "libc" ? undefined : value));
}

/** The environment without what an outer npm says of the folder that it runs in. */
function npmEnv() {
  const { npm_config_local_prefix: _, ...env } = process.env;
  return env;
}

/** @param {string} root */
function requireBun(root) {
  const pinned = readJson(join(root, "package.json")).devDependencies.bun;
  const { status, output } = ask([join(root, "node_modules", ".bin", "bun"), "--version"]);
  if (status !== 0 || output.trim() !== pinned) {
    throw new Refusal(
      `Bun ${pinned} does not run (status ${status}): its install script must be allowed (npm's ignore-scripts, allowScripts), and the processor supported.\n${ending(output)}`,
    );
  }
}

/**
 * @param {string} file
 * @returns {any}
 */
function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}
