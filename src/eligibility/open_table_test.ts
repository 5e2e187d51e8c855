// biome-ignore-all lint/suspicious/noTemplateCurlyInString: result texts of regexp_table(5), no templates
import { describe, expect, test } from "bun:test";
import { PostfixTablesRig } from "../../test/support/postfix_tables.ts";
import { Fatal } from "../effects/fatal.ts";
import { OsError } from "../effects/os_error.ts";
import { MemoryLog } from "../memory/log.ts";
import { MemoryTextFiles } from "../memory/text_files.ts";
import { encodeUtf8 } from "../names/byte_string.ts";
import { TableOpener } from "./open_table.ts";

/** Opens a table, looks keys up, and returns the results' first letters with all that was logged. */
function look(
  title: string,
  keys: readonly string[],
  { file = "", utf8 = true, textFiles = new MemoryTextFiles({ "/t": encodeUtf8(file) }) } = {},
): { results: string; log: string[] } {
  const log = new MemoryLog();
  const { tables } = new PostfixTablesRig();
  const opener = new TableOpener({ textFiles, log, utf8, openErrorIsFatal: false, tables });
  const table = opener.open(encodeUtf8(title));
  const results = keys.map((key) => String(table.lookup(encodeUtf8(key))).charAt(0)).join("");
  return { results, log: log.lines.map(({ severity, text }) => `${severity}: ${text}`) };
}

type FileRow = readonly [file: string, keys: string, results: string, ...warnings: string[]];

function checkFiles(type: string, prefix: string, rows: readonly FileRow[]): void {
  for (const [file, keys, results, ...warnings] of rows) {
    test(JSON.stringify(file), () => {
      const log = warnings.map((warning) => `warning: ${prefix}${warning}`);
      expect(look(`${type}:/t`, keys.split(" "), { file })).toEqual({ results, log });
    });
  }
}

// Results and warnings are those of the original, 3.7.11.
describe("texthash", () => {
  checkFiles("texthash", "/t", [
    ["k v\n", "k b K", "fnn"],
    ["k\tv", "k", "f"],
    ["# c\nk v\n\n  cont\n#x\n b v\n", "k b", "fn"],
    ["K v\n", "k K", "nf"],
    ["ü v\n", "ü", "f"],
    ['"k" v\n', 'k "k"', "nf"],
    ["k\\ b v\n", "k\\ k", "nn"],
    ["k v\r\nb w\x0c\n", "k b", "ff"],
    ["k #v\n", "k", "f"],
    ["k\n", "k", "n", ", line 1: expected format: key whitespace value -- ignoring this line"],
    ["k  \n b\n", "k", "f"],
    [
      "k\0x v\nb x\n",
      "b",
      "f",
      ", line 1: expected format: key whitespace value -- ignoring this line",
    ],
    [
      "k:\n# y\n\n  v\n",
      "k k:",
      "nf",
      ', line 1: record is in "key: value" format; is this an alias file?',
    ],
    ['"k b v\n', "k", "n", `, line 1: unbalanced '"' in '"k b v' -- ignoring this line`],
    ["  k v\nb c\n", "k b", "nf", ': logical line must not start with whitespace: "  k v"'],
    [
      `${" ".repeat(30)}k v\n`,
      "k",
      "n",
      `: logical line must not start with whitespace: "${" ".repeat(30)}..."`,
    ],
  ]);

  test("keeps blanks of a key that are quoted or escaped", () => {
    expect(look("texthash:/t", ["k b", '"k b"'], { file: '"k b" v' }).results).toBe("nf");
    expect(look("texthash:/t", ["k\\ b"], { file: "k\\ b v" }).results).toBe("f");
  });

  test("is unusable with a key that comes twice", () => {
    const reason = '/t, line 3: duplicate entry: "k"';
    expect(look("texthash:/t", ["b"], { file: "# c\nk v\nk w\n" })).toEqual({
      results: "e",
      log: [`error: ${reason}`, `warning: texthash:/t is unavailable. ${reason}`],
    });
  });

  test("skips what is not UTF-8", () => {
    const textFiles = new MemoryTextFiles({ "/t": "k \xff\nb x\n" });
    expect(look("texthash:/t", ["k", "b"], { textFiles })).toEqual({
      results: "nf",
      log: ['warning: /t, line 1: non-UTF-8 input "k \xff" -- ignoring this line'],
    });
    expect(look("texthash:/t", ["k"], { textFiles, utf8: false }).results).toBe("f");
  });

  test("that is missing is an error; that is a directory, fatal", () => {
    const reason = "open database /x: No such file or directory";
    expect(look("texthash:/x", ["k"])).toEqual({
      results: "e",
      log: [`error: ${reason}`, `warning: texthash:/x is unavailable. ${reason}`],
    });
    const textFiles = new MemoryTextFiles();
    textFiles.fail("/d", new OsError("EISDIR", "read"));
    expect(() => look("texthash:/d", [], { textFiles })).toThrow(
      new Fatal("read /d: Is a directory"),
    );
  });
});

