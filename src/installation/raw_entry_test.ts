/** What postconf(1) would write of an entry as something else: as tried with that of Postfix 3.7. */
import { describe, expect, test } from "bun:test";
import { notKept } from "./raw_entry.ts";

const COLUMNS = "flush unix n - y 1000? 0";

describe("what is behind the program", () => {
  for (const [rest, expected] of [
    ["", null],
    ["-v", null],
    ["-o a=b", null],
    ["-o { a = b }", null],
    ["-vo { a = b }", null],
    ["-o {a=b} -o { fast_flush_domains = alpha.example, beta.example }", null],
    ["-omax_idle=9", null],
    ["-o fast_flush_domains={ x y }", null],
    ["{ -o fast_flush_domains = a.example }", "{ -o fast_flush_domains = a.example }"],
    ["-o { a = b } { -o c = d }", "{ -o c = d }"],
    ["{{ -o a = b }}", "{{ -o a = b }}"],
    ["-v {-o a=b}", "{-o a=b}"],
    ["-n { foo }", "{ foo }"],
    ["-ofast_flush_domains=a.example", "-ofast_flush_domains=a.example"],
    ["-vofoo=b", "-vofoo=b"],
    ["-nfoo", "-nfoo"],
  ] as const) {
    test(rest === "" ? "nothing" : rest, () => {
      expect(notKept(`${COLUMNS} flush ${rest}\n`, "flush")).toBe(expected);
    });
  }
});

test("over several lines, with comments between them, and of this entry alone", () => {
  const broken = "{ -o a = b }";
  const master = [
    `# ${COLUMNS} flush { -o x = y }`,
    `other unix n - y - - flush ${broken}`,
    "flush fifo n - y - - flush { -o f = g }",
    "flush\tunix  n - y 1000? 0",
    "   # { -o x = y }",
    "",
    "\tflush",
    "  { -o",
    "   a = b }",
    `after unix n - y - - flush ${broken}`,
  ];
  expect(notKept(master.join("\n"), "flush")).toBe(broken);
  expect(notKept(master.join("\n").replaceAll("{ -o\n", "-o {\n"), "flush")).toBeNull();
  expect(notKept("smtp inet n - y - - smtpd\n", "flush")).toBeNull();
});
