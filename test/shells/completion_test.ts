/**
 * The completions of fastflush, in the shells that they are for: what is typed with the Tab key behind it becomes what it
 * should. bash and zsh are typed into at a terminal; fish is asked what it would offer.
 *
 * `fastflush` is a stand-in that tells how it was called, and whose queue has a site with a name that a shell would execute, and
 * one with a name like an option.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../lab/run.ts";

const PROGRAM = join(import.meta.dir, "..", "..", "dist", "fastflush");

/** What is typed, and the words that it becomes. */
const ROWS = [
  ["li", "list"],
  ["list --so", "list --sort"],
  ["list --sort me", "list --sort messages"],
  ["send --yes al", "send --yes alpha.example"],
  ["send --match br", "send --match bravo.example"],
  ["-c /conf show o", "-c /conf show other.example"],
  ["--config-d", "--config-dir"],
  ["completion f", "completion fish"],
  ["help hist", "help histogram"],
  ["show ev", "show ev"],
  ["send --match --z", "send --match --z"],
  ["install --program /etc/host.c", "install --program /etc/host.conf"],
] as const;

const PROMPT = "READY>";
const CALLED = /^CALLED:(.*?)\s*$/gm;

let folder = "";
let env: Record<string, string> = {};

beforeAll(() => {
  folder = mkdtempSync("/var/tmp/fastflush-shells-");
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const evil = [`ev$(touch ${folder}/executed)il.example`, "--zulu.example"];
  const names = ["alpha.example", "bravo.example", ...evil];
  const lines = names.map((name) => `{"item":"destination","name":"${name}","messages":1}\n`);
  writeFileSync(join(folder, "queue"), lines.join(""));
  const standIn = `#!/bin/sh
case "$*" in
"list --json "*) cat '${folder}/queue' ;;
"-c /conf list --json "*) echo '{"item":"destination","name":"other.example"}' ;;
*) echo "CALLED:$*" ;;
esac
`;
  writeFileSync(join(bin, "fastflush"), standIn, { mode: 0o755 });
  env = { PATH: `${bin}:${process.env["PATH"]}`, HOME: folder, TERM: "dumb", LANG: "C.UTF-8" };
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Types lines into a shell, each when it asks for one; returns how the stand-in was called. */
async function typed(shell: readonly string[], setUp: readonly string[]): Promise<string[]> {
  const lines = [...setUp, ...ROWS.map(([text]) => `fastflush ${text}\t`), "exit"];
  let shown = "";
  let prompts = 0;
  const child = Bun.spawn([...shell], {
    env,
    cwd: folder,
    terminal: {
      cols: 200,
      data: (terminal, bytes) => {
        shown += Buffer.from(bytes).toString();
        const asked = shown.split(/[\r\n]+/).filter((line) => line.startsWith(PROMPT)).length;
        if (asked > prompts) {
          prompts = asked;
          terminal.write(`${lines.shift() ?? "exit"}\n`);
        }
      },
    },
  });
  await child.exited;
  child.terminal?.close();
  return [...shown.replaceAll("\r", "").matchAll(CALLED)].map(([, words = ""]) => words);
}

const EXPECTED = ROWS.map(([, becomes]) => becomes as string);

async function script(shell: string): Promise<string> {
  const { stdout } = await run([PROGRAM, "completion", shell]);
  const path = join(folder, `completion.${shell}`);
  writeFileSync(path, stdout);
  return path;
}

test("bash", async () => {
  const source = `source ${await script("bash")}`;
  env["PS1"] = PROMPT;
  expect(await typed(["bash", "--norc", "--noprofile", "-i"], [source])).toEqual(EXPECTED);
});

test("zsh", async () => {
  const setUp = ["autoload -Uz compinit; compinit -u -D", `source ${await script("zsh")}`];
  env["PS1"] = PROMPT;
  expect(await typed(["zsh", "-f", "-i"], setUp)).toEqual(EXPECTED);
});

test("fish", async () => {
  const path = await script("fish");
  const asked = ROWS.map(([text]) => `echo "$(complete -C 'fastflush ${text}' | string join ';')"`);
  const { stdout, stderr } = await run(
    ["fish", "-N", "-c", `source ${path}; ${asked.join("; ")}`],
    {
      env,
    },
  );
  expect(stderr).toBe("");
  // A line each, empty where nothing is offered; the first thing that is, without what explains it.
  const offered = stdout.split("\n").map((line) => line.split("\t", 1)[0] ?? "");
  expect(offered.slice(0, ROWS.length)).toEqual(
    ROWS.map(([text, becomes]) => (text === becomes ? "" : (becomes.split(" ").at(-1) ?? ""))),
  );
});

test("no shell has executed a site's name", () => {
  expect(existsSync(join(folder, "executed"))).toBeFalse();
});
