/**
 * Keeps packages from starting services while they are installed.
 *
 * invoke-rc.d asks /usr/sbin/policy-rc.d, where there is one, whether it may start a service (Debian Policy
 * 9.3.3); 101 is "no". A policy that the machine already has is left alone. Ours is removed afterwards; one
 * that a killed set-up left behind is recognized and removed by the next.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";

const POLICY_FILE = "/usr/sbin/policy-rc.d";

const POLICY =
  "#!/bin/sh\n# Put here by fastflush's set-up while it installs packages, and removed by it.\nexit 101\n";

/**
 * Runs `work` with our policy in place.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @param {string} [policyFile]
 * @returns {Promise<T>}
 */
export async function withoutServiceStart(work, policyFile = POLICY_FILE) {
  const ours = putPolicy(policyFile);
  try {
    return await work();
  } finally {
    if (ours) {
      rmSync(policyFile, { force: true });
    }
  }
}

/**
 * @param {string} policyFile
 * @returns {boolean} whether the policy that is there now is ours
 */
function putPolicy(policyFile) {
  try {
    writeFileSync(policyFile, POLICY, { flag: "wx", mode: 0o755 });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") {
      throw error;
    }
    return readFileSync(policyFile, "utf8") === POLICY;
  }
}
