/**
 * Running a command to its end.
 *
 * The command gets a small environment of its own, so that nothing of the caller's (MAIL_CONFIG, TZ,
 * BUN_*) reaches Postfix. It is killed when it takes too long: a RunError.
 */

/** Longer than `postfix stop` waits for a stubborn master. */
const TIME_LIMIT_MS = 60 * 1000;

/** All that the commands of Postfix need. */
const ENVIRONMENT = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C" };

/** How a command ended, with all that it printed. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command did not do what it was started for. The message has its command line and its output. */
class RunError extends Error {
  override readonly name = "RunError";
}

/** How to run a command. */
export interface RunOptions {
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Unless set, a minute. */
  readonly time_limit_ms?: number;
}

/** Runs `command` (an absolute path or a name on PATH, then arguments). Any exit status is an answer. */
export async function run(command: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const child = Bun.spawn([...command], {
    cwd: "/",
    env: { ...ENVIRONMENT, ...options.env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: options.time_limit_ms ?? TIME_LIMIT_MS,
    killSignal: "SIGKILL",
    detached: true, // A session of its own: Ctrl-C at a terminal is for the caller to act on.
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  const status = await child.exited;
  if (child.signalCode !== null) {
    throw new RunError(`run ${command.join(" ")}: ended by ${child.signalCode}\n${stderr}`);
  }
  return { status, stdout, stderr };
}

/** Runs `command`, for which only exit status 0 will do: throws RunError at any other. */
export async function runOrThrow(
  command: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const outcome = await run(command, options);
  if (outcome.status !== 0) {
    const output = (outcome.stderr + outcome.stdout).trim();
    throw new RunError(`run ${command.join(" ")}: exit status ${outcome.status}\n${output}`);
  }
  return outcome;
}
