/** Which commands a command line has loaded: the one that it names, or all where what is said may be about any. */
import { expect, test } from "bun:test";
import { createProgram } from "./program.ts";

function loaded(...words: string[]): string[] {
  const program = createProgram({ out() {}, err() {} }, async () => {}, words);
  return program.commands.map((command) => command.name());
}

const OF_ONE = [
  ["list"],
  ["-c", "/etc/postfix-out", "list", "--json"],
  ["--cache-dir", "doctor", "--fresh", "list", "send"],
];

const OF_ALL = [
  [],
  ["lst"],
  ["--help"],
  ["--help", "list"],
  ["--", "list"],
  ["-c"],
  ["--config-dir=/etc/postfix", "list"],
  ["--frsh", "list"],
  ["help", "list"],
  ["completion", "bash"],
  ["toString"],
];

for (const words of OF_ONE) {
  test(`fastflush ${words.join(" ")} - list alone`, () => {
    expect(loaded(...words)).toEqual(["list"]);
  });
}

for (const words of OF_ALL) {
  test(`fastflush ${words.join(" ")} - all`, () => {
    const all = loaded();
    expect(all.length).toBeGreaterThan(15);
    expect(loaded(...words)).toEqual(all);
  });
}
