/** What test/shells can't see of the scripts: that each has every command and option, and no name that a shell takes apart. */
import { describe, expect, test } from "bun:test";
import { CommandRig } from "../../../test/support/command_rig.ts";
import { createProgram } from "../program.ts";
import { programWords } from "./words.ts";

const WORDS = programWords(createProgram({ out() {}, err() {} }, async () => {}));

async function script(shell: string): Promise<string> {
  const rig = new CommandRig();
  expect(await rig.run("completion", shell)).toBe(0);
  expect([rig.directories, rig.requests, rig.terminal.errText]).toEqual([[], [], ""]);
  return rig.terminal.outText;
}

describe.each(["bash", "zsh", "fish"])("the completion for %s", (shell) => {
  test("has each command, option and choice, and needs no configuration", async () => {
    const text = await script(shell);
    expect(WORDS.length).toBeGreaterThan(14);
    const words = WORDS.flatMap(({ name, options }) => [
      name,
      ...options.flatMap(({ names, values }) => [
        ...names.map((each) => (shell === "fish" ? each.replace(/^--?/, "") : each)),
        ...(Array.isArray(values) ? values : []),
      ]),
    ]);
    expect(words.filter((word) => !text.includes(word))).toEqual([]);
  });

  test("asks for 500 sites at most, and waits 2 seconds for them", async () => {
    expect(await script(shell)).toMatch(/timeout 2 fastflush .* list --json --limit 500 /);
  });

  test("lets no name of a site through but plain ones", async () => {
    expect(await script(shell)).toContain('"name":"\\([A-Za-z0-9_][A-Za-z0-9._-]*\\)"');
  });
});

test.each([
  ["bash", "  list:--sort)\n    words='messages "],
  ["zsh", "  list:--sort) compadd -- messages "],
  ["fish", "-n '__fastflush_is list' -l sort -x -a 'messages "],
])("an option's values are those of its command, in %s", async (shell, text) => {
  expect(await script(shell)).toContain(text);
});

test("another shell is refused", async () => {
  const rig = new CommandRig();
  expect(await rig.run("completion", "csh")).toBe(64);
  expect(rig.terminal.errText).toContain("Allowed choices are bash, zsh, fish.");
});

test("words that a shell would take apart are in no help that goes into a script", () => {
  const choices = WORDS.flatMap(({ options }) => options.flatMap(({ values }) => values ?? []));
  expect(choices.filter((word) => !/^[a-z]+$/.test(word))).toEqual([]);
});
