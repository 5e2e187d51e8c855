/**
 * Lists of destinations in requests of our own, and patterns on the operator's command line.
 *
 * Promised: bounded, and nothing but what was named.
 */
import { siteMatcher } from "../../../src/index/site_pattern.ts";
import { parseSiteList, SITES_MAX } from "../../../src/wire/site_list.ts";
import { pick, type Random } from "../../support/random.ts";
import { mustHold, type Target } from "../target.ts";

const NAMES = [
  "one.example",
  "@example",
  "*.example",
  "a*b",
  "*",
  "@",
  "[1.2.3.4]",
  "b\xc3\xbccher.example",
];
const PATTERNS_MAX = 20;

export const SITE_LISTS: Target = {
  name: "site_lists",
  draw: (random: Random) =>
    Array.from({ length: random(12) }, () => pick(random, NAMES)).join(
      pick(random, [",", " ", ", "]),
    ),
  tokens: [...NAMES, ",", " ", "\t", "**", "*".repeat(40)],
  read: (input) => {
    const list = parseSiteList(input);
    if (list !== null) {
      const all = [...list.sites, ...list.domains];
      mustHold("no more names than are allowed", all.length <= SITES_MAX);
      mustHold(
        "names are of the list",
        all.every((name) => input.includes(name)),
      );
    }
    const patterns = input.split(/[ ,]+/).filter((word) => word !== "");
    const matches = siteMatcher(patterns.slice(0, PATTERNS_MAX), false);
    const isMatched = ["one.example", "x".repeat(300), input.slice(0, 300)].map(matches);
    return `${list === null ? "malformed" : "list"}, ${isMatched.filter(Boolean).length} matched`;
  },
};
