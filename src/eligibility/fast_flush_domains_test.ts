/** fast_flush_domains together with the parameter that says whether its names match their subdomains. */
import { expect, test } from "bun:test";
import { PostfixTablesRig } from "../../test/support/postfix_tables.ts";
import { MemoryTextFiles } from "../memory/text_files.ts";
import { siteName } from "../names/names.ts";
import type { Verdict } from "./domain_list.ts";
import { readFastFlushDomains } from "./fast_flush_domains.ts";

function read(fastFlushDomains: string, parentDomainMatchesSubdomains: string) {
  const textFiles = new MemoryTextFiles({ "/parents": "fast_flush_domains\n" });
  const { tables, log } = new PostfixTablesRig();
  const tools = { foldUtf8: true, textFiles, log, openErrorIsFatal: false, tables };
  return readFastFlushDomains(tools, { fastFlushDomains, parentDomainMatchesSubdomains });
}

const rows: ReadonlyArray<readonly [domains: string, parents: string, verdict: Verdict]> = [
  ["example.com", "a, fast_flush_domains", "match"],
  ["example.com", "/parents", "match"],
  ["example.com", "a, !/parents, static:all", "no-match"],
  [".example.com", "a", "match"],
];
for (const [domains, parents, verdict] of rows) {
  test(`sub.example.com in ${domains}, where ${parents} match their subdomains: ${verdict}`, () => {
    expect(read(domains, parents).match(siteName("sub.example.com"))).toBe(verdict);
  });
}

test("the list may change where either of the two lies outside main.cf", () => {
  expect(read("a.example", "a, fast_flush_domains").mayChange).toBeFalse();
  expect(read("a.example", "a, /parents").mayChange).toBeTrue();
  expect(read("/parents", "a").mayChange).toBeTrue();
});
