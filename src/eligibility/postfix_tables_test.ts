/** Tables that Postfix looks up in: by way of the helper, of proxymap(8), and of postmap(1). */
import { describe, expect, test } from "bun:test";
import {
  answerLike,
  IDLE_MS,
  PostfixTablesRig,
  TIMEOUT_MS,
} from "../../test/support/postfix_tables.ts";
import { MemoryTextFiles } from "../memory/text_files.ts";
import { siteName } from "../names/names.ts";
import { compileDomainList, type DomainList, parentDomainMatch } from "./domain_list.ts";
import type { ListSource } from "./list_entries.ts";

const PATTERNS = "96";
const RETRY = "status\x002\0value\0\0\0";
const DENIED = "status\x004\0flags\x000\0\0";

function source(rig: PostfixTablesRig, text: string): ListSource {
  return {
    parameterName: "fast_flush_domains",
    text,
    foldUtf8: true,
    textFiles: new MemoryTextFiles(),
    log: rig.log,
    openErrorIsFatal: false,
    tables: rig.tables,
  };
}

function read(rig: PostfixTablesRig, text: string, matchParents = true): DomainList {
  const list = compileDomainList({ ...source(rig, text), matchParents });
  rig.tables.start();
  return list;
}

async function match(rig: PostfixTablesRig, text: string, site: string): Promise<string> {
  return await read(rig, text).match(siteName(site));
}

/** What a promise came to by now; all that happens here takes turns, and no time. */
async function byNow(promise: unknown): Promise<string> {
  let state = "pending";
  Promise.resolve(promise).then(
    (value) => (state = String(value ?? "fulfilled")),
    (error: Error) => (state = error.message),
  );
  for (let turn = 0; turn < 100; turn++) {
    await Promise.resolve();
  }
  return state;
}

/** The keys that were looked up. */
function keys({ requests }: PostfixTablesRig): string[] {
  return requests.flatMap((request) => /^request lookup .* key (.*)$/.exec(request)?.[1] ?? []);
}

describe("the helper", () => {
  test("is started once, and may read the tables of the list alone", async () => {
    const rig = new PostfixTablesRig();
    read(rig, "pcre:{{/a$/x}} a.example fail:b pcre:{{/a$/x}}");
    await rig.tables.ready();
    expect(rig.programs.servers).toEqual([
      {
        path: "/lib/postfix/proxymap",
        words: [
          ...["flush", "-l", "-n", "proxymap", "-t", "unix", "-u", "-o", "a=b"],
          ...["-o", "proxy_read_maps=proxy:pcre:{{/a$$/x}} proxy:fail:b"],
        ],
        socketPath: "pid/lookup.17",
      },
    ]);
    expect(rig.requests).toEqual([
      "request open table pcre:{{/a$/x}} flags 524352",
      "request open table fail:b flags 524352",
    ]);
  });

  test("has files, which are watched", () => {
    const rig = new PostfixTablesRig();
    read(rig, "pcre:/a.b fail:/c, unionmap:{texthash:/d/e, {cidr:/f}}");
    expect(rig.fileWatch.paths).toEqual(["/a.b", "/c", "/d/e", "/f"]);
  });

  test("has indexed files, of which those are watched that postmap(1) writes", () => {
    const rig = new PostfixTablesRig();
    read(rig, "cdb:/a, unionmap:{lmdb:/b, {cdb:/c}, texthash:/d.cdb}");
    expect(rig.fileWatch.paths).toEqual(["/a.cdb", "/b.lmdb", "/c.cdb", "/d.cdb"]);
  });

  test("is not started where nothing is for it to do", async () => {
    const rig = new PostfixTablesRig();
    expect(read(rig, "static:all").match(siteName("a.example"))).toBe("match");
    await rig.tables.ready();
    expect(rig.programs.servers).toEqual([]);
    expect(rig.programs.lines).toEqual([]);
  });

  test("can't be started: that is fatal", () => {
    const rig = new PostfixTablesRig();
    rig.programs.add("/sbin/postconf", ([option]) => ({
      out: option === "-m" ? "pcre\n" : "/no\n",
    }));
    expect(() => read(rig, "pcre:/x")).toThrow("start /no/proxymap: No such file or directory");
  });

  test("ends: its tables can't be looked up in any more", async () => {
    const rig = new PostfixTablesRig();
    const list = read(rig, "a.example pcre:/x");
    await rig.tables.ready();
    rig.services[0]?.close();
    expect(await byNow(rig.tables.ended)).toBe("fulfilled");
    expect(await list.match(siteName("b.example"))).toBe("error");
    expect(list.match(siteName("a.example"))).toBe("match");
    expect(rig.log.texts("warning")).toEqual([
      "lookup helper: connect: Connection refused",
      "fast_flush_domains: pcre:/x: table lookup problem",
    ]);
  });

  test("ends at once: that is fatal", async () => {
    const rig = new PostfixTablesRig();
    rig.answer = () => {
      rig.services[0]?.close();
      return null;
    };
    read(rig, "pcre:/x");
    expect(await byNow(rig.tables.ready())).toBe("lookup helper: ended");
  });
});

