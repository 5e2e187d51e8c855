/** Standard streams of a command for real, in a process of its own. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { waitFor } from "../../lab/wait.ts";

const MODULE = join(import.meta.dir, "terminal.ts");

const LOOKS = "[terminal.canAsk, terminal.canOverwrite, terminal.outColumns, terminal.hasColours]";

/** Runs a piece of code with `terminal`; returns what it printed. */
async function run(code: string, input: string): Promise<{ out: string; err: string }> {
  const script = `const terminal = require(${JSON.stringify(MODULE)}).createTerminal(); ${code}`;
  const child = Bun.spawn([process.execPath, "-e", script], {
    stdin: Buffer.from(input),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  expect(await child.exited).toBe(0);
  return { out, err };
}

describe("createTerminal", () => {
  test("prints UTF-8, also more than a pipe holds at once", async () => {
    const { out, err } = await run("terminal.err('ü\\n'); terminal.out('ä'.repeat(500_000));", "");
    expect(err).toBe("ü\n");
    expect(out).toBe("ä".repeat(500_000));
  });

  test("reads lines as they were typed, the last one also without its end, then none", async () => {
    const code = "for (let i = 0; i < 4; i++) terminal.out(JSON.stringify(terminal.readLine()));";
    expect((await run(code, "yes\n\nnö")).out).toBe('"yes""""nö"null');
  });

  test("goes on when nobody reads any more", async () => {
    const script =
      `const terminal = require(${JSON.stringify(MODULE)}).createTerminal();` +
      "terminal.readLine(); terminal.out('x'.repeat(1_000_000)); terminal.err('done ' + terminal.outFault);";
    const child = Bun.spawn([process.execPath, "-e", script], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
    });
    await child.stdout.cancel();
    child.stdin.write("go on\n");
    child.stdin.end();
    expect(await child.stderr.text()).toBe("done null");
    expect(await child.exited).toBe(0);
  });

  for (const [what, redirection, fault] of [
    ["a full disk", ">/dev/full", "No space left on device"],
    ["a descriptor that was closed", ">&-", "Bad file descriptor"],
    ["where all is thrown away", ">/dev/null", null],
  ] as const) {
    test(`says why standard output takes nothing: ${what}`, async () => {
      const code =
        "terminal.out('x'); const first = terminal.outFault; terminal.out('y');" +
        "terminal.err(JSON.stringify([first, terminal.outFault]));";
      const script = `const terminal = require(${JSON.stringify(MODULE)}).createTerminal(); ${code}`;
      const words = ["sh", "-c", `exec "$0" -e "$1" ${redirection}`, process.execPath, script];
      const child = Bun.spawn(words, { stdin: "ignore", stdout: "ignore", stderr: "pipe" });
      expect(JSON.parse(await child.stderr.text())).toEqual([fault, fault]);
    });
  }

  test("tells that nobody can be asked in a pipe, which has neither a width nor colours", async () => {
    const code = `terminal.out(JSON.stringify(${LOOKS}));`;
    expect((await run(code, "")).out).toBe("[false,false,null,false]");
  });

  const rows: ReadonlyArray<
    readonly [environment: Readonly<Record<string, string>>, hasColours: boolean]
  > = [
    [{ TERM: "xterm" }, true],
    [{ TERM: "xterm", NO_COLOR: "" }, true],
    [{ TERM: "xterm", NO_COLOR: "1" }, false],
    [{ TERM: "dumb" }, false],
    [{ TERM: "" }, false],
  ];
  for (const [environment, hasColours] of rows) {
    test(`at a terminal, with ${JSON.stringify(environment)}`, async () => {
      const script =
        `const terminal = require(${JSON.stringify(MODULE)}).createTerminal();` +
        `terminal.out(JSON.stringify(${LOOKS}) + "\\n");`;
      let shown = "";
      const take = (bytes: Uint8Array): void => {
        shown += new TextDecoder().decode(bytes);
      };
      const child = Bun.spawn([process.execPath, "-e", script], {
        env: { ...process.env, NO_COLOR: undefined, ...environment },
        terminal: { cols: 123, rows: 45, data: (_, bytes) => take(bytes) },
      });
      expect(await child.exited).toBe(0);
      await waitFor("all to be shown", () => shown.endsWith("\n"));
      child.terminal?.close();
      expect(shown.trim()).toBe(`[true,true,123,${hasColours}]`);
    });
  }
});
