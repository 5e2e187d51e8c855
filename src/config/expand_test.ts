// biome-ignore-all lint/suspicious/noTemplateCurlyInString: main.cf's own syntax, not JavaScript's
import { expect, test } from "bun:test";
import { expand, type Lookup } from "./expand.ts";

const VALUES: Readonly<Record<string, string>> = {
  seven: "7",
  empty: "",
  nothing: "$empty",
  words: "a  b",
  level: "3.6",
  deep: "$words-${seven}",
  loop: "$loop",
  bad: "$-",
};

const lookup = (name: string): string | undefined => VALUES[name];

/** Choices within choices. */
function nested(count: number): string {
  return `${"${nobody:".repeat(count)}x${"}".repeat(count)}`;
}

// Each row was observed with the original.
const rows: ReadonlyArray<readonly [text: string, expanded: string]> = [
  ["", ""],
  ["a b", "a b"],
  ["$seven${seven}$(seven)${ seven\t}", "7777"],
  ["$seven.x $seven-$seven? ${seven}y{$seven}", "7.x 7-7? 7y{7}"],
  ["[$nobody][${nobody}][$empty][$nothing]", "[][][][]"],
  ["$deep", "a  b-7"],
  ["$$seven $$$seven $$", "$seven $7 $"],
  ["${ }[${?a}][${:b}]", "[][b]"],
  ["${seven?a}${seven:b}${empty?c}${empty:d}${nobody:e}", "ade"],
  ["${nothing?set}${nothing:unset}", "set"],
  ["${bad?set}", "set"],
  ["[${seven? a }][${seven?{ a }}][${seven? {a} }]", "[ a ][ a ][a]"],
  ["[${seven?{a}:{b}}][${empty?{a} : {b} }][${empty?{a}: b }]", "[a][b][ b ]"],
  ["[${seven?a:b}][${empty:a?b}][${seven?}][${empty?{a}:}]", "[a:b][a?b][][]"],
  ["[${seven?a{b}c}][${seven?a}b}][$(seven?a}b)]", "[a{b}c][ab}][a}b]"],
  ["${seven?{{a}}} ${seven?{a}}}", "{a} a}"],
  ["${seven?${seven?{$seven}}}", "7"],
  ["${empty?$-}${empty?{$x-y}}", ""],
  ["[${{1}=={1}}][${{1}=={2}}][${ {1} != {2} }]", "[true][][true]"],
  ["[${{10}>{9}?a:b}][${{10}>{9}?{a}:{b}}][${{10}<{9}:c}]", "[a:b][a][c]"],
  ["[${{5}=={05}}][${{x5}=={x05}}][${{-5}<{3}}][${{+5}=={5}}]", "[true][][true][]"],
  ["[${{}=={0}}][${{ 5}=={5}}][${{$seven}=={7}}]", "[][][true]"],
  ["[${{B}<{a}}][${{a}<{ab}}][${{\xff}>{a}}]", "[true][true][true]"],
  ["[${{$level} <level {3.10}}][${{$level}<{3.10}}]", "[true][]"],
  ["[${{2}==level{2.0.0}}][${{ +2. 1}>level{2}}]", "[true][true]"],
  ["[${{9223372036854775807}>{9223372036854775806}}]", "[true]"],
  ["$({1}=={1}?{a})", "a"],
  [nested(100), "x"],
];

for (const [text, expanded] of rows) {
  test(`expand: ${text}`, () => {
    expect(expand(text, lookup)).toBe(expanded);
  });
}

const warnings: ReadonlyArray<readonly [text: string, warning: string]> = [
  ["a $", 'empty macro name: "a $"'],
  ["a $-", 'empty macro name: "a $-"'],
  ["a ${} b", 'empty macro name: "a ${} b"'],
  ["a ${x", 'truncated macro reference: "a ${x"'],
  ["${x-y}", 'attribute name syntax error at: "...x>>>-y"'],
  ["${ x  y}", 'attribute name syntax error at: "... x>>>  y"'],
  ["${seven?{a}b}", '":" expected at: "...a}>>>b"'],
  ["${seven?{a}:{b}c}", 'unexpected input at: "...b}>>>c"'],
  ["${{1}={2}}", '"==" or "!="" or "<"" or "<="" or ">="" or ">" expected at: "...1}>>>={2}"'],
  ["${{1} == 2}", '"{expression}" expected at: "...{1} ==>>> 2"'],
  ["${{1}=={2}x}", '"?" or ":" expected at: "...}>>>x"'],
  ["${{1}==lev{2}}", 'bad operator suffix at: "...==>>>lev"'],
  ["${{1 }<level{2}}", 'malformed compatibility level syntax: "1 "'],
  ["$(seven?{a)", 'unbalanced {} in attribute expression: "{a"'],
  ["$loop", 'unreasonable macro call nesting: "loop"'],
  ["${loop:a}$loop", 'unreasonable macro call nesting: "loop"'],
  [nested(101), 'unreasonable macro call nesting: "x"'],
  ["${bad}", 'empty macro name: "$-"'],
];

for (const [text, warning] of warnings) {
  test(`expand warns of ${text}`, () => {
    const error = expect.objectContaining({ name: "MacroError", message: warning });
    expect(() => expand(text, lookup)).toThrow(error);
  });
}

test("expand dies of numbers beyond 63 bits, as the original does", () => {
  const message = "mac_exp_eval: bad conversion: 9223372036854775808";
  const error = expect.objectContaining({ name: "Fatal", message });
  expect(() => expand("${{9223372036854775808}=={1}}", lookup)).toThrow(error);
});

/** Names of which each refers twice to the next; the last one is `end`. */
function doubling(levels: number, end: string): Lookup {
  const values = new Map<string, string>([[`n${levels}`, end]]);
  for (let level = 0; level < levels; level++) {
    values.set(`n${level}`, `$n${level + 1}$n${level + 1}`);
  }
  return (name) => values.get(name);
}

test("expand doubles as often as it can be waited for", () => {
  expect(expand("$n0", doubling(12, "x"))).toBe("x".repeat(2 ** 12));
  const error = expect.objectContaining({
    name: "MacroError",
    message: 'unreasonable number of macro calls: "$n0"',
  });
  expect(() => expand("$n0", doubling(60, "x"))).toThrow(error);
  expect(() => expand("$n0", doubling(60, ""))).toThrow(error);
  expect(() => expand("$n0", doubling(12, "x".repeat(10_000)))).toThrow(error);
});
