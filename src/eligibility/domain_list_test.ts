import { describe, expect, test } from "bun:test";
import { PostfixTablesRig } from "../../test/support/postfix_tables.ts";
import { Fatal } from "../effects/fatal.ts";
import { OsError } from "../effects/os_error.ts";
import { MemoryLog } from "../memory/log.ts";
import { MemoryTextFiles } from "../memory/text_files.ts";
import { encodeUtf8 } from "../names/byte_string.ts";
import { siteName } from "../names/names.ts";
import {
  compileDomainList,
  type DomainListSource,
  parentDomainMatch,
  type Verdict,
} from "./domain_list.ts";

function source(text: string, changes: Partial<DomainListSource> = {}): DomainListSource {
  return {
    parameterName: "fast_flush_domains",
    text: encodeUtf8(text),
    matchParents: true,
    foldUtf8: true,
    textFiles: new MemoryTextFiles(),
    log: new MemoryLog(),
    openErrorIsFatal: false,
    tables: new PostfixTablesRig().tables,
    ...changes,
  };
}

function match(text: string, site: string, changes: Partial<DomainListSource> = {}): Verdict {
  const verdict = compileDomainList(source(text, changes)).match(siteName(encodeUtf8(site)));
  if (verdict instanceof Promise) {
    throw new Error("somebody is asked");
  }
  return verdict;
}

/** Verdicts as the original gave them: spec sections 5 and 11, and the same experiments for other rows. */
describe("match", () => {
  const rows: ReadonlyArray<
    readonly [text: string, site: string, withParents: Verdict, without: Verdict]
  > = [
    ["flush.example", "other.example", "no-match", "no-match"],
    ["flush.example", "FLUSH.Example", "match", "match"],
    ["flush.example", "foo.flush.example", "match", "no-match"],
    ["flush.example", "fooflush.example", "no-match", "no-match"],
    ["flush.example", "flush.example.", "no-match", "no-match"],
    [".dot.example", "foo.dot.example", "no-match", "match"],
    [".dot.example", "dot.example", "no-match", "no-match"],
    [".dot.example", ".dot.example", "match", "match"],
    ["x", ".x", "match", "no-match"],
    [".x", "a..x", "match", "match"],
    ["!bad.example, example", "x.bad.example", "no-match", "no-match"],
    ["!bad.example, example", "good.example", "match", "no-match"],
    ["example, !bad.example", "bad.example", "match", "no-match"],
    ["a.b, !a.b, c", "a.b", "match", "match"],
    ["!!example", "example", "match", "match"],
    ["", "example", "no-match", "no-match"],
    ["static:all", "", "no-match", "no-match"],
    ["!static:all", "example", "no-match", "no-match"],
    ["[10.0.0.1] [::1]", "[10.0.0.1]", "match", "match"],
    ["[10.0.0.1] [::1]", "[::1]", "match", "match"],
    ["10.0.0.0/8", "10.0.0.1", "no-match", "no-match"],
    ["{a b}", "a", "no-match", "no-match"],
    ["bücher.example", "BÜCHER.example", "match", "match"],
    ["bücher.example", "xn--bcher-kva.example", "no-match", "no-match"],
    ["inline:{a.example=x, .b.example=y}", "a.example", "match", "match"],
    ["inline:{a.example=x, .b.example=y}", "foo.a.example", "match", "no-match"],
    ["inline:{a.example=x, .b.example=y}", "foo.b.example", "no-match", "match"],
    ["inline:{a.example=x, .b.example=y}", "b.example", "no-match", "no-match"],
    ["inline:{.c=x}", "a..c", "match", "match"],
    ["inline:{c=x}", ".c", "no-match", "no-match"],
    ["inline:{c.=x}", "a.c.", "match", "no-match"],
    ["regexp:{ {/^re\\..*example$/ x} }", "foo.re.x.example", "no-match", "no-match"],
    ["regexp:{ {/^re\\..*example$/ x} }", "re.x.EXAMPLE", "match", "match"],
    ["a # b", "b", "no-match", "no-match"],
    ["zork:foo", "example", "error", "error"],
    ["example, zork:foo", "example", "match", "match"],
    ["!zork:foo, example", "example", "error", "error"],
  ];
  for (const [text, site, withParents, without] of rows) {
    test(`'${text}' with '${site}': ${withParents}, without parents ${without}`, () => {
      expect(match(text, site)).toBe(withParents);
      expect(match(text, site, { matchParents: false })).toBe(without);
    });
  }

  test("folds only ASCII without smtputf8_enable", () => {
    expect(match("bücher.example", "BÜCHER.example", { foldUtf8: false })).toBe("no-match");
    expect(match("BüCHER.example", "büchER.example", { foldUtf8: false })).toBe("match");
  });

  test("looks the parents of a bad name up in a table, and warns of the bad name", () => {
    const log = new MemoryLog();
    const list = compileDomainList(source("static:all", { log }));
    expect(list.match(siteName("\xff\xfe.com"))).toBe("match");
    expect(log.lines).toEqual([
      {
        severity: "warning",
        text: 'static:all: non-UTF-8 key "\xff\xfe.com": malformed UTF-8 or invalid codepoint',
      },
    ]);
  });
});

