// biome-ignore-all lint/suspicious/noTemplateCurlyInString: main.cf's own syntax, not JavaScript's
/**
 * main.cf as postconf(1) reads it: a table of nasty files, and random ones. Run more of them, or those of a
 * seed that a failure prints: FUZZ_SEED=N FUZZ_DRAWS=N bun test src/config/postconf_agreement_test.ts
 */
import { expect, test } from "bun:test";
import { hostname } from "node:os";
import { mutate } from "../../test/fuzz/mutate.ts";
import { askPostconf, type Question } from "../../test/support/config_judge.ts";
import { oneIn, randomFrom } from "../../test/support/random.ts";
import { drawConfiguration } from "../../test/support/random_main_cf.ts";
import { Fatal } from "../effects/fatal.ts";
import { MemoryLog } from "../memory/log.ts";
import { parseMainCf } from "./main_cf.ts";
import { parseOverride } from "./override.ts";
import type { ParameterRow } from "./parameter_rows.ts";
import { ParameterTable } from "./parameter_table.ts";
import { PARAMETERS } from "./parameters.ts";

const SEED = Number(process.env["FUZZ_SEED"] ?? Date.now() % 1_000_000_000);
const DRAWS = Number(process.env["FUZZ_DRAWS"] ?? 300);

/** postconf(1) is asked by so many processes at a time. */
const AT_ONCE = 2;

/** What is drawn: references go down the list. A default of Postfix's must not refer upwards either. */
const DRAWN = [
  "fast_flush_domains",
  "relay_domains",
  "mydestination",
  "syslog_name",
  "multi_instance_name",
  "compatibility_level",
  "myhostname",
  "mydomain",
  ...["user_0", "user_1", "user_2", "user_3"],
];

/** What mutations put into a file; none can make a name refer twice to another that refers to it (see random_main_cf.ts). */
const PIECES = [
  "$",
  "{",
  "}",
  "?",
  ":",
  "==",
  " = ",
  "\n",
  "\n ",
  "#",
  "\n#",
  "\r",
  "\v",
  "7d",
  "=lost",
];

/** postconf(1) has its own values for these. */
const ITS_OWN = new Set(["config_directory", "process_name", "process_id", "service_name"]);
const ASKED = Object.values<ParameterRow>(PARAMETERS)
  .map((row) => row.name)
  .filter((name) => !ITS_OWN.has(name));

interface Reading {
  /** By name, white space as postconf(1) shows it. */
  readonly values: Readonly<Record<string, string>>;
  /** About the file's lines. */
  readonly warnings: readonly string[];
  readonly fatal: string | null;
}

function read(question: Question): Reading {
  const log = new MemoryLog();
  try {
    const values = new Map([["config_directory", "DIR"]]);
    parseMainCf("DIR/main.cf", question.mainCf, values, log);
    const warnings = log.texts("warning").map(printable);
    for (const { name, value } of (question.overrides ?? []).map(parseOverride)) {
      values.set(name, value);
    }
    const table = new ParameterTable(values, hostname(), log);
    const expanded = ASKED.map((name) => [name, reflow(table.valueOf(name))] as const);
    return { values: Object.fromEntries(expanded), warnings, fatal: null };
  } catch (caught) {
    if (caught instanceof Fatal) {
      return { values: {}, warnings: [], fatal: printable(caught.message) };
    }
    throw caught;
  }
}

async function readByPostconf(question: Question): Promise<Reading> {
  const { output, warnings, fatal } = await askPostconf(question, ASKED);
  if (fatal !== null) {
    return { values: {}, warnings: [], fatal: asDaemonSays(fatal) };
  }
  const shown = new Map(
    output.split("\n").map((line) => [line.split(" =", 1)[0] ?? "", line.replace(/^.*? =/, "")]),
  );
  const ofLines = /overriding earlier entry|logical line must not start/;
  return {
    values: Object.fromEntries(ASKED.map((name) => [name, reflow(shown.get(name) ?? "missing")])),
    warnings: warnings.filter((warning) => ofLines.test(warning)),
    fatal: null,
  };
}

