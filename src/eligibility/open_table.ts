/**
 * Opens the lookup tables that a list of domains names.
 *
 * `static:`, `inline:`, `texthash:` and `regexp:` are read here, indexed files through postmap(1), and
 * every other type that this Postfix has is looked up in by Postfix itself (postfix_tables.ts). A table of
 * another type cannot be opened. Such a table is an error when it is looked up in,
 * with a line in the log each time; opening it logs an error once, or throws Fatal where
 * daemon_table_open_error_is_fatal says so. A table that is named twice is opened once.
 *
 * With `utf8` (smtputf8_enable) keys that are not valid UTF-8 are not found, and values that are not
 * are errors: result text in which `$1` stands is judged without what it stands for.
 */
import { Fatal } from "../effects/fatal.ts";
import type { Log } from "../effects/log.ts";
import { decodeUtf8 } from "../names/byte_string.ts";
import type { KeyValueTable, LookupResult, LookupTable } from "./lookup_table.ts";
import type { PostfixTables } from "./postfix_tables.ts";
import type * as ReadTable from "./read_table.ts";
import { openStaticTable } from "./static_table.ts";
import type { TableTools } from "./texthash_table.ts";

/** What opening tables needs. */
export interface TableOpenerTools extends TableTools {
  readonly openErrorIsFatal: boolean;
  /** Those that are Postfix's to read. */
  readonly tables: PostfixTables;
}

/** The type that the original gives to a file that it could not open. */
export const UNREADABLE_FILE = "non-existent";

const NOT_UTF8 = "malformed UTF-8 or invalid codepoint";

/** Opens tables and knows those that are open. */
export class TableOpener {
  readonly #tools: TableOpenerTools;
  readonly #tables = new Map<string, LookupTable>();

  constructor(tools: TableOpenerTools) {
    this.#tools = tools;
  }

  /** The table of a title such as "static:all". Throws Fatal for a bad title. */
  open(title: string): LookupTable {
    let table = this.#tables.get(title);
    if (table === undefined) {
      table = this.#openNew(title);
      this.#tables.set(title, table);
    }
    return table;
  }

  /** A table for a file of patterns that cannot be opened; logs the reason once a file. */
  unreadableFile(path: string, reason: string): LookupTable {
    const title = `${UNREADABLE_FILE}:${path}`;
    const table = this.#tables.get(title) ?? this.#failed(title, reason, false);
    this.#tables.set(title, table);
    return table;
  }

  #openNew(title: string): LookupTable {
    const colon = title.indexOf(":");
    const [type, name] = [title.slice(0, colon), title.slice(colon + 1)];
    if (type === "" || name === "") {
      throw new Fatal(`open dictionary: expecting "type:name" form instead of "${title}"`);
    }
    const table =
      type === "static"
        ? openStaticTable(name)
        : loadReadTable().readTable(title, type, name, this.#tools);
    if (table === null) {
      return this.#postfixTable(title, type, name);
    }
    const { utf8, log } = this.#tools;
    if ("reason" in table) {
      return this.#failed(title, table.reason, utf8);
    }
    const { triesParents } = table;
    return { title, triesParents, lookup: (key) => lookup(table, title, key, utf8, log) };
  }

  /** A table that Postfix looks up in. */
  #postfixTable(title: string, type: string, name: string): LookupTable {
    const { tables, utf8, log } = this.#tools;
    const isBad = (key: string): boolean => utf8 && isBadKey(title, key, log);
    if (type === "proxy") {
      return tables.proxied(title, name, isBad, (reason) => this.#failed(title, reason, utf8));
    }
    return tables.knows(type)
      ? tables.helped(title, isBad)
      : this.#failed(title, `unsupported dictionary type: ${type}`, false);
  }

  /**
   * A table that is an error to look up in. `checksKeys`: as with a table that could be opened, a key that is not
   * valid UTF-8 is not found.
   */
  #failed(title: string, reason: string, checksKeys: boolean): LookupTable {
    const { log } = this.#tools;
    if (this.#tools.openErrorIsFatal) {
      throw new Fatal(reason);
    }
    log.error(reason);
    return {
      title,
      triesParents: false,
      lookup: (key) => {
        if (checksKeys && isBadKey(title, key, log)) {
          return "not-found";
        }
        log.warning(`${title} is unavailable. ${reason}`);
        return "error";
      },
    };
  }
}

/** Loaded when it is first needed: most lists are names, or static:all. */
function loadReadTable(): typeof ReadTable {
  return require("./read_table.ts") as typeof ReadTable;
}

function lookup(
  table: KeyValueTable,
  title: string,
  key: string,
  utf8: boolean,
  log: Log,
): LookupResult {
  if (utf8 && isBadKey(title, key, log)) {
    return "not-found";
  }
  const value = table.find(key);
  if (value === null) {
    return "not-found";
  }
  if (utf8 && !isUtf8(value)) {
    log.warning(`${title}: key "${key}": non-UTF-8 value "${value}": ${NOT_UTF8}`);
    return "error";
  }
  return "found";
}

/** Whether a key cannot be looked up; warns of it. */
function isBadKey(title: string, key: string, log: Log): boolean {
  if (isUtf8(key)) {
    return false;
  }
  log.warning(`${title}: non-UTF-8 key "${key}": ${NOT_UTF8}`);
  return true;
}

/** ASCII is the common case and needs no decoding. */
function isUtf8(text: string): boolean {
  return !/[\x80-\xff]/.test(text) || decodeUtf8(text) !== null;
}