describe("the log", () => {
  test("says once that a table cannot be opened, and at each look-up that it is a problem", () => {
    const log = new MemoryLog();
    const list = compileDomainList(source("a, zork:foo zork:foo", { log }));
    expect(log.lines).toEqual([{ severity: "error", text: "unsupported dictionary type: zork" }]);
    list.match(siteName("b"));
    list.match(siteName("c"));
    const problem = [
      "zork:foo is unavailable. unsupported dictionary type: zork",
      "fast_flush_domains: zork:foo: table lookup problem",
    ];
    expect(log.texts("warning")).toEqual([...problem, ...problem]);
  });

  test("shows what was compared, if verbose", () => {
    const log = new MemoryLog(1);
    const list = compileDomainList(source("A.b c !d static:{x}", { log }));
    list.match(siteName("X.d"));
    list.match(siteName(""));
    expect(log.texts("info")).toEqual([
      "match_hostname: fast_flush_domains: x.d ~? a.b",
      "match_hostname: fast_flush_domains: x.d ~? c",
      "match_hostname: fast_flush_domains: x.d ~? d",
      "match_hostname: fast_flush_domains:  ~? a.b",
      "match_hostname: fast_flush_domains:  ~? c",
      "match_hostname: fast_flush_domains:  ~? d",
      "match_hostname: fast_flush_domains:  ~? static:{x}(0,lock|utf8_request)",
      "match_list_match: : no match",
    ]);
  });

  test("is silent otherwise", () => {
    const log = new MemoryLog();
    const list = compileDomainList(source("a static:x", { log }));
    list.match(siteName("a"));
    list.match(siteName("b"));
    expect(log.lines).toEqual([]);
  });
});

describe("files", () => {
  const PROBLEM = [
    { severity: "error", text: "open file /x: No such file or directory" },
    {
      severity: "warning",
      text: "non-existent:/x is unavailable. open file /x: No such file or directory",
    },
    { severity: "warning", text: "fast_flush_domains: non-existent:/x: table lookup problem" },
  ];

  test("one that cannot be opened is an error, whatever its sign", () => {
    for (const text of ["/x, example", "!/x, example", "/x /x"]) {
      const log = new MemoryLog();
      expect(match(text, "example", { log })).toBe("error");
      expect(log.lines as unknown[]).toEqual(PROBLEM);
    }
  });

  test("what comes before it still counts", () => {
    expect(match("example, /x", "example")).toBe("match");
  });

  test("hold a list a line, comments and other files, and pass on their sign", () => {
    const textFiles = new MemoryTextFiles({
      "/one": "# x\na.example, b.example\n\n  c.example\r\n!/two\n",
      "/two": "d.example\n!e.example",
    });
    const verdicts = (text: string) =>
      ["a", "b", "c", "d", "e", "f"].map((label) => match(text, `${label}.example`, { textFiles }));
    const [yes, no] = ["match", "no-match"] as const;
    expect(verdicts("/one")).toEqual([yes, yes, yes, no, yes, no]);
    expect(verdicts("!/one, example")).toEqual([no, no, no, yes, no, yes]);
  });

  test("a comment behind text is warned of and ends the line", () => {
    const log = new MemoryLog();
    const textFiles = new MemoryTextFiles({ "/l": "  # one\na # two, b\nc" });
    const verdicts = ["a", "b", "c"].map((site) => match("/l #three  x", site, { log, textFiles }));
    expect(verdicts).toEqual(["match", "no-match", "match"]);
    expect(log.texts("warning").slice(0, 3)).toEqual([
      "fast_flush_domains: comment at end of line is not supported: # one\n",
      "fast_flush_domains: comment at end of line is not supported: # two, b\n",
      "fast_flush_domains: comment at end of line is not supported: #three  x",
    ]);
  });

  test("lines end at a NUL", () => {
    const textFiles = new MemoryTextFiles({ "/l": "a\0 b\n\0c\nd\n" });
    const verdicts = ["a", "b", "c", "d"].map((site) => match("/l", site, { textFiles }));
    expect(verdicts).toEqual(["match", "no-match", "no-match", "match"]);
  });

  test("one that includes itself ends as if descriptors had run out", () => {
    const log = new MemoryLog();
    const textFiles = new MemoryTextFiles({ "/l": "a /m", "/m": "b !/l" });
    expect(match("/l", "b", { textFiles, log })).toBe("match");
    expect(match("/l", "c", { textFiles, log })).toBe("error");
    expect(log.texts("error")[0]).toBe("open file /l: Too many open files");
  });
});