/** postconf(1) has other words than daemons for two of its errors. */
function asDaemonSays(fatal: string): string {
  return fatal
    .replace(/^macro processing error$/, "dictionary mail_dict: macro processing error")
    .replace(
      /^invalid parameter override: (.*): (missing .*)$/,
      'invalid "-o $1" option value: $2',
    );
}

function reflow(value: string): string {
  return value.replace(/[ \t\n\v\f\r]+/g, " ").trim();
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?");
}

const U = "user_0 = 7\nuser_1 =\nuser_2 = $user_1\nuser_3 = a  b\n";
const F = "fast_flush_domains = ";
const OPERATORS = ["==", "!=", "<", "<=", ">=", ">"].flatMap((sign) => [sign, `${sign}level`]);

const rows: ReadonlyArray<readonly [name: string, mainCf: string, overrides?: readonly string[]]> =
  [
    ["nothing set", ""],
    ["a file without a newline at its end", `${F}a`],
    ["continuation lines", `${F}a\n  b\n\tc\n`],
    [
      "comments and blank lines amid a continuation",
      `${F}a\n# $-\n\n \t\n  b\n   # x\n\n  c\nd = 1\n`,
    ],
    ["a continuation of nothing", `  lost\n  too\n${F}a\n`],
    ["a long continuation of nothing behind comments", `\n# c\n ${"x".repeat(40)}\n${F}a\n`],
    ["carriage returns", `${F}a\r\n\r\n  b\r\nmydestination = c\r\n`],
    ["a line that starts with a carriage return", `${F}a\n\rb\n\r# c\n`],
    ["vertical tabs and form feeds", `${F}\v a\f\n\vb\n\f\n`],
    ["blanks that only Unicode knows", `${F}\x85\xa0a\xa0\nx\xa0 = 1\n`],
    ["NUL in a value", `${F}a\0b\n  c\nmydestination = d\n`],
    ["NUL at the start of a line", `${F}a\n\0mydestination = b\n`],
    ["NUL in a name", `${F}a\nmydest\0ination = b\n`],
    ["NUL in a continuation line", `${F}a\n  \0b\n  c\n`],
    ["# and = within a value", `${F}a # b = c ## =\n`],
    ["no = at all", `${F}a\n\n\nlost\n`],
    ["no = in a logical line of three", "lost\n  and\n# c\n  found\n"],
    ["no name", "= a\n"],
    ["white space in a name", "a b = c\n"],
    ["any other character in a name", `x-y.z:\xe9 = 1\n${F}a\n`],
    ["white space before =", "fast_flush_domains\t \r= a\n"],
    ["a repeated name", `${F}a\n${F}b\n${F}b\n${F}\n${F}a\n`],
    ["a repeated name with other white space", `${F}a b\n${F}a  b\n`],
    ["-o over main.cf, the last one winning", `${F}a $b\nb=1\n`, ["b=2", "b = 3 ", "c=4"]],
    ["-o seen through references", `${F}$b\nb=$c\n`, ["c={ $d }", "d = e f\t"]],
    ["-o without =", F, ["junk"]],
    ["-o without a name", F, ["=junk"]],
    ["an empty -o", F, [""]],
    ["-o with white space in the name", F, ["a b=c"]],
    ["references of all forms", `${U}${F}$user_0 \${user_0} $(user_0) \${ user_0\t} $(user_0 )\n`],
    [
      "references next to text",
      `${U}${F}$user_0-$user_0.x$user_0,\${user_0}y$user_0{z}$user_0?a:b\n`,
    ],
    ["unknown and empty parameters", `${U}${F}[$user_1][$user_2][$nobody]\n`],
    ["a reference to nothing", `${F}[\${}]\n`],
    ["an empty name with blanks, and choices on it", `${F}[\${ }][\${?a}][\${:b}]\n`],
    ["dollar signs", `${U}${F}$$ $$user_0 $$$user_0 $$$$ $\${user_0}\n`],
    ["a dollar sign at the end", `${F}a$`],
    ["a dollar sign before a dash", `${F}$-`],
    ["choices by ? and :", `${U}${F}[\${user_0?a}][\${user_0:b}][\${user_1?a}][\${user_1:b}]\n`],
    ["choices go by the value before expansion", `${U}${F}[\${user_2?a}][\${user_2:b}]\n`],
    ["choices on defaults", `${F}[\${max_idle?a}][\${mydestination?a}][\${maillog_file?a}]\n`],
    ["ternaries", `${U}${F}[\${user_0?{a}:{b}}][\${user_1?{a} : {b} }][\${user_1?{a}:b:{c}}]\n`],
    [
      "ternaries without an end",
      `${U}${F}[\${user_0?{a}}][\${user_1?{a}:}][\${user_1?{a} : b }]\n`,
    ],
    ["braces within choices", `${U}${F}[\${user_0?a{b}c}][\${user_0?{{a}}}][\${user_0?{a{}}}]\n`],
    ["a bracket too many", `${U}${F}\${user_0?a}b} $(user_0?a)b) \${user_0?{a}}}\n`],
    ["other brackets don't count", `${U}${F}\${user_0?a)b} $(user_0?a}b) $(user_0?{a}:{b})\n`],
    ["unbalanced braces in parentheses", `${U}${F}$(user_0?{a)b}:{c})\n`],
    ["nested choices", `${U}${F}\${user_0?\${user_1:\${user_0?{$user_3}}}}\n`],
    ["numbers", `${F}[\${{5}=={05}}][\${{10}>{9}}][\${{-5}<{3}}][\${{+5}=={5}}][\${{}=={0}}]\n`],
    [
      "numbers of 63 bits",
      `${F}[\${{9223372036854775807}>{9223372036854775806}}][\${{4294967296}=={0}}]\n`,
    ],
    ["numbers of more bits", `${F}\${{9223372036854775808}>{1}}\n`],
    ["texts", `${F}[\${{x10}<{x9}}][\${{B}<{a}}][\${{\xc3}>{a}}][\${{ a}=={a}}][\${{a}!={a }}]\n`],
    ["all operators", `${F}${OPERATORS.map((sign) => `[\${{1}${sign}{2}}]`).join("")}\n`],
    ["an unknown operator", `${F}[\${{1}==={1}}]\n`],
    [
      "comparisons and choices",
      `${U}${F}[\${{$user_0}=={7}?{a}:{b}}][\${{1}>{2}?a:b}][\${{1}>{2}:c}]\n`,
    ],
    ["levels", `${F}[\${{3.6}<level{3.10}}][\${{2} ==level {2.0.0}}][\${{3.6}<{3.10}}]\n`],
    [
      "levels with signs and blanks",
      `${F}[\${{ +1}==level{1}}][\${{1. 2}>level{1}}][\${{-0}==level{0}}]\n`,
    ],
    ["the largest level", `${F}[\${{8796093022207.1023.1023}>level{8796093022207.1023.1022}}]\n`],
    ["levels that are none", `${F}[\${{1.1024}>level{1}}]\n`],
    ["a level with a blank behind it", `${F}[\${{1 }>level{1}}]\n`],
    ["an unknown suffix", `${F}[\${{1}>lvl{1}}]\n`],
    ["a comparison without a right side", `${F}[\${{1}>}]\n`],
    ["text behind a comparison", `${F}[\${{1}>{2}x}]\n`],
    ["text behind a choice", `${U}${F}[\${user_0?{a}b}]\n`],
    ["text behind a ternary", `${U}${F}[\${user_0?{a}:{b}c}]\n`],
    ["a name with a dash", `${F}\${a-b}\n`],
    ["a reference without end", `${F}\${a\n`],
    ["errors in what is not chosen", `${U}${F}[\${user_1?$-}][\${{1}=={2}?\${x-y}}]\n`],
    ["a loop", `${F}$a\na = $b\nb = x$a\n`],
    ["a loop that nobody asks for", `${F}a\na = $a\n`],
    ["a loop of myhostname and mydomain", "myhostname = a.$mydomain\nmydomain = b.$myhostname\n"],
    ["a loop by myhostname alone", "myhostname = $myhostname\n"],
    ["nesting to the limit", nested(98)],
    ["nesting beyond the limit", nested(99)],
    ["choices to the limit", `${F}${"${nobody:".repeat(100)}x${"}".repeat(100)}\n`],
    ["choices beyond the limit", `${F}${"${nobody:".repeat(101)}x${"}".repeat(101)}\n`],
    ["compatibility level 1", "compatibility_level = 1\n"],
    ["compatibility level 2", "compatibility_level = 2\n"],
    ["compatibility level 3.6, relay_domains set", "compatibility_level=3.6\nrelay_domains=a\n"],
    ["myhostname with a domain", "myhostname = a.b.c\n"],
    ["myhostname without a domain", "myhostname = a\n"],
    ["myhostname by reference", "myhostname = $a\na = b.c\n"],
    ["myhostname with a dot at its end", "myhostname = a.\n"],
    ["mydomain alone", "mydomain = $a\na = b.c\n"],
    ["mydomain that refers to myhostname", "mydomain = b.$myhostname\n"],
    ["myhostname that refers to mydomain", "myhostname = a.$mydomain\n"],
    ["both", "myhostname = a.$mydomain\nmydomain = b.c\n"],
    ["a multi-instance name", "multi_instance_name = postfix-$a\na = out\n"],
  ];

