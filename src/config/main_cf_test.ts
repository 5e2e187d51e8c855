import { expect, test } from "bun:test";
import { MemoryLog } from "../memory/log.ts";
import { parseMainCf } from "./main_cf.ts";

const PATH = "/etc/postfix/main.cf";

interface Row {
  readonly name: string;
  readonly text: string;
  readonly values?: Readonly<Record<string, string>>;
  readonly warnings?: readonly string[];
  readonly fatal?: string;
}

// Each row was observed with the original.
const rows: readonly Row[] = [
  { name: "white space around name and value", text: "a \t=\r b  c\v\n", values: { a: "b  c" } },
  { name: "an empty value", text: "a =\n", values: { a: "" } },
  { name: "further equals signs", text: "a==b=c", values: { a: "=b=c" } },
  { name: "continuation lines", text: "a\n =\n  b\n# c\n  d\n", values: { a: "b  d" } },
  { name: "a number sign in a value", text: "a = b # c", values: { a: "b # c" } },
  { name: "any character in a name", text: "a-b.c:$\xe9=1", values: { "a-b.c:$\xe9": "1" } },
  { name: "what is behind NUL", text: "a = b\0c\n  d\ne = f\n", values: { a: "b", e: "f" } },
  {
    name: "repeated names",
    text: "a=1\na=2\na=2\na=\n\na =\n 1\n",
    values: { a: "1" },
    warnings: [
      `${PATH}, line 2: overriding earlier entry: a=1`,
      `${PATH}, line 4: overriding earlier entry: a=2`,
      `${PATH}, line 6: overriding earlier entry: a=`,
    ],
  },
  {
    name: "a value over one that was there before",
    text: "\nconfig_directory = /tmp",
    values: { config_directory: "/tmp" },
    warnings: [`${PATH}, line 2: overriding earlier entry: config_directory=/etc/postfix`],
  },
  {
    name: "a continuation of nothing",
    text: `  lost\n\ttoo\na=1\n`,
    values: { a: "1" },
    warnings: [`${PATH}: logical line must not start with whitespace: "  lost\ttoo"`],
  },
  {
    name: "one of 30 characters",
    text: ` ${"x".repeat(29)}\n`,
    warnings: [`${PATH}: logical line must not start with whitespace: " ${"x".repeat(29)}"`],
  },
  {
    name: "one of 31 characters",
    text: ` ${"x".repeat(30)}\n`,
    warnings: [`${PATH}: logical line must not start with whitespace: " ${"x".repeat(29)}..."`],
  },
  {
    name: "no equals sign",
    text: "\n\nfoo \n  bar\n",
    fatal: `${PATH}, line 3: missing '=' after attribute name: "foo   bar"`,
  },
  {
    name: "white space in a name",
    text: "a b = c",
    fatal: `${PATH}, line 1: missing '=' after attribute name: "a b = c"`,
  },
  { name: "no name", text: "a=1\n= b", fatal: `${PATH}, line 2: missing attribute name: "= b"` },
  { name: "NUL at the start", text: "\0a=1", fatal: `${PATH}, line 1: missing attribute name: ""` },
];

for (const row of rows) {
  test(`parseMainCf: ${row.name}`, () => {
    const log = new MemoryLog();
    const values = new Map([["config_directory", "/etc/postfix"]]);
    const parse = () => parseMainCf(PATH, row.text, values, log);
    if (row.fatal !== undefined) {
      expect(parse).toThrow(expect.objectContaining({ name: "Fatal", message: row.fatal }));
      return;
    }
    parse();
    expect(Object.fromEntries(values)).toEqual({ config_directory: "/etc/postfix", ...row.values });
    expect(log.texts("warning")).toEqual([...(row.warnings ?? [])]);
  });
}
