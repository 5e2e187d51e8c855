/** How the operator's command ends where it has a defect: with the status that says so, and never with 0. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { EXIT } from "../../src/cli/exit_status.ts";

const PROGRAM = join(import.meta.dir, "..", "..", "src", "fastflush.ts");
const LIMIT_MS = 20_000;

/** The program, with this in the place of what does what a command line says. */
function withCommandLine(body: string): string {
  const contents = `export async function runCommandLine() { ${body} }`;
  return `
    Bun.plugin({
      name: "a defect",
      setup: (build) => {
        build.onLoad({ filter: /\\/cli\\/command_line\\.ts$/ }, () => {
          return { contents: ${JSON.stringify(contents)}, loader: "ts" };
        });
      },
    });
    await import(${JSON.stringify(PROGRAM)});`;
}

for (const [what, body, said] of [
  ["it throws", 'throw new TypeError("no\\x1b such thing");', "TypeError: no? such thing"],
  [
    "something of it throws later",
    'setTimeout(() => { throw new Error("too late"); }, 1); await Bun.sleep(10_000);',
    "Error: too late",
  ],
  [
    "nobody waits for what has failed",
    'Promise.reject(new Error("nobody")); await Bun.sleep(10_000);',
    "Error: nobody",
  ],
  ["it waits for nothing", "await new Promise(() => {});", "Error: nothing is left to wait for"],
] as const) {
  test(what, async () => {
    const child = Bun.spawn([process.execPath, "-e", withCommandLine(body)], {
      stdout: "pipe",
      stderr: "pipe",
      timeout: LIMIT_MS,
    });
    const [out, err, status] = await Promise.all([
      child.stdout.text(),
      child.stderr.text(),
      child.exited,
    ]);
    expect({ out, err, status }).toEqual({
      out: "",
      err: `unexpected ${said}: a defect of fastflush\n`,
      status: EXIT.defect,
    });
  });
}

test("it ends with the status that it has come to", async () => {
  const child = Bun.spawn([process.execPath, "-e", withCommandLine(`return ${EXIT.tryAgain};`)], {
    stderr: "pipe",
    timeout: LIMIT_MS,
  });
  expect([await child.stderr.text(), await child.exited]).toEqual(["", EXIT.tryAgain]);
});