const SKIPPING = ": skipping this rule";

describe("regexp", () => {
  checkFiles("regexp", "regexp map /t, line ", [
    ["/k/ x\n", "k akb b", "ffn"],
    ["/K/ x\n", "k", "f"],
    ["/K/i x\n", "k K", "nf"],
    ["/a\\.b/x x", "a.b axb", "fn"],
    ["|k| x\n/a\\/b/ x\n", "k a/b", "ff"],
    ["/k/ x\n  y\n\n#c\n /l/ y\n/m/ z\n", "l m", "nf"],
    ["!/k/ x\n", "k b", "nf"],
    ["! ! /k/ x\n", "k b", "fn"],
    ["/k/!/b/ x\n", "k kb b", "fnn"],
    ["/k/! !/b/ x\n", "k kb b", "nfn"],
    ["!/k/!/b/ x", "k a b", "nfn"],
    ["/(k)/!/b/ $1", "k kb", "fn"],
    ["// x\n", "k", "f"],
    ["if /k/\nif !/l/\n/a/ x\nendif\n/b/ y\nENDIF\n/c/ z", "a ka kla klb b c klc", "nfnfnff"],
    ["/(k)(l)?/ $2 $$ ${1} $(2)\n", "k", "f"],
    ["/k/\n", "k", "f", "1: no replacement text: using empty string"],
    ["/k x\n/k/ y", "k", "f", `1: no closing regexp delimiter "/"${SKIPPING}`],
    ["k x\n", "k", "n", "1: ignoring unrecognized request"],
    ["!\n", "k", "n", `1: no regexp${SKIPPING}`],
    ["/k/z x\n", "k", "n", `1: unknown regexp option "z"${SKIPPING}`],
    ["/(k/ x\n", "k", "n", "1: Unmatched ( or \\("],
    ["/k/!/(/\n", "k", "n", "1: no replacement text: using empty string", "1: Unmatched ( or \\("],
    ["/(k)/ $2\n", "k", "n", `1: out of range replacement index "2"${SKIPPING}`],
    ["!/(k)/ $1\n", "b", "n", `1: $number found in negative match replacement text${SKIPPING}`],
    ["endif\n/k/ x\n", "k", "f", "1: ignoring ENDIF without matching IF"],
    ["if /k/\nendif foo\n/k/ x", "k", "f", "2: ignoring extra text after ENDIF"],
    [
      "if /k/ x\n/./ y\nendif",
      "k b",
      "fn",
      '1: ignoring extra text after IF statement: "x"',
      "1: do not prepend whitespace to statements between IF and ENDIF",
    ],
    [
      "if /k/\n/k/ x\nif /l/\n/./ y\n",
      "k b",
      "fn",
      "3: IF has no matching ENDIF",
      "1: IF has no matching ENDIF",
    ],
    [
      "if /k/z\n/b/ x\nendif",
      "b",
      "f",
      `1: unknown regexp option "z"${SKIPPING}`,
      "3: ignoring ENDIF without matching IF",
    ],
  ]);

  const replacements: ReadonlyArray<readonly [text: string, ...warnings: string[]]> = [
    ["$x $0", '#non-numeric replacement index "x"', '#out-of-range replacement index "0"'],
    ["$x $", '#non-numeric replacement index "x"', 'empty macro name: "$x $"'],
    ["${1", 'truncated macro reference: "${1"'],
    ["$(1}", 'truncated macro reference: "$(1}"'],
    ["${}", 'empty macro name: "${}"'],
    ["${ 1 }", '#non-numeric replacement index " 1 "'],
  ];
  for (const [text, ...warnings] of replacements) {
    test(`result text ${text}`, () => {
      const place = "regexp map /t, line 1: ";
      expect(look("regexp:/t", ["k"], { file: `/(k)/ ${text}` })).toEqual({
        results: "n",
        log: [...warnings, `#bad replacement syntax${SKIPPING}`].map(
          (warning) => `warning: ${warning.replace("#", place)}`,
        ),
      });
    });
  }

  test("within the list", () => {
    expect(look("regexp:{ {if /k/}, {/a/ x} {#c} {} { endif } }", ["ka", "a"])).toEqual({
      results: "fn",
      log: [],
    });
    expect(look("regexp:{ {/a/ x} {} {/(/} }", ["a"]).log).toEqual([
      "warning: regexp map { {/a/ x} {} {/(/} }, line 3: no replacement text: using empty string",
      "warning: regexp map { {/a/ x} {} {/(/} }, line 3: Unmatched ( or \\(",
    ]);
    expect(look("regexp:{ {/a/ x} y }", []).log).toEqual([
      `error: regexp map: no '{' at start of text in "y"`,
    ]);
  });

  test("warns where a pattern with a back-reference is too much work", () => {
    const { results, log } = look("regexp:/t", [`${"a".repeat(60)}!`], {
      file: "/^((a|aa)+)+\\1b$/ x",
    });
    expect(results).toBe("n");
    expect(log).toEqual(["warning: regexp map /t, line 1: Memory exhausted"]);
  });

  test("that is missing is an error; that is a directory, empty", () => {
    const reason = "open /x: No such file or directory";
    expect(look("regexp:/x", ["k"])).toEqual({
      results: "e",
      log: [`error: ${reason}`, `warning: regexp:/x is unavailable. ${reason}`],
    });
    const textFiles = new MemoryTextFiles();
    textFiles.fail("/d", new OsError("EISDIR", "read"));
    expect(look("regexp:/d", ["k"], { textFiles })).toEqual({ results: "n", log: [] });
    textFiles.fail("/e", new OsError("EIO", "read"));
    expect(() => look("regexp:/e", [], { textFiles })).toThrow(
      new Fatal("read /e: Input/output error"),
    );
  });
});

