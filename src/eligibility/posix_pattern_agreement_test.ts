/**
 * Generated regular expressions and texts: ours against the original, which is postmap(1) asking a `regexp:` table.
 * Run again with the seed that a failure prints, or with more patterns: PATTERN_SEED=N PATTERNS=N bun test ...
 */
import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { oneIn, pick, type Random, randomFrom } from "../../test/support/random.ts";
import { MemoryLog } from "../memory/log.ts";
import { MemoryTextFiles } from "../memory/text_files.ts";
import { bytesToString, stringToBytes } from "../names/byte_string.ts";
import { openRegexpTable } from "./regexp_table.ts";

const POSTMAP = "/usr/sbin/postmap";
const PATTERNS = Number(process.env["PATTERNS"] ?? 100);
const KEYS_PER_PATTERN = 12;

/** What patterns are put together from: all kinds of tokens, valid and not. */
const PIECES = [
  ..."a b A 1 _ - . * + ? ( ) | ^ $ [ ] , { } {1} {2} {0} {0,1} {,2} {1,} {2,1}".split(" "),
  ..."\\( \\) \\{ \\} \\{1,2\\} \\| \\+ \\? \\w \\W \\s \\S \\b \\B \\< \\> \\` \\' \\. \\\\ \\b".split(
    " ",
  ),
  ..."[ab] [^a] [a-z] [A-c] [^-b] []a] [[:alpha:]] [[:upper:]-] [[.a.]-c] [[=b=]] [z-a] [[:x:]]".split(
    " ",
  ),
  ...["(a)", "(a|b)", "(a*)", "\\1", "\\2", "\xe5"],
];
const OPTIONS = ["", "", "", "i", "m", "x", "ix"];
const LETTERS = ["a", "b", "a", "b", "A", "1", "_", "-", ".", " ", "[", "{", "\\", "\xe5"];

function some(random: Random, pieces: readonly string[], most: number): string {
  return Array.from({ length: 1 + random(most) }, () => pick(random, pieces)).join("");
}

/** A table of one rule; postmap reads no comment in it, nor a pattern that ends early. */
function randomTable(random: Random): string {
  const negated = oneIn(random, 6) ? "!" : "";
  return `${negated}~${some(random, PIECES, 6)}~${pick(random, OPTIONS)} found\n`;
}

class Judge {
  readonly #folder = mkdtempSync(join(tmpdir(), "regexp-"));
  readonly table = join(this.#folder, "table");

  constructor() {
    const mainCf = "compatibility_level = 3.6\nsmtputf8_enable = no\n";
    writeFileSync(join(this.#folder, "main.cf"), mainCf);
  }

  /** The keys that are found, and the warnings about the table. */
  ask(table: string, keys: readonly string[]): { found: string[]; warnings: string[] } {
    writeFileSync(this.table, stringToBytes(table));
    const { stdout, stderr } = Bun.spawnSync(
      [POSTMAP, "-c", this.#folder, "-q", "-", `regexp:${this.table}`],
      { stdin: stringToBytes(`${keys.join("\n")}\n`), env: { LANG: "C" } },
    );
    return {
      found: lines(stdout).map((line) => line.slice(0, -"\tfound".length)),
      warnings: lines(stderr).map((line) => line.replace("postmap: warning: ", "")),
    };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

function lines(output: Uint8Array): string[] {
  return bytesToString(output)
    .split("\n")
    .filter((line) => line !== "");
}

function ask(path: string, table: string, keys: readonly string[]) {
  const log = new MemoryLog();
  const textFiles = new MemoryTextFiles({ [path]: table });
  const opened = openRegexpTable(path, { textFiles, log, utf8: false });
  const found = keys.filter((key) => "find" in opened && opened.find(key) !== null);
  return { found, warnings: log.texts("warning") };
}

test.skipIf(!existsSync(POSTMAP))(
  "regular expressions match what they match in the original",
  () => {
    const seed = Number(process.env["PATTERN_SEED"] ?? 1);
    const random = randomFrom(seed);
    const judge = new Judge();
    let foundCount = 0;
    let warningCount = 0;
    for (let count = 0; count < PATTERNS; count++) {
      const table = randomTable(random);
      const drawn = Array.from({ length: KEYS_PER_PATTERN }, () => some(random, LETTERS, 6));
      const keys = [...new Set(drawn)];
      const want = judge.ask(table, keys);
      expect({ seed, table, ...ask(judge.table, table, keys) }).toEqual({ seed, table, ...want });
      foundCount += want.found.length;
      warningCount += want.warnings.length;
    }
    judge.remove();
    // Unless a fair share was found and a fair share was refused, little has been compared.
    expect(foundCount).toBeGreaterThan(PATTERNS);
    expect(warningCount).toBeGreaterThan(PATTERNS / 10);
  },
);
