/**
 * `--json`: one JSON object a line for each item of a report, and one for its end. Pure.
 *
 * FIELDS is the schema, and docs/COMMAND.md shows it. What a later version of the service adds is passed over.
 */
import { jsonText, printableJson } from "./printable.ts";

/** What a value is. A number that isn't known is null; so is a text marked so; a list is never null. */
export type FieldType = "number" | "text" | "text or null" | "list";

type Fields = Readonly<Record<string, FieldType>>;

/** The items of each command, and their attributes; `item` comes first in each line. */
export const FIELDS = {
  sites: {
    site: {
      logfile: "text",
      entries: "number",
      bytes: "number",
      added: "number",
      sent: "number",
      names: "list",
    },
    end: { status: "text", logs: "number", entries: "number", bytes: "number" },
  },
  preview: {
    message: {
      queue_id: "text",
      queue: "text or null",
      size: "number",
      arrived: "number",
      sender: "text or null",
      recipients: "list",
      recipients_count: "number",
      others: "list",
      outcome: "text",
    },
    refused: { site: "text", why: "text" },
    end: {
      status: "text",
      release: "number",
      skip: "number",
      keep: "number",
      gone: "number",
      unreadable: "number",
    },
  },
  send: {
    message: { queue_id: "text", logfile: "text", outcome: "text", why: "text" },
    refused: { site: "text", why: "text" },
    end: {
      status: "text",
      released: "number",
      kept: "number",
      gone: "number",
      skipped: "number",
      failed: "number",
      omitted: "number",
    },
  },
  verify: {
    difference: { logfile: "text", queue_id: "text", kind: "text" },
    refused: { site: "text", why: "text" },
    end: {
      status: "text",
      messages: "number",
      logs: "number",
      entries: "number",
      missing: "number",
      outdated: "number",
      duplicate: "number",
    },
  },
  compact: {
    progress: { done: "number", removed: "number", logs: "number" },
    refused: { site: "text", why: "text" },
    end: {
      status: "text",
      logs: "number",
      removed: "number",
      gone: "number",
      repeated: "number",
      bad: "number",
      kept: "number",
    },
  },
  rebuild: {
    progress: { done: "number", added: "number", removed: "number", logs: "number" },
    end: {
      status: "text",
      messages: "number",
      unreadable: "number",
      added: "number",
      logs: "number",
      removed: "number",
      gone: "number",
      repeated: "number",
      bad: "number",
      kept: "number",
    },
  },
  doctor: {
    finding: { id: "text", severity: "text", what: "text", why: "text", command: "text or null" },
    unseen: { what: "text", why: "text" },
    well: { what: "text" },
    end: {
      status: "text",
      errors: "number",
      warnings: "number",
      advice: "number",
      wells: "number",
      unseen: "number",
    },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Fields>>>>;

export type CommandName = keyof typeof FIELDS;

/** The line of an item, with its end; null for a kind that isn't known. */
export function jsonLine(
  command: CommandName,
  item: string,
  attributes: ReadonlyMap<string, string>,
): string | null {
  const fields = (FIELDS[command] as Readonly<Record<string, Fields>>)[item];
  if (fields === undefined) {
    return null;
  }
  const values = Object.entries(fields).map(([name, type]) => [
    name,
    jsonValue(type, attributes.get(name) ?? ""),
  ]);
  return `${printableJson({ item, ...Object.fromEntries(values) })}\n`;
}

function jsonValue(type: FieldType, value: string): unknown {
  switch (type) {
    case "number":
      return /^[0-9]{1,15}$/.test(value) ? Number(value) : null;
    case "text":
      return jsonText(value);
    case "text or null":
      return value === "" ? null : jsonText(value);
    case "list":
      return value === "" ? [] : value.split(",").map(jsonText);
  }
}
