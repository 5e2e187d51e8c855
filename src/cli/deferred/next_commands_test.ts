/** The commands that show proposes: as a shell must be given them. */
import { expect, test } from "bun:test";
import { nextCommandsText } from "./next_commands.ts";

const ROWS: ReadonlyArray<
  readonly [patterns: readonly string[], directory: string, words: (name: string) => string]
> = [
  [["one.com"], "/etc/postfix", (name) => `fastflush ${name} one.com`],
  [["@one.com", "two.com"], "/etc/p", (name) => `fastflush -c /etc/p ${name} @one.com two.com`],
  [
    ["*.one.com", "m?"],
    "/etc/postfix",
    (name) => `fastflush ${name} --match '*.one.com' --match 'm?'`,
  ],
  [["[192.0.2.1]"], "/etc/it's", (name) => `fastflush -c '/etc/it'\\''s' ${name} '[192.0.2.1]'`],
];

for (const [patterns, directory, words] of ROWS) {
  test(words("send"), () => {
    expect(nextCommandsText(patterns, directory)).toBe(
      `To see what a flush of these sites would do: ${words("preview")}\n` +
        `To try to deliver their mail now: ${words("send")}\n`,
    );
  });
}

test("none for sites and patterns at once: send takes one kind at a time", () => {
  expect(nextCommandsText(["one.com", "*.two.com"], "/etc/postfix")).toBe("");
});
