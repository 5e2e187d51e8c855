/**
 * `regexp:PATH` and `regexp:{ {rule}, {rule}, ... }`, tables of regular expressions (regexp_table(5)).
 *
 * The first rule that matches decides. A name is looked up as a whole, never its parents. A file that
 * can be opened but is a directory counts as empty, as in the original; where reading fails otherwise,
 * throws Fatal.
 */

import { readLogicalLines, type UsableLine } from "../config/logical_lines.ts";
import { Fatal } from "../effects/fatal.ts";
import type { Log } from "../effects/log.ts";
import { OsError } from "../effects/os_error.ts";
import type { TextFiles } from "../effects/text_files.ts";
import type { KeyValueTable, OpenFailure } from "./lookup_table.ts";
import { type Condition, type Rule, readRegexpRules } from "./regexp_rules.ts";
import type { TableTools } from "./texthash_table.ts";
import { splitTokens, unbrace } from "./tokens.ts";

/** Opens `regexp:NAME`. */
export function openRegexpTable(name: string, tools: TableTools): KeyValueTable | OpenFailure {
  const lines = name.startsWith("{")
    ? inlineLines(name)
    : fileLines(name, tools.textFiles, tools.log);
  if ("reason" in lines) {
    return lines;
  }
  const map = `regexp map ${name}`;
  return new RegexpTable(readRegexpRules(lines, map, tools.log), map, tools.log);
}

function inlineLines(name: string): UsableLine[] | OpenFailure {
  const table = unbrace(name);
  if ("fault" in table) {
    return { reason: `regexp map: ${table.fault}` };
  }
  const lines: UsableLine[] = [];
  for (const [index, token] of splitTokens(table.body).entries()) {
    const line = unbrace(token);
    if ("fault" in line) {
      return { reason: `regexp map: ${line.fault}` };
    }
    if (line.body !== "" && !line.body.startsWith("#")) {
      lines.push({ text: line.body, lineNumber: index + 1 });
    }
  }
  return lines;
}

function fileLines(path: string, textFiles: TextFiles, log: Log): UsableLine[] | OpenFailure {
  try {
    return readLogicalLines(path, textFiles.read(path).text, log);
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    if (caught.operation === "open") {
      return { reason: `open ${path}: ${caught.text}` };
    }
    if (caught.code === "EISDIR") {
      return [];
    }
    throw new Fatal(`read ${path}: ${caught.text}`);
  }
}

class RegexpTable implements KeyValueTable {
  readonly triesParents = false;
  readonly #rules: readonly Rule[];
  readonly #map: string;
  readonly #log: Log;

  constructor(rules: readonly Rule[], map: string, log: Log) {
    this.#rules = rules;
    this.#map = map;
    this.#log = log;
  }

  find(key: string): string | null {
    let index = 0;
    for (let rule = this.#rules[index]; rule !== undefined; rule = this.#rules[index]) {
      const holds = this.#holds(rule.conditions, key, rule.lineNumber);
      if (holds && rule.kind === "match") {
        return rule.value;
      }
      index = holds || rule.kind === "match" ? index + 1 : rule.end;
    }
    return null;
  }

  /** Whether all conditions hold; one that cannot be worked out does not, and is logged. */
  #holds(conditions: readonly Condition[], key: string, lineNumber: number): boolean {
    return conditions.every(({ pattern, expected }) => {
      const matched = pattern.matches(key);
      if (typeof matched === "boolean") {
        return matched === expected;
      }
      this.#log.warning(`${this.#map}, line ${lineNumber}: ${matched.fault}`);
      return false;
    });
  }
}
