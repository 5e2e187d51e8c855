/**
 * `npm run sockets`: tests run under strace(1), and every flush service of ours that they have started is looked at: no
 * socket but those of the queue directory.
 *
 *   npm run sockets -- [PATH...]
 *
 * PATHS are what `bun test` is to run, unless given all folders in which most tests start services, but for test/security,
 * which traces some itself: test/contract, test/postfix and test/faults. Only the calls that the rules are about stop a
 * process, so that most tests take little longer than otherwise. Ends with one line of figures; with status 1 where a call is objected to (each is shown, with how often it came), or no service was seen. What
 * the tests themselves say is shown, and decides nothing: traced, one may be too slow for its limit. Where strace is
 * missing or forbidden, that is said, and nothing has been looked at (status 0).
 */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { SOCKET_CALLS, socketObjections } from "./socket_rules.ts";
import { tracesIn, whyNotTraced } from "./system_calls.ts";
import { STRACE_OPTIONS, type TracedProcess, tracedProcesses } from "./traced_process.ts";

const PATHS = ["./test/contract/", "./test/postfix/", "./test/faults/"];

/** Ours, as the lab and the contract's stand-alone runs install it; the original has no such directory. */
const OURS = /\/fastflush\/flush$/;

/** What the tests of a file may take: they have limits of their own. */
const TEST_TIMEOUT_MS = 10 * 60 * 1000;

/** Runs `bun test` under strace; its status, and the services that were seen. */
async function watch(paths: readonly string[], folder: string) {
  const strace = ["strace", "-f", "--seccomp-bpf", ...STRACE_OPTIONS];
  const traced = ["-e", `trace=${SOCKET_CALLS.join(",")}`, "-o", join(folder, "trace")];
  const tests = [process.execPath, "test", `--timeout=${TEST_TIMEOUT_MS}`, ...paths];
  const child = Bun.spawn([...strace, ...traced, ...tests], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const status = await child.exited;
  return { status, processes: tracedProcesses(tracesIn(folder), (path) => OURS.test(path)) };
}

/** Each objection, and to how many calls. */
function objections(processes: readonly TracedProcess[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const each of processes.flatMap(({ calls }) => socketObjections(calls))) {
    counts.set(each, (counts.get(each) ?? 0) + 1);
  }
  return counts;
}

async function main(paths: readonly string[]): Promise<number> {
  const reason = await whyNotTraced();
  if (reason !== null) {
    console.log(`sockets: skipped: no strace: ${reason}`);
    return 0;
  }
  const folder = mkdtempSync("/var/tmp/fastflush-sockets-");
  try {
    const { status, processes } = await watch(paths, folder);
    const found = objections(processes);
    for (const [what, count] of found) {
      console.log(`${count} times: ${what}`);
    }
    const calls = processes.reduce((sum, each) => sum + each.calls.length, 0);
    const tests = status === 0 ? "all tests passed" : "not all tests passed (see above)";
    console.log(
      `sockets: ${processes.length} processes, ${calls} calls, ${found.size} kinds objected to; ${tests}`,
    );
    return found.size === 0 && processes.length > 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const paths = process.argv.slice(2);
process.exitCode = await main(paths.length === 0 ? PATHS : paths);
