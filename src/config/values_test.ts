import { expect, test } from "bun:test";
import {
  parseBoolean,
  parseInteger,
  parseLevel,
  parseNames,
  parseText,
  parseTimeSeconds,
  splitList,
} from "./values.ts";

type Row<Value> = readonly [text: string, want: Value | { readonly fatal: string }];

function check<Value>(
  what: string,
  parse: (text: string) => Value,
  rows: ReadonlyArray<Row<Value>>,
): void {
  for (const [text, want] of rows) {
    test(`${what} of ${JSON.stringify(text)}`, () => {
      if (typeof want === "object" && want !== null && "fatal" in want) {
        const error = expect.objectContaining({ name: "Fatal", message: want.fatal });
        expect(() => parse(text)).toThrow(error);
      } else {
        expect(parse(text)).toBe(want);
      }
    });
  }
}

// Each row was observed with the original; spec sections 6.2 and 11, row 83.
const noNumber = (text: string) => ({ fatal: `bad numerical configuration: max_use = ${text}` });
check("parseInteger", (text) => parseInteger("max_use", text, 1), [
  ["1", 1],
  ["007", 7],
  ["+5", 5],
  [" \t5", 5],
  ["2147483647", 2147483647],
  ["2147483648", noNumber("2147483648")],
  ["4294967297", noNumber("4294967297")],
  ["", noNumber("")],
  ["5x", noNumber("5x")],
  ["5 ", noNumber("5 ")],
  ["0x10", noNumber("0x10")],
  ["1e2", noNumber("1e2")],
  ["\xa05", noNumber("\xa05")],
  ["0", { fatal: "invalid max_use parameter value 0 < 1" }],
  ["-0", { fatal: "invalid max_use parameter value 0 < 1" }],
  ["-5", { fatal: "invalid max_use parameter value -5 < 1" }],
]);

const noTime = (text: string) => ({ fatal: `parameter max_idle: bad time value or unit: ${text}` });
check("parseTimeSeconds", (text) => parseTimeSeconds("max_idle", text, "h", 1), [
  ["2", 7200],
  ["5s", 5],
  ["2m", 120],
  ["1hour", 3600],
  ["7days", 604800],
  ["1w", 604800],
  [" +1d", 86400],
  ["596522h", 596522 * 3600],
  ["596523h", noTime("596523h")],
  ["596523", noTime("596523")],
  ["2147483647s", 2147483647],
  ["2147483648s", noTime("2147483648s")],
  ["24854d", 24854 * 86400],
  ["24855d", noTime("24855d")],
  ["", noTime("")],
  ["1x", noTime("1x")],
  ["1D", noTime("1D")],
  ["1.5h", noTime("1.5h")],
  ["5 d", noTime("5 d")],
  ["-1d", noTime("-1d")],
  ["+s", noTime("+s")],
  ["h", { fatal: "invalid max_idle: 0 (min 1)" }],
  ["0", { fatal: "invalid max_idle: 0 (min 1)" }],
  ["-0s", { fatal: "invalid max_idle: 0 (min 1)" }],
]);

const noBoolean = (text: string) => ({ fatal: `bad boolean configuration: x = ${text}` });
check<boolean>("parseBoolean", (text) => parseBoolean("x", text), [
  ["yes", true],
  ["YeS", true],
  ["no", false],
  ["nO", false],
  ["true", noBoolean("true")],
  ["1", noBoolean("1")],
  ["", noBoolean("")],
  ["yes ", noBoolean("yes ")],
]);

const noLevel = (text: string) => ({ fatal: `malformed compatibility level syntax: "${text}"` });
check("parseLevel", parseLevel, [
  ["0", "0"],
  ["3.6", "3.6"],
  ["1.1023.1023", "1.1023.1023"],
  ["03.06", "03.06"],
  ["8796093022207", "8796093022207"],
  ["8796093022208", noLevel("8796093022208")],
  ["1.1024", noLevel("1.1024")],
  ["1.2.3.4", noLevel("1.2.3.4")],
  ["3.", noLevel("3.")],
  ["-1", noLevel("-1")],
  ["x", noLevel("x")],
  ["", noLevel("")],
]);

check("parseText", (text) => parseText("syslog_name", text, 1), [
  ["a", "a"],
  ["", { fatal: "bad string length 0 < 1: syslog_name = " }],
]);

test("parseNames: separators, repetitions and upper case", () => {
  expect(parseNames(", Deferred,defer\t\r\n DEFERRED flush,")).toEqual(
    new Set(["deferred", "defer", "flush"]),
  );
});

test("splitList: separators at the ends give no empty parts", () => {
  expect(splitList(" ,/var, /dev/stdout\t")).toEqual(["/var", "/dev/stdout"]);
  expect(splitList(", ")).toEqual([]);
});