describe("a table", () => {
  const answers = { "a.b.example": "x", ".b.example": "y", example: "z" };

  test("of fixed strings is looked up in with the parents of a name", async () => {
    const rig = new PostfixTablesRig();
    rig.answer = answerLike({ example: "x" });
    expect(await match(rig, "pcre:/x", "A.b.Example")).toBe("match");
    expect(keys(rig)).toEqual(["a.b.example", "b.example", "example"]);
  });

  test("likewise with the dots of subdomains", async () => {
    const rig = new PostfixTablesRig();
    rig.answer = answerLike(answers);
    expect(await read(rig, "pcre:/x", false).match(siteName("c.b.example"))).toBe("match");
    expect(keys(rig)).toEqual(["c.b.example", ".b.example"]);
  });

  test("of patterns is not", async () => {
    const rig = new PostfixTablesRig();
    rig.answer = answerLike(answers, PATTERNS);
    expect(await match(rig, "pcre:/x", "c.b.example")).toBe("no-match");
    expect(keys(rig)).toEqual(["c.b.example"]);
  });

  test("stands in its place among the patterns", async () => {
    const list = "!bad.example, !fail:x, pcre:/y, good.example";
    for (const [site, values, verdict, asked] of [
      ["bad.example", {}, "no-match", 0],
      ["good.example", {}, "match", 4],
      ["good.example", { example: "x" }, "no-match", 2],
      ["other.example", {}, "no-match", 4],
    ] as const) {
      const rig = new PostfixTablesRig();
      rig.answer = answerLike(values);
      expect([site, await match(rig, list, site)]).toEqual([site, verdict]);
      expect([site, keys(rig).length]).toEqual([site, asked]);
    }
  });

  test("that Postfix can't look up in is an error, and not tried further", async () => {
    const rig = new PostfixTablesRig();
    rig.answer = (request) =>
      request["request"] === "open" ? (answerLike({})(request) ?? "") : RETRY;
    expect(await match(rig, "pcre:/x static:all", "a.example")).toBe("error");
    expect(keys(rig)).toEqual(["a.example"]);
    expect(rig.log.texts("warning")).toEqual(["fast_flush_domains: pcre:/x: table lookup problem"]);
  });

  test("is asked once by all who ask for a name at the same time, and anew later", async () => {
    const rig = new PostfixTablesRig();
    rig.answer = answerLike({ "a.example": "x" });
    const list = read(rig, "pcre:/x");
    const verdicts = [1, 2, 3].map(() => list.match(siteName("a.example")));
    expect(await Promise.all(verdicts)).toEqual(["match", "match", "match"]);
    expect(keys(rig)).toEqual(["a.example"]);
    rig.answer = answerLike({});
    expect(await list.match(siteName("a.example"))).toBe("no-match");
  });

  test("is not asked for what is no text", async () => {
    const rig = new PostfixTablesRig();
    expect(await match(rig, "pcre:/x", "\xff")).toBe("no-match");
    expect(keys(rig)).toEqual([]);
    expect(rig.log.texts("warning")[0]).toStartWith('pcre:/x: non-UTF-8 key "\xff"');
  });

  test("says whether a parameter's domains include their subdomains", async () => {
    const rig = new PostfixTablesRig();
    rig.answer = answerLike({ fast_flush_domains: "x" });
    const matchParents = parentDomainMatch("fast_flush_domains", source(rig, "!a pcre:/x"));
    const list = compileDomainList({ ...source(rig, "b.example"), matchParents });
    rig.tables.start();
    expect(await list.match(siteName("a.b.example"))).toBe("match");
  });

  test("may change, where it does not stand in main.cf itself", () => {
    for (const [text, mayChange] of [
      ["a.example static:all inline:{a=b}", false],
      ["texthash:/x", true],
      ["!pcre:/x", true],
      ["a, !!/x", true],
    ] as const) {
      expect([text, read(new PostfixTablesRig(), text).mayChange]).toEqual([text, mayChange]);
    }
  });
});

