/**
 * The original as judge of configuration: postconf(1), and the original flush(8) itself.
 *
 * Each question is a main.cf in a folder of its own; the machine's own configuration is not looked at, and
 * nothing is logged to its syslog. A program that reports a fatal error is ended at once, without the second
 * that it would wait. Texts are byte strings.
 */
import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const POSTCONF = "/usr/sbin/postconf";

/** Long ago, or the programs would wait for main.cf to settle. */
const MODIFIED = new Date(1_000_000_000_000);

/** A program that says nothing by then is stuck. */
const ANSWER_MS = 20_000;

/** What is asked. */
export interface Question {
  /** A byte string. */
  readonly mainCf: string;
  /** Values of -o options: ASCII, without NUL. */
  readonly overrides?: readonly string[];
}

/** What a program said; the folder of main.cf reads `DIR`, and bytes that don't print are as it printed them. */
export interface Verdict {
  readonly output: string;
  readonly warnings: readonly string[];
  /** What stands behind `fatal: `, or null. */
  readonly fatal: string | null;
}

/** Asks postconf(1) for the expanded values of parameters: `name = value` lines. */
export function askPostconf(question: Question, names: readonly string[]): Promise<Verdict> {
  return ask(question, (folder, options) => ({
    command: [POSTCONF, "-c", folder, ...options, "-x", ...names],
    env: {},
  }));
}

/**
 * Starts the original flush(8). main.cf should name a mail_owner or a queue_directory that does not exist: the
 * program then dies of that, at the latest, with the name in its message. Of errors in main.cf's lines it dies
 * without a message that we could see, and a second late.
 */
export function askOriginalFlush(question: Question): Promise<Verdict> {
  const quiet = "maillog_file = /var/log/none\nmaillog_file_prefixes = /var\n";
  const asked = { ...question, mainCf: quiet + question.mainCf };
  return ask(asked, (folder, options) => ({
    command: [join(originalDaemons(), "flush"), "-S", "-V", ...options],
    env: { MAIL_CONFIG: folder, POSTLOG_SERVICE: join(folder, "none"), POSTLOG_HOSTNAME: "host" },
  }));
}

function originalDaemons(): string {
  const { stdout } = Bun.spawnSync([POSTCONF, "-d", "-h", "daemon_directory"]);
  return stdout.toString().trim();
}

interface Start {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

async function ask(
  question: Question,
  start: (folder: string, options: readonly string[]) => Start,
): Promise<Verdict> {
  const folder = await mkdtemp(join(tmpdir(), "fastflush-config-"));
  try {
    await writeFile(join(folder, "main.cf"), Buffer.from(question.mainCf, "latin1"));
    await utimes(join(folder, "main.cf"), MODIFIED, MODIFIED);
    await writeFile(join(folder, "master.cf"), "");
    const options = (question.overrides ?? []).flatMap((override) => ["-o", override]);
    return await readVerdict(start(folder, options), folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function readVerdict({ command, env }: Start, folder: string): Promise<Verdict> {
  const started = Bun.spawn([...command], {
    cwd: folder,
    env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: ANSWER_MS,
  });
  let errors = "";
  for await (const chunk of started.stderr) {
    errors += Buffer.from(chunk).toString("latin1");
    if (/: fatal: .*\n/.test(errors)) {
      started.kill("SIGKILL");
    }
  }
  const output = Buffer.from(await new Response(started.stdout).arrayBuffer()).toString("latin1");
  await started.exited;
  const messages = errors.replaceAll(folder, "DIR").split("\n");
  return {
    output: output.replaceAll(folder, "DIR"),
    warnings: messagesOf(messages, "warning"),
    fatal: messagesOf(messages, "fatal")[0] ?? null,
  };
}

/** What stands behind `PROGRAM: SEVERITY: `. */
function messagesOf(lines: readonly string[], severity: string): string[] {
  const marked = new RegExp(`^[^ ]*: ${severity}: (.*)$`);
  return lines.flatMap((line) => marked.exec(line)?.[1] ?? []);
}
