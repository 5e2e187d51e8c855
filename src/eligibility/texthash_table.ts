/**
 * `texthash:PATH`, a text file in the format that postmap(1) reads.
 *
 * Each logical line is a key, white space, a value. A bad line is skipped with a warning; a key that
 * comes twice makes the whole table unusable. Keys are not folded, so one with a capital letter never
 * matches. Throws Fatal where the file can be opened but not read, as the original does.
 */

import { readLogicalLines } from "../config/logical_lines.ts";
import { Fatal } from "../effects/fatal.ts";
import type { Log } from "../effects/log.ts";
import { OsError } from "../effects/os_error.ts";
import type { TextFiles } from "../effects/text_files.ts";
import { decodeUtf8 } from "../names/byte_string.ts";
import type { KeyValueTable, OpenFailure } from "./lookup_table.ts";
import { SPACE, trimSpace } from "./tokens.ts";

/** What reading a table needs. */
export interface TableTools {
  readonly textFiles: TextFiles;
  readonly log: Log;
  /** Whether content that is not valid UTF-8 is to be rejected (smtputf8_enable). */
  readonly utf8: boolean;
}

/** A key runs up to white space that is neither quoted nor behind a backslash. */
const KEY = new RegExp(`^(?:\\\\[^]?|"(?:\\\\[^]|[^"\\\\])*"|[^${SPACE}"\\\\])*`);

/** Opens `texthash:PATH`. */
export function openTexthashTable(
  path: string,
  { textFiles, log, utf8 }: TableTools,
): KeyValueTable | OpenFailure {
  const content = read(path, textFiles);
  if (typeof content !== "string") {
    return content;
  }
  const values = new Map<string, string>();
  for (const { text, lineNumber } of readLogicalLines(path, content, log)) {
    const place = `${path}, line ${lineNumber}`;
    const entry = parseLine(text, utf8);
    if ("fault" in entry) {
      log.warning(`${place}: ${entry.fault} -- ignoring this line`);
      continue;
    }
    if (entry.key.endsWith(":")) {
      log.warning(`${place}: record is in "key: value" format; is this an alias file?`);
    }
    if (values.has(entry.key)) {
      return { reason: `${place}: duplicate entry: "${entry.key}"` };
    }
    values.set(entry.key, entry.value);
  }
  return { triesParents: true, find: (key) => values.get(key) ?? null };
}

function read(path: string, textFiles: TextFiles): string | OpenFailure {
  try {
    return textFiles.read(path).text;
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    if (caught.operation !== "open") {
      throw new Fatal(`read ${path}: ${caught.text}`);
    }
    return { reason: `open database ${path}: ${caught.text}` };
  }
}

function parseLine(
  line: string,
  utf8: boolean,
): { readonly key: string; readonly value: string } | { readonly fault: string } {
  if (utf8 && decodeUtf8(line) === null) {
    return { fault: `non-UTF-8 input "${line}"` };
  }
  const key = KEY.exec(line)?.[0] ?? "";
  if (line.charAt(key.length) === '"') {
    return { fault: `unbalanced '"' in '${line}'` };
  }
  const value = trimSpace(line.slice(key.length));
  if (key === "" || value === "") {
    return { fault: "expected format: key whitespace value" };
  }
  return { key, value };
}