describe("proxy:", () => {
  test("is looked up in at proxymap(8), under the name behind it", async () => {
    const rig = new PostfixTablesRig();
    rig.answer = answerLike({ "a.example": "x" });
    expect(await match(rig, "proxy:pgsql:/x", "a.example")).toBe("match");
    expect(rig.programs.servers).toEqual([]);
    expect(rig.requests).toEqual([
      "request open table pgsql:/x flags 524352",
      "request lookup table pgsql:/x flags 524352 key a.example",
    ]);
  });

  test("is asked for at once where nobody greets, as with Postfix 3.5", async () => {
    const rig = new PostfixTablesRig(false);
    rig.answer = answerLike({ "a.example": "x" });
    expect(await match(rig, "proxy:pgsql:/x", "a.example")).toBe("match");
    expect(rig.requests).toHaveLength(2);
    expect(rig.services).toHaveLength(1);
  });

  test("that proxymap(8) must not read is fatal", async () => {
    const rig = new PostfixTablesRig();
    rig.answer = () => DENIED;
    read(rig, "proxy:pgsql:/x");
    expect(await byNow(rig.tables.ready())).toBe(
      'proxymap service is not configured for table "pgsql:/x"',
    );
  });

  test("nobody is there: an error, until somebody is", async () => {
    const rig = new PostfixTablesRig();
    rig.sockets.fail("private/proxymap", "ENOENT");
    const list = read(rig, "proxy:pgsql:/x");
    await rig.tables.ready();
    expect(await list.match(siteName("a.example"))).toBe("error");
    rig.sockets.listen("private/proxymap", rig.serve);
    rig.answer = answerLike({ "a.example": "x" });
    expect(await list.match(siteName("a.example"))).toBe("match");
  });

  test("whose backlog is full is tried again", async () => {
    const rig = new PostfixTablesRig();
    rig.sockets.fail("private/proxymap", "EAGAIN");
    read(rig, "proxy:pgsql:/x");
    await Promise.resolve();
    rig.sockets.listen("private/proxymap", rig.serve);
    rig.clock.advance(100);
    await rig.tables.ready();
    expect(rig.log.lines).toEqual([]);
  });

  test("whose process ends is asked again, once", async () => {
    const rig = new PostfixTablesRig();
    const list = read(rig, "proxy:pgsql:/x");
    await rig.tables.ready();
    let ends = 1;
    const answer = answerLike({ "a.example": "x" });
    rig.answer = (request) => {
      if (ends-- > 0) {
        rig.services.at(-1)?.close();
        return null;
      }
      return answer(request);
    };
    expect(await list.match(siteName("a.example"))).toBe("match");
    expect(rig.log.lines).toEqual([]);
    ends = 2;
    expect(await list.match(siteName("a.example"))).toBe("error");
    expect(rig.log.texts("warning")).toEqual([
      "private/proxymap: closed without an answer",
      "fast_flush_domains: proxy:pgsql:/x: table lookup problem",
    ]);
  });

  test("that does not answer in time is an error", async () => {
    const rig = new PostfixTablesRig();
    const list = read(rig, "proxy:pgsql:/x");
    await rig.tables.ready();
    rig.answer = () => null;
    const verdict = list.match(siteName("a.example"));
    await Promise.resolve();
    rig.clock.advance(TIMEOUT_MS - 1);
    expect(rig.log.lines).toEqual([]);
    rig.clock.advance(1);
    expect(await byNow(verdict)).toBe("error");
    expect(rig.log.texts("warning")[0]).toBe("private/proxymap: no answer in time");
  });

  test("that never greets is hung up on in time", async () => {
    const rig = new PostfixTablesRig();
    rig.sockets.listen("private/proxymap", () => () => {});
    read(rig, "proxy:pgsql:/x");
    const ready = rig.tables.ready();
    expect(await byNow(ready)).toBe("pending");
    rig.clock.advance(TIMEOUT_MS);
    expect(await byNow(ready)).toBe("fulfilled");
    expect(rig.log.texts("warning")).toEqual(["private/proxymap: closed without a greeting"]);
  });

  test("is left alone when it was not needed for a while", async () => {
    const rig = new PostfixTablesRig();
    const list = read(rig, "proxy:pgsql:/x");
    await rig.tables.ready();
    rig.clock.advance(IDLE_MS - 1);
    await list.match(siteName("a"));
    rig.clock.advance(IDLE_MS - 1);
    await list.match(siteName("a"));
    expect(rig.services).toHaveLength(1);
    rig.clock.advance(IDLE_MS);
    await list.match(siteName("a"));
    expect(rig.services).toHaveLength(2);
  });

  test("that speaks otherwise is hung up on", async () => {
    const rig = new PostfixTablesRig();
    rig.sockets.listen("private/proxymap", (service) => {
      service.write("protocol\0smtp\0\0");
      return () => {};
    });
    expect(await match(rig, "proxy:pgsql:/x", "a.example")).toBe("error");
    expect(rig.log.texts("warning").slice(0, 2)).toEqual([
      "private/proxymap: unexpected data",
      "private/proxymap: closed without a greeting",
    ]);
  });
});

