/**
 * Set-up: installs what is missing, builds, and hands over to what was asked for.
 *
 * Nothing that is there already is installed or built again. It ends with the status of the program that it
 * handed over to; with 1 and one sentence where it refuses; with 128 and the signal's number where it was
 * interrupted. Several at the same time, from any clones, take turns.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ending, installDebianPackages } from "./apt.mjs";
import { handOver, statusOf, step } from "./command.mjs";
import { DEBIAN_PACKAGES } from "./debian_packages.mjs";
import { withSetUpLock } from "./lock.mjs";
import { installNpmPackages } from "./npm_packages.mjs";
import { requireRootAndApt } from "./preconditions.mjs";
import { Interrupted, Refusal } from "./refusal.mjs";
import { Signals } from "./signals.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const BUN = join(ROOT, "node_modules", ".bin", "bun");

/** Programs of Debian's administration live there; a root shell from plain `su` lacks them. */
const ADMIN_FOLDERS = ["/usr/sbin", "/sbin"];

/** @typedef {(args: readonly string[]) => readonly (readonly [string, ...string[]])[]} HandedTo from arguments to commands */

/** @type {HandedTo} */
const trial = (args) => [["bash", "test/long/fresh_debian.sh", ...args]];

/** @type {HandedTo} */
const installation = (args) => [["bash", "test/long/installation.sh", ...args]];

/** @type {HandedTo} */
const matrix = (args) => [["bash", "test/long/matrix.sh", ...args]];

/** @type {readonly (readonly [string, ...string[]])[]} */
const makePackages = [[BUN, "setup/packages/package.ts"]];

/** @type {HandedTo} */
const testPackages = (args) => [...makePackages, ["bash", "test/long/packages.sh", ...args]];

/** Its Postfix is the oldest that fastflush is for. */
const OLD_SUITE = "bullseye";

/** What the ordinary tests do with some dozens of messages. */
const RECORD_TEST = ["test", "./test/postfix/exact_record_test.ts"];
const RECORD_MESSAGES = "2400";

/** @type {HandedTo} */
const record = (args) => {
  const messages = process.env["RECORD_MESSAGES"] ?? RECORD_MESSAGES;
  return [["env", `RECORD_MESSAGES=${messages}`, BUN, ...RECORD_TEST, ...args]];
};

/** The cases of test/faults, as large as the issue wants them; a record of many logs is one of the ordinary tests. */
const MANY_LOGS = "100000";

/** @type {HandedTo} */
const faults = (args) => [
  ["env", "FAULTS=long", BUN, "test", "./test/faults/", ...args],
  ["env", `MANY_LOGS=${MANY_LOGS}`, BUN, "test", "./test/postfix/many_logs_test.ts"],
];

/** @type {HandedTo} */
const soak = (args) => [[BUN, "test/soak/soak.ts", ...args]];

/** @type {HandedTo} */
const sockets = (args) => [[BUN, "test/security/watched_run.ts", ...args]];

/** @type {HandedTo} */
const mutants = (args) => [[BUN, "test/mutants/run.ts", ...args]];

/** @type {HandedTo} */
const fuzz = (args) => [[BUN, "test/fuzz/fuzz.ts", ...args]];

/** @type {readonly (readonly [string, ...string[]])[]} */
const advisories = [[BUN, "test/long/advisories.ts"]];

/** @type {HandedTo} */
const simulate = (args) => [[BUN, "test/simulation/simulate.ts", ...args]];

/** The ordinary tests run a tenth of so many. */
const LONG_SIMULATION = ["--seeds=20000"];

/**
 * What each npm script hands over to, one after the other while they succeed.
 *
 * @type {Readonly<Record<import("./debian_packages.mjs").Task, HandedTo>>}
 */
const HANDED_TO = {
  start: (args) => [[BUN, "demo/demo.ts", ...args]],
  test: (args) => [
    ["npm", "run", "--silent", "check"],
    [BUN, "setup/run_tests.ts", ...args],
  ],
  mutants,
  fuzz,
  advisories: () => advisories,
  bench: (args) => [[BUN, "bench/bench.ts", ...args]],
  simulate,
  trial,
  installation,
  record,
  faults,
  soak,
  sockets,
  pictures: () => [
    ["npm", "run", "--silent", "build"],
    [BUN, "demo/draw_pictures.ts"],
  ],
  "test:matrix": matrix,
  package: () => makePackages,
  "test:packages": testPackages,
  "test:long": (args) => [
    ...advisories,
    ...record([]),
    ...faults([]),
    ...soak([]),
    ...sockets([]),
    ...simulate(LONG_SIMULATION),
    [BUN, "test/simulation/check_found.ts"],
    ...fuzz([]),
    ...mutants([]),
    ...trial(args),
    ...installation(args),
    ...installation([OLD_SUITE]),
    ...testPackages([]),
    ...matrix([]),
  ],
};

/**
 * Runs one task, with the arguments that its program gets.
 *
 * @param {readonly string[]} argv
 * @returns {Promise<number>} the exit status
 */
export async function main([task, ...args]) {
  const signals = new Signals();
  try {
    if (!isTask(task)) {
      throw new Refusal(`usage: first.mjs ${Object.keys(HANDED_TO).join("|")} [ARGUMENT...]`);
    }
    const { PATH = "" } = process.env;
    requireRootAndApt(process.getuid?.() ?? -1, PATH);
    signals.listen();
    Object.assign(process.env, { PATH: withAdminFolders(PATH) });
    await withSetUpLock(() => prepare(task, signals), signals, say);
    return await runAll(HANDED_TO[task](args), signals);
  } catch (error) {
    return failure(error);
  }
}

/**
 * @param {string | undefined} task
 * @returns {task is import("./debian_packages.mjs").Task}
 */
function isTask(task) {
  return task !== undefined && Object.hasOwn(HANDED_TO, task);
}

/**
 * @param {import("./debian_packages.mjs").Task} task
 * @param {Signals} signals
 */
async function prepare(task, signals) {
  const wanted = DEBIAN_PACKAGES.filter(({ neededBy }) => neededBy.includes(task));
  await installDebianPackages(
    wanted.map(({ name }) => name),
    signals,
    say,
  );
  await installNpmPackages(ROOT, signals, say);
  const built = await step([BUN, join(ROOT, "setup", "build.ts")], signals, {
    cwd: ROOT,
  });
  if (built.status !== 0) {
    throw new Refusal(`the build failed:\n${ending(built.output)}`);
  }
}

/**
 * @param {readonly (readonly [string, ...string[]])[]} commands
 * @param {Signals} signals
 * @returns {Promise<number>} the first status that is not 0, or 0
 */
async function runAll(commands, signals) {
  for (const command of commands) {
    const status = await handOver(command, signals, ROOT);
    if (status !== 0) {
      return status;
    }
  }
  return 0;
}

/** @param {string} path */
function withAdminFolders(path) {
  const folders = path.split(":");
  return [...folders, ...ADMIN_FOLDERS.filter((folder) => !folders.includes(folder))].join(":");
}

/**
 * Says in one sentence why set-up ended early.
 *
 * @param {unknown} error
 * @returns {number} the exit status
 */
function failure(error) {
  if (error instanceof Refusal) {
    console.error(`fastflush: ${error.message}`);
    return 1;
  }
  if (error instanceof Interrupted) {
    console.error(`fastflush: set-up ${error.message}`);
    return statusOf(null, error.signal);
  }
  throw error;
}

/** @param {string} line */
function say(line) {
  console.log(`fastflush: ${line}`);
}
