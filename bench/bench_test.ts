/**
 * The whole benchmark at its small size: results are checked (by the benchmark itself: it fails on a wrong
 * one), times are not.
 */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { SECTIONS } from "./sections.ts";

/** Against a run that hangs: a busy machine takes more than a minute. */
const TIME_LIMIT_MS = 5 * 60 * 1000;

async function runBench(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const script = join(import.meta.dir, "bench.ts");
  const child = Bun.spawn([process.execPath, script, ...args], { stdout: "pipe", stderr: "pipe" });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { status: await child.exited, out, err };
}

/** How rows of the Markdown begin, and how many of them there must be. */
const ROWS: ReadonlyArray<readonly [section: string, begin: RegExp, count: number]> = [
  ["add", /^\| \d+ clients?, \d+ sites?, /, 2 * 2 * 3],
  ["add, everybody", /^\| (?:original|ours|bare C server).* % \|$/, 2 * 8],
  ["latency", /^\| add alone, /, 3],
  ["busy", /^\| add while 200 messages of (?:that|another) site are sent, /, 2 * 3],
  ["send", /^\| \d+ messages, (?:plain|ten times each|only the defer file)/, (2 * 2 + 1) * 2],
  ["send, growth", /^\| send_site, .*, \d+ messages /, 2 * 2 * 2],
  ["purge", /^\| purge of \d+ logs/, 2 * 4],
  ["refresh", /^\| refresh of \d+ logs/, 2 * 4],
  ["walks, growth", /^\| (?:purge|refresh), \d+ logs /, 2 * 2],
  ["bytes", /^\| (?:written an add|in the log a message), .* bytes /, 3],
  ["memory", /^\| (?:all processes together|the last adds), .*entries known/, 2 * 2],
  ["churn", /^\| Rss /, 2],
  ["start", /^\| start to first answer under master\(8\), (?:warm|cold), ms /, 2],
  ["mail", /^\| (?:deferred deliveries|processor time of the mail system).* with static:all/, 2],
  ["queue", /^\| fastflush list, .* \(original: /, 3 * 2],
  ["wake", /^\| wake-up over \d+ logs, (?:flat|hashed)/, 2 * 2],
  ["rebuild", /^\| (?:one pass|rebuild|the whole wake-up) \|/, 3],
];

describe("the benchmark", () => {
  test(
    "runs all sections at its small size and gets right results from the original and from ours",
    async () => {
      const { status, out, err } = await runBench("--size", "small");
      expect({ status, failures: out.match(/.*FAILED.*/g) }, err).toEqual({
        status: 0,
        failures: null,
      });
      const lines = out.split("\n");
      const found = ROWS.map(([section, begin]) => {
        return [section, lines.filter((line) => begin.test(line)).length];
      });
      expect(found).toEqual(ROWS.map(([section, , count]) => [section, count]));
      expect(out).not.toMatch(/NaN|Infinity|undefined/);
      expect(out).toMatch(/^- processor: /m);
    },
    TIME_LIMIT_MS,
  );

  test("says what it measures and how long that takes", async () => {
    const { status, out } = await runBench("--help");
    expect(status).toBe(0);
    for (const { name, what } of SECTIONS) {
      expect(out).toMatch(new RegExp(`^  ${name} .* min  ${what}$`, "m"));
    }
  });

  test("says what is wrong with its command line", async () => {
    const { status, out, err } = await runBench("--size", "tiny");
    expect({ status, out, err }).toEqual({
      status: 2,
      out: "",
      err: "bench: --size tiny: must be small, medium, normal or large\n",
    });
  });
});
