/**
 * fast_flush_domains: lists, the files that they name, and `texthash:` and `regexp:` tables, asked about strangers' names.
 *
 * Promised: a list, or Fatal; for each name an answer, the same each time; work that the length of a name bounds.
 */
import { Fatal } from "../../../src/effects/fatal.ts";
import { compileDomainList, type Verdict } from "../../../src/eligibility/domain_list.ts";
import { MemoryLog } from "../../../src/memory/log.ts";
import { MemoryTextFiles } from "../../../src/memory/text_files.ts";
import { siteName } from "../../../src/names/names.ts";
import { PostfixTablesRig } from "../../support/postfix_tables.ts";
import { pick, type Random } from "../../support/random.ts";
import { mustBeSame, type Target } from "../target.ts";

/** Between the list, its files, and the names that are asked about. */
const BETWEEN = "\x1e";

const LISTS = [
  "one.example",
  ".two.example",
  "!three.example",
  "static:all",
  "texthash:/t",
  "regexp:/r",
  "/l",
  "!/l",
];
const INLINE = [
  "inline:{ one.example=x }",
  "inline:{ { a = b c } }",
  "hash:/x",
  "texthash:",
  "# comment",
];
const HASH_LINES = [
  "one.example x",
  '"quo ted" y',
  "two.example:",
  "  continued",
  "# comment",
  ".sub z",
  "\\a b",
];
const PATTERNS = [
  "/^one/ x",
  "/(a|b)*c/ $1",
  "!/two/ y",
  "/a{2,3}[[:alpha:]]+$/i z",
  "if /x/",
  "endif",
  "/(a*)*\\1/ w",
  "/[/ x",
];
const NAMES = [
  "one.example",
  "sub.two.example",
  "aaaaaaaaaaaaaaaaaaaaaaaaac",
  "b\xc3\xbccher.example",
  "\xff",
  "",
];

function drawLines(random: Random, lines: readonly string[]): string {
  return Array.from({ length: random(5) }, () => `${pick(random, lines)}\n`).join("");
}

function drawAll(random: Random): string {
  const words = Array.from({ length: 1 + random(5) }, () =>
    pick(random, random(4) === 0 ? INLINE : LISTS),
  );
  const parts = [words.join(pick(random, [", ", " ", "\n"])), drawLines(random, HASH_LINES)];
  parts.push(drawLines(random, PATTERNS), drawLines(random, [...NAMES, "texthash:/t"]));
  return [...parts, pick(random, NAMES), pick(random, NAMES)].join(BETWEEN);
}

/** Whoever has to be asked never answers here. */
function shown(answer: Verdict | Promise<Verdict>): string {
  return answer instanceof Promise ? "asked" : answer;
}

export const TABLES: Target = {
  name: "tables",
  draw: drawAll,
  tokens: [
    ...LISTS,
    ...INLINE,
    ...PATTERNS,
    ...NAMES,
    "(",
    ")",
    "*",
    "[",
    "]",
    "{1,255}",
    "\\1",
    "|",
    "\n",
    "$",
    BETWEEN,
  ],
  read: (input, random) => {
    const [text = "", hash = "", regexp = "", list = "", ...names] = input.split(BETWEEN);
    const log = new MemoryLog();
    try {
      const domains = compileDomainList({
        ...{ parameterName: "fast_flush_domains", text, foldUtf8: random(2) === 0, log },
        ...{ openErrorIsFatal: random(8) === 0, matchParents: random(2) === 0 },
        textFiles: new MemoryTextFiles({ "/t": hash, "/r": regexp, "/l": list }),
        tables: new PostfixTablesRig().tables,
      });
      const answers = names.slice(0, 4).map((name) => {
        const answer = shown(domains.match(siteName(name)));
        mustBeSame("asked again", shown(domains.match(siteName(name))), answer);
        return answer;
      });
      return answers[0] ?? "not asked";
    } catch (caught) {
      if (caught instanceof Fatal) {
        return "fatal";
      }
      throw caught;
    }
  },
};
