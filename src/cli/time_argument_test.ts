/** Spans of time on the command line. */
import { expect, test } from "bun:test";
import { CommandError, EXIT } from "./exit_status.ts";
import { parseTime } from "./time_argument.ts";

for (const [text, seconds] of [
  ["0s", 0],
  ["90s", 90],
  ["2m", 120],
  ["2h", 7200],
  ["1d", 86_400],
  ["1w", 604_800],
  ["999999999s", 999_999_999],
] as const) {
  test(`${text} is ${seconds} seconds`, () => {
    expect(parseTime(text)).toBe(seconds);
  });
}

for (const text of [
  "",
  "90",
  "s",
  "1.5h",
  "-1h",
  " 1h",
  "1h ",
  "1h30m",
  "2H",
  "1y",
  "0000000001s",
  "999999999w",
]) {
  test(`"${text}" is an error of usage`, () => {
    try {
      parseTime(text);
    } catch (caught) {
      expect(caught).toBeInstanceOf(CommandError);
      expect(caught).toMatchObject({ status: EXIT.usage });
      return;
    }
    throw new Error("it was taken for a time");
  });
}

test("what is wrong is shown without its control bytes", () => {
  expect(() => parseTime("\x1b[2Jh")).toThrow('"?[2Jh" is no time');
});
