/**
 * What fast_flush_domains and smtpd_etrn_restrictions say, as far as it decides about an installation. Reads the files
 * that a list names, as an effect.
 *
 * It doesn't look into the lists as the service does: it only finds out which types of tables the service would meet.
 */
import { OsError } from "../effects/os_error.ts";

/** Table types that our service knows. */
const KNOWN_TYPES: ReadonlySet<string> = new Set(["static", "inline", "texthash", "regexp"]);

/** Lists that name each other would never end. */
const DEPTH_MAX = 10;

const TYPE = /^!*([A-Za-z][A-Za-z0-9_-]*):/;

/** What closes a list of restrictions to those whom nothing before it has let in. */
const CLOSING = new Set(["reject", "defer"]);

/** Table types in a list, and in the files that it names, that our service does not know. */
export function unknownTableTypes(list: string, read: (path: string) => string): string[] {
  const types = tableTypes(list, read, DEPTH_MAX);
  return [...new Set(types)].filter((type) => !KNOWN_TYPES.has(type)).sort();
}

function tableTypes(list: string, read: (path: string) => string, depth: number): string[] {
  return entriesOf(list).flatMap((entry) => {
    const type = TYPE.exec(entry)?.[1];
    if (type !== undefined) {
      return [type];
    }
    const path = entry.replace(/^!+/, "");
    return path.startsWith("/") && depth > 0
      ? tableTypes(contentOf(path, read), read, depth - 1)
      : [];
  });
}

/** A file that can't be read is for the service to complain of, as with the original. */
function contentOf(path: string, read: (path: string) => string): string {
  try {
    return read(path).replace(/^\s*#.*$/gm, "");
  } catch (caught) {
    if (caught instanceof OsError) {
      return "";
    }
    throw caught;
  }
}

/** Parted by blanks and commas, but not within braces. */
function entriesOf(list: string): string[] {
  const entries: string[] = [];
  let entry = "";
  let depth = 0;
  for (const character of list) {
    if (depth === 0 && /[\s,]/.test(character)) {
      entries.push(entry);
      entry = "";
      continue;
    }
    depth += character === "{" ? 1 : character === "}" ? -1 : 0;
    entry += character;
  }
  return [...entries, entry].filter((each) => each !== "");
}

/** Every destination is recorded. */
export function isEveryDestination(list: string): boolean {
  return entriesOf(list).some((entry) => /^static:./.test(entry));
}

/** These restrictions let in strangers: nothing in them turns away whom they don't know. */
export function isOpenToStrangers(restrictions: string): boolean {
  const decisive = entriesOf(restrictions).find((each) => each === "permit" || CLOSING.has(each));
  return decisive === undefined || decisive === "permit";
}

/** Entries of master.cf that let in strangers by restrictions of their own. */
export function openEntries(overrides: ReadonlyMap<string, string>): string[] {
  return [...overrides].filter(([, value]) => isOpenToStrangers(value)).map(([entry]) => entry);
}

/** Variables that change what our program, or the engine under it, does: never to come from outside. */
export function dangerousVariables(importEnvironment: string): string[] {
  const names = entriesOf(importEnvironment).map(
    (entry) => /^\{?\s*([^=\s}]*)/.exec(entry)?.[1] ?? "",
  );
  return names.filter((name) => /^(?:BUN_|JSC_|NODE_)/.test(name) || /[*?]/.test(name));
}