/** A chain of `count` references with an empty one and a text at its end. */
function nested(count: number): string {
  const chain = Array.from({ length: count }, (_, i) => `n${i} = $n${i + 1}\n`).join("");
  return `${F}$n0\n${chain}n${count} = a $end b\nend = 5\n`;
}

for (const [name, mainCf, overrides = []] of rows) {
  test(`main.cf is read as postconf reads it: ${name}`, async () => {
    const question = { mainCf, overrides };
    expect(read(question)).toEqual(await readByPostconf(question));
  });
}

test("defaults are those of postconf -d", () => {
  const rowsWithDefault = Object.values<ParameterRow>(PARAMETERS).filter(
    (row) => row.default !== null && !ITS_OWN.has(row.name),
  );
  const names = rowsWithDefault.map((row) => row.name);
  const { stdout } = Bun.spawnSync(["/usr/sbin/postconf", "-d", ...names]);
  const want = rowsWithDefault.map((row) => `${row.name} = ${row.default}`.trimEnd());
  expect(stdout.toString().trimEnd().split("\n").sort()).toEqual(want.sort());
});

test(`${DRAWS} random configurations are read as postconf reads them`, async () => {
  let fatals = 0;
  for (let draw = 0; draw < DRAWS; draw += AT_ONCE) {
    const seeds = Array.from({ length: AT_ONCE }, (_, i) => SEED + draw + i);
    const readings = seeds.map(async (seed) => {
      const random = randomFrom(seed);
      const drawn = drawConfiguration(random, DRAWN);
      // A file that a bad disk, or somebody in a hurry, has changed.
      const mainCf = oneIn(random, 4) ? mutate(drawn.mainCf, random, PIECES) : drawn.mainCf;
      const question = { ...drawn, mainCf };
      return { seed, question, want: await readByPostconf(question) };
    });
    for (const { seed, question, want } of await Promise.all(readings)) {
      fatals += want.fatal === null ? 0 : 1;
      expect({ seed, question, ...read(question) }).toEqual({ seed, question, ...want });
    }
  }
  // The draws are of use only if most have values to compare, and some have errors.
  expect(fatals).toBeGreaterThan(DRAWS / 20);
  expect(fatals).toBeLessThan(DRAWS / 2);
});