describe("what the original dies of", () => {
  const rows: ReadonlyArray<readonly [text: string, changes: object, fatal: string]> = [
    ["!", {}, "fast_flush_domains: no pattern after '!'"],
    ["a, !! b", {}, "fast_flush_domains: no pattern after '!'"],
    [":foo", {}, 'open dictionary: expecting "type:name" form instead of ":foo"'],
    ["foo:", {}, 'open dictionary: expecting "type:name" form instead of "foo:"'],
    ["zork:foo", { openErrorIsFatal: true }, "unsupported dictionary type: zork"],
    ["/x", { openErrorIsFatal: true }, "open file /x: No such file or directory"],
  ];
  for (const [text, changes, fatal] of rows) {
    test(text, () => {
      expect(() => compileDomainList(source(text, changes))).toThrow(new Fatal(fatal));
    });
  }

  test("a directory as list", () => {
    const textFiles = new MemoryTextFiles();
    textFiles.fail("/d", new OsError("EISDIR", "read"));
    expect(() => compileDomainList(source("/d", { textFiles }))).toThrow(
      new Fatal("match_list_parse: read file /d: Is a directory"),
    );
  });
});

describe("parentDomainMatch", () => {
  const listed = (text: string, log = new MemoryLog()) =>
    parentDomainMatch("fast_flush_domains", {
      ...source(text, { log }),
      parameterName: "parent_domain_matches_subdomains",
    });

  test("looks for the parameter itself, in a list of any form", () => {
    expect(listed("debug_peer_list,fast_flush_domains,mynetworks")).toBe(true);
    expect(listed("debug_peer_list")).toBe(false);
    expect(listed("")).toBe(false);
    expect(listed("FAST_flush_DOMAINS")).toBe(true);
    expect(listed(".fast_flush_domains, fast")).toBe(false);
    expect(listed("!fast_flush_domains, static:all")).toBe(false);
    expect(listed("a, static:all")).toBe(true);
    expect(listed("inline:{fast_flush_domains=x}")).toBe(true);
  });

  test("dies of a look-up error", () => {
    expect(() => listed("zork:x, fast_flush_domains")).toThrow(
      new Fatal("parent_domain_matches_subdomains: zork:x: table lookup problem"),
    );
    expect(listed("fast_flush_domains, zork:x")).toBe(true);
  });

  test("shows what was compared, if verbose", () => {
    const log = new MemoryLog(1);
    listed("a inline:{b=x}", log);
    expect(log.texts("info")).toEqual([
      "match_string: parent_domain_matches_subdomains: fast_flush_domains ~? a",
      "match_string: parent_domain_matches_subdomains: fast_flush_domains ~? inline:{b=x}(0,lock|utf8_request)",
      "match_list_match: fast_flush_domains: no match",
    ]);
  });
});