describe("an indexed file", () => {
  test("is read whole, and watched", () => {
    const rig = new PostfixTablesRig();
    rig.programs.add("/sbin/postmap", () => ({ out: "a.example\tx y\n.b.example\tz\n" }));
    const list = read(rig, "hash:/etc/t lmdb:/etc/u");
    expect(list.match(siteName("c.a.example"))).toBe("match");
    expect(list.match(siteName("b.example"))).toBe("no-match");
    expect(rig.programs.lines).toEqual([
      "/sbin/postmap -s hash:/etc/t",
      "/sbin/postmap -s lmdb:/etc/u",
    ]);
    expect(rig.fileWatch.paths).toEqual(["/etc/t.db", "/etc/u.lmdb"]);
  });

  test("that can't be opened is an error, in the words of postmap(1)", () => {
    const rig = new PostfixTablesRig();
    const err =
      "postmap: warning: older than its source\npostmap: fatal: open database /t.db: No such file\n";
    rig.programs.add("/sbin/postmap", () => ({ status: 1, err }));
    expect(read(rig, "hash:/t").match(siteName("a"))).toBe("error");
    expect(rig.log.lines.map(({ severity, text }) => `${severity}: ${text}`)).toEqual([
      "warning: older than its source",
      "error: open database /t.db: No such file",
      "warning: hash:/t is unavailable. open database /t.db: No such file",
      "warning: fast_flush_domains: hash:/t: table lookup problem",
    ]);
  });

  test("that postmap(1) says nothing of is an error too", () => {
    const rig = new PostfixTablesRig();
    rig.programs.add("/sbin/postmap", () => ({ status: 75 }));
    read(rig, "hash:/t");
    expect(rig.log.texts("error")).toEqual(["postmap -s hash:/t: exit status 75"]);
  });

  test("that is too large is looked up in by the helper", async () => {
    const rig = new PostfixTablesRig();
    rig.programs.add("/sbin/postmap", () => ({ status: null }));
    rig.answer = answerLike({ "a.example": "x" });
    expect(await match(rig, "hash:/t", "a.example")).toBe("match");
    expect(rig.programs.servers).toHaveLength(1);
  });
});

test("a type that this Postfix does not have is asked about once", () => {
  const rig = new PostfixTablesRig();
  expect(read(rig, "zork:x zork:y").match(siteName("a"))).toBe("error");
  expect(rig.programs.lines).toEqual(["/sbin/postconf -m"]);
  expect(rig.log.texts("error")).toEqual([
    "unsupported dictionary type: zork",
    "unsupported dictionary type: zork",
  ]);
});
