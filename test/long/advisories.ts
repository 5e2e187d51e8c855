/**
 * `npm run advisories`: asks the registry for known advisories about the packages that are in the programs.
 *
 * Exit status 1 if there is one. A registry that has no such service, or can't be reached, is a skip with its reason,
 * and status 0.
 */
import { dirname } from "node:path";
import { judgeAudit } from "./audit.ts";

const ROOT = dirname(dirname(import.meta.dir));

const { stdout } = Bun.spawnSync(["npm", "audit", "--omit=dev", "--json"], { cwd: ROOT });
const verdict = judgeAudit(stdout.toString());
switch (verdict.kind) {
  case "clean":
    console.log("advisories: none");
    break;
  case "found":
    console.log(verdict.advisories.map((advisory) => `advisory: ${advisory}`).join("\n"));
    process.exitCode = 1;
    break;
  case "unanswered":
    console.log(`advisories: skipped, the registry does not say (${verdict.why})`);
    break;
}
