/**
 * The whole benchmark at its small size: results are checked (by the benchmark itself: it fails on a wrong
 * one), times are not.
 */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";

const TIME_LIMIT_MS = 120 * 1000;

async function runBench(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const script = join(import.meta.dir, "bench.ts");
  const child = Bun.spawn([process.execPath, script, ...args], { stdout: "pipe", stderr: "pipe" });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { status: await child.exited, out, err };
}

describe("the benchmark", () => {
  test(
    "runs at its small size and gets right results from the original and from ours",
    async () => {
      const { status, out, err } = await runBench("--size", "small", "--markdown");
      expect({ status, err }).toMatchObject({
        status: 0,
        err: expect.not.stringContaining("bench:"),
      });
      // Comparisons, then each contestant twice: 5 + 2 × 7 rows of figures, none of them void.
      expect(out.match(/^\| (?:add, |send_site, ).*$/gm)).toHaveLength(5);
      expect(out.match(/^\| (?:original|ours), max_use .*$/gm)).toHaveLength(10);
      expect(out.match(/^\| bare C server .*$/gm)).toHaveLength(4);
      // Exactness for two kinds of messages by two clocks; wake-ups of two sides and adds of both, in two layouts; a rebuild.
      expect(out.match(/^\| .*, (?:wall clock|processor time) .*$/gm)).toHaveLength(4);
      expect(out.match(/^\| wake-up, (?:flat|hashed), .*$/gm)).toHaveLength(4);
      expect(out.match(/^\| adds, (?:flat|hashed), .*$/gm)).toHaveLength(4);
      expect(out.match(/^\| (?:one pass|rebuild|the whole wake-up), .*$/gm)).toHaveLength(3);
      // Ours in three states, two of Postfix's, and four of the bare program.
      expect(
        out.match(/^\| (?:fastflush list|qshape|postqueue|bare C, (?:reads|looks)).*$/gm),
      ).toHaveLength(9);
      expect(out).not.toMatch(/NaN|Infinity|undefined/);
      expect(out).toContain("send_site, 200 messages");
      expect(out).toMatch(/^- processor: /m);
    },
    TIME_LIMIT_MS,
  );

  test("says what is wrong with its command line", async () => {
    const { status, out, err } = await runBench("--size", "tiny");
    expect({ status, out, err }).toEqual({
      status: 2,
      out: "",
      err: "bench: --size tiny: must be small, medium or normal\n",
    });
  });
});
