/**
 * What must be true before set-up touches anything: root, and a Debian with apt-get.
 */
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { Refusal } from "./refusal.mjs";

/**
 * Throws a Refusal that names what is missing.
 *
 * @param {number} uid
 * @param {string} path the PATH to look for apt-get in
 */
export function requireRootAndApt(uid, path) {
  if (uid !== 0) {
    throw new Refusal(
      "root is needed: Postfix's master(8) starts its services as root and changes to the mail owner.",
    );
  }
  if (!isInPath("apt-get", path)) {
    throw new Refusal(
      "apt-get is needed, and not in PATH: Debian and its derivatives are supported.",
    );
  }
}

/**
 * @param {string} program
 * @param {string} path
 */
function isInPath(program, path) {
  return path.split(":").some((folder) => isExecutable(join(folder, program)));
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