describe("inline", () => {
  const rows: ReadonlyArray<readonly [name: string, keys: string, results: string]> = [
    ["{k=v}", "k b", "fn"],
    ["{ { k = v w } {b=c}, d= }", "k b d", "fff"],
    ["{k=v k=w}", "k", "f"],
    ["{K=v}", "k", "n"],
    ["{k==v,,.b=c}", "k .b", "ff"],
    ["{ {{k}=v} }", "{k} k", "fn"],
  ];
  for (const [name, keys, results] of rows) {
    test(name, () => {
      expect(look(`inline:${name}`, keys.split(" "))).toEqual({ results, log: [] });
    });
  }

  const faults: ReadonlyArray<readonly [name: string, fault: string]> = [
    ["k=v", "bad syntax"],
    ["{}", "bad syntax"],
    ["{k=v", "bad syntax"],
    ["{k=v}}", "bad syntax"],
    ["{ }", "empty table"],
    ["{k}", "missing '=' after attribute name"],
    ["{ k=v, b = x }", "missing '=' after attribute name"],
    ["{ {a b = c} }", "missing '=' after attribute name"],
    ["{ {} }", "no key found; expected format: key = value"],
    ["{ {k=v}x }", `syntax error after '}' in "{k=v}x"`],
  ];
  for (const [name, fault] of faults) {
    test(`${name} is no table`, () => {
      const reason = `${fault}: "inline:${name}"; need "inline:{name=value...}"`;
      expect(look(`inline:${name}`, ["k"])).toEqual({
        results: "e",
        log: [`error: ${reason}`, `warning: inline:${name} is unavailable. ${reason}`],
      });
    });
  }
});

describe("static", () => {
  test("holds every key", () => {
    for (const name of ["all", "{x y}", "{}", "x}"]) {
      expect(look(`static:${name}`, ["a", "b.c"])).toEqual({ results: "ff", log: [] });
    }
  });

  test("wants its braces closed", () => {
    expect(look("static:{x", []).log).toEqual([
      `error: bad static:name syntax: missing '}' in "{x"`,
    ]);
    expect(look("static:{x}y", []).log).toEqual([
      `error: bad static:name syntax: syntax error after '}' in "{x}y"`,
    ]);
  });
});

describe("text that is not UTF-8", () => {
  const BAD = "malformed UTF-8 or invalid codepoint";

  function lookRaw(title: string, key: string, utf8: boolean): { result: string; log: string[] } {
    const log = new MemoryLog();
    const { tables } = new PostfixTablesRig();
    const textFiles = new MemoryTextFiles();
    const tools = { textFiles, log, utf8, openErrorIsFatal: false, tables };
    const result = new TableOpener(tools).open(title).lookup(key);
    return { result: String(result), log: log.texts("warning") };
  }

  test("is not found as a key", () => {
    expect(lookRaw("static:x", "\xff", true)).toEqual({
      result: "not-found",
      log: [`static:x: non-UTF-8 key "\xff": ${BAD}`],
    });
    expect(lookRaw("texthash:/x", "\xff", true).result).toBe("not-found");
    expect(lookRaw("zork:x", "\xff", true).result).toBe("error");
    expect(lookRaw("static:x", "\xff", false)).toEqual({ result: "found", log: [] });
  });

  test("is an error as a value", () => {
    expect(lookRaw("static:\xff", "k", true)).toEqual({
      result: "error",
      log: [`static:\xff: key "k": non-UTF-8 value "\xff": ${BAD}`],
    });
    expect(lookRaw("regexp:{{/k/ \xff}}", "k", true).result).toBe("error");
    expect(lookRaw("regexp:{{/k/ \xff}}", "k", false).result).toBe("found");
    expect(lookRaw("inline:{k=\xff}", "k", true).log).toEqual([
      `inline:{k=\xff} is unavailable. bad UTF-8 syntax: "inline:{k=\xff}"; need "inline:{name=value...}"`,
    ]);
  });
});
