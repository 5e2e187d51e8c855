/**
 * Installs Debian packages that are missing, and nothing else.
 *
 * No package is ever removed and no service started or reconfigured: postfix comes without a main.cf, so that
 * it cannot start at boot either. What stands in the way is a Refusal; it comes before anything is changed
 * except apt's package lists, which are fetched where the machine has none that know the packages.
 */
import { existsSync } from "node:fs";
import { ask, step } from "./command.mjs";
import { Refusal } from "./refusal.mjs";
import { withoutServiceStart } from "./service_policy.mjs";

/** Another apt or dpkg may be at work (unattended upgrades take minutes). */
const DPKG_LOCK_WAIT_S = 600;

/** So much of a failed command's output is shown: the end says what went wrong. */
const SHOWN_LINES_MAX = 15;

const INSTALL = [
  "install",
  "--yes",
  "--quiet",
  "--no-install-recommends",
  "--no-remove",
  "-o",
  `DPkg::Lock::Timeout=${DPKG_LOCK_WAIT_S}`,
];

/** Nobody answers questions, and needrestart (Ubuntu) must not restart services. */
const QUIET_ENV = {
  DEBIAN_FRONTEND: "noninteractive",
  APT_LISTCHANGES_FRONTEND: "none",
  NEEDRESTART_SUSPEND: "1",
};

const POSTFIX_MAIN_CF = "/etc/postfix/main.cf";
const NO_CONFIGURATION = "postfix postfix/main_mailer_type select No configuration\n";

/**
 * Sees to it that all of `names` are installed.
 *
 * @param {readonly string[]} names
 * @param {import("./signals.mjs").Signals} signals
 * @param {(line: string) => void} say
 */
export async function installDebianPackages(names, signals, say) {
  const missing = missingPackages(names);
  if (missing.length === 0) {
    return;
  }
  await requireNoRemoval(missing, signals, say);
  if (missing.includes("postfix") && existsSync(POSTFIX_MAIN_CF)) {
    throw new Refusal(
      `${POSTFIX_MAIN_CF} exists although postfix is not installed: install postfix yourself, or purge what it left.`,
    );
  }
  say(`installing ${missing.join(", ")} with apt-get (no service is started)`);
  if (missing.includes("postfix")) {
    chooseNoConfiguration();
  }
  await withoutServiceStart(() => install(missing, signals, say));
}

/**
 * @param {readonly string[]} names
 * @returns {string[]}
 */
function missingPackages(names) {
  const { output } = ask(["dpkg-query", "--status", ...names]);
  const installed = [...output.matchAll(/^Package: (.*)\nStatus: install ok installed$/gm)];
  return names.filter((name) => !installed.some(([, other]) => other === name));
}

/**
 * @param {readonly string[]} missing
 * @param {import("./signals.mjs").Signals} signals
 * @param {(line: string) => void} say
 */
async function requireNoRemoval(missing, signals, say) {
  let plan = simulate(missing);
  if (plan.status !== 0) {
    await update(signals, say);
    plan = simulate(missing);
  }
  if (plan.status !== 0) {
    throw new Refusal(`apt-get cannot install ${missing.join(", ")}:\n${ending(plan.output)}`);
  }
  const removed = removedPackages(plan.output);
  if (removed.length > 0) {
    throw new Refusal(
      `installing ${missing.join(", ")} would remove ${removed.join(", ")}: use a machine without another mail server.`,
    );
  }
}

/** Without this answer Debian's postfix would make a main.cf for a mail server on the Internet. */
function chooseNoConfiguration() {
  const { status, output } = ask(["debconf-set-selections"], { input: NO_CONFIGURATION });
  if (status !== 0) {
    throw new Refusal(
      `debconf-set-selections failed, so postfix is not installed:\n${ending(output)}`,
    );
  }
}

/** @param {readonly string[]} missing */
function simulate(missing) {
  return ask(["apt-get", "--simulate", "install", "--no-install-recommends", ...missing]);
}

/**
 * Reads `apt-get --simulate`'s lines of the form "Remv exim4-base [4.96-15]".
 *
 * @param {string} simulation
 * @returns {string[]} the names of the packages that would go
 */
export function removedPackages(simulation) {
  return [...simulation.matchAll(/^(?:Remv|Purg) (\S+)/gm)].map(([, name]) => `${name}`);
}

/**
 * @param {readonly string[]} missing
 * @param {import("./signals.mjs").Signals} signals
 * @param {(line: string) => void} say
 */
async function install(missing, signals, say) {
  let ended = await aptGet([...INSTALL, ...missing], signals);
  if (ended.status !== 0 && /^E: (Unable to fetch|Failed to fetch)/m.test(ended.output)) {
    // The lists were too old: they name files that the mirror no longer has.
    await update(signals, say);
    ended = await aptGet([...INSTALL, ...missing], signals);
  }
  if (ended.status !== 0) {
    throw new Refusal(`apt-get could not install ${missing.join(", ")}:\n${ending(ended.output)}`);
  }
}

/**
 * @param {import("./signals.mjs").Signals} signals
 * @param {(line: string) => void} say
 */
async function update(signals, say) {
  say("fetching apt's package lists");
  const ended = await aptGet(["update", "--quiet"], signals);
  if (ended.status !== 0) {
    throw new Refusal(`apt-get update failed:\n${ending(ended.output)}`);
  }
}

/**
 * Not interruptible: a package installation that is cut in two leaves the machine half configured.
 *
 * @param {readonly string[]} args
 * @param {import("./signals.mjs").Signals} signals
 */
function aptGet(args, signals) {
  return step(["apt-get", ...args], signals, { env: { ...process.env, ...QUIET_ENV } });
}

/**
 * The last lines of a failed command's output.
 *
 * @param {string} output
 */
export function ending(output) {
  return output.trimEnd().split("\n").slice(-SHOWN_LINES_MAX).join("\n");
}
