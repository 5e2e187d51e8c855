/**
 * `--json`: one JSON object a line for each item of a report, and one for its end. Pure.
 *
 * FIELDS is the schema, and docs/COMMAND.md shows it. What a later version of the service adds is passed over.
 */
import { commaList } from "./comma_list.ts";
import { DELETE_FIELDS, HOLD_FIELDS, RELEASE_FIELDS } from "./hold/hold_fields.ts";
import { jsonText, printableJson } from "./printable.ts";
import { MESSAGE_FIELDS } from "./release/message_fields.ts";
import { SEND_FIELDS } from "./release/send_fields.ts";
import { WATCH_FIELDS } from "./watch/watch_fields.ts";

/** What a value is. A number that isn't known is null; so is a text marked so; a list of either is never null. */
export type FieldType = "number" | "text" | "text or null" | "list" | "numbers";

type Fields = Readonly<Record<string, FieldType>>;

/** A site that no log is kept for. */
const REFUSED = { site: "text", why: "text" } as const;

/** What a compaction did, at the end of a rebuild too. */
const COMPACTED = {
  logs: "number",
  removed: "number",
  gone: "number",
  repeated: "number",
  bad: "number",
  kept: "number",
} as const;

/** Of commands that go over Postfix instances. */
const REASON = { config_directory: "text", why: "text" } as const;
const ADVICE = { config_directory: "text", text: "text" } as const;
const INSTANCES_END = { status: "text", instances: "number" } as const;

/** The items of each command, and their attributes; `item` comes first in each line. */
export const FIELDS = {
  list: {
    destination: {
      name: "text",
      messages: "number",
      recipients: "number",
      bytes: "number",
      oldest: "number",
      next_try: "number",
      reason: "text",
      reason_recipients: "number",
    },
    unreadable: { path: "text", why: "text" },
    end: {
      status: "text",
      destinations: "number",
      omitted: "number",
      messages: "number",
      recipients: "number",
      bytes: "number",
      oldest: "number",
      next_try: "number",
      unreadable: "number",
    },
  },
  histogram: {
    ages: { limits: "numbers" },
    destination: { name: "text", recipients: "number", counts: "numbers" },
    unreadable: { path: "text", why: "text" },
    end: {
      status: "text",
      destinations: "number",
      omitted: "number",
      messages: "number",
      recipients: "number",
      counts: "numbers",
      unreadable: "number",
    },
  },
  show: {
    message: {
      queue_id: "text",
      size: "number",
      arrived: "number",
      next_try: "number",
      sender: "text or null",
      recipients_count: "number",
      elsewhere_count: "number",
      elsewhere: "list",
    },
    recipient: {
      queue_id: "text",
      address: "text",
      site: "text",
      status: "text or null",
      reason: "text or null",
    },
    unreadable: { path: "text", why: "text" },
    end: {
      status: "text",
      messages: "number",
      omitted: "number",
      recipients: "number",
      bytes: "number",
      unreadable: "number",
    },
  },
  preview: {
    message: MESSAGE_FIELDS,
    end: {
      status: "text",
      release: "number",
      skip: "number",
      keep: "number",
      gone: "number",
      unreadable: "number",
      in_delivery: "number",
    },
  },
  send: SEND_FIELDS,
  watch: WATCH_FIELDS,
  hold: HOLD_FIELDS,
  release: RELEASE_FIELDS,
  delete: DELETE_FIELDS,
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
  verify: {
    difference: { logfile: "text", queue_id: "text", kind: "text" },
    progress: { done: "number", logs: "number" },
    refused: REFUSED,
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
    refused: REFUSED,
    end: { status: "text", ...COMPACTED },
  },
  rebuild: {
    progress: { done: "number", added: "number", removed: "number", logs: "number" },
    end: {
      status: "text",
      messages: "number",
      unreadable: "number",
      added: "number",
      ...COMPACTED,
    },
  },
  status: {
    instance: {
      config_directory: "text",
      postfix: "text",
      master_pid: "number",
      entry: "text",
      command: "text or null",
      max_use: "text or null",
      processes: "list",
      answers: "text",
      logs: "number",
      entries: "number",
      recorded: "text",
      etrn: "text",
      rebuilt: "text",
    },
    reason: REASON,
    advice: ADVICE,
    end: INSTANCES_END,
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
  install: {
    instance: {
      config_directory: "text",
      postfix: "text or null",
      outcome: "text",
      program: "text or null",
      changed: "list",
      copies: "list",
      messages: "number",
      added: "number",
    },
    reason: REASON,
    advice: ADVICE,
    end: INSTANCES_END,
  },
  uninstall: {
    instance: {
      config_directory: "text",
      postfix: "text or null",
      outcome: "text",
      program: "text or null",
      restored: "list",
      edited: "list",
    },
    stays: { config_directory: "text", setting: "text" },
    reason: REASON,
    end: INSTANCES_END,
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Fields>>>>;

export type CommandName = keyof typeof FIELDS;

/** What a value is made from. Text is byte strings; an empty one may be null, as its type says. */
type ValueFor<Type extends FieldType> = Type extends "number"
  ? number | null
  : Type extends "numbers"
    ? readonly number[]
    : Type extends "list"
      ? readonly string[]
      : string;

type ValuesFor<Schema> = {
  readonly [Name in keyof Schema]: Schema[Name] extends FieldType ? ValueFor<Schema[Name]> : never;
};

/** The line of an item that was found here, with its end. */
export function valuesLine<
  Command extends CommandName,
  Item extends keyof (typeof FIELDS)[Command] & string,
>(command: Command, item: Item, values: ValuesFor<(typeof FIELDS)[Command][Item]>): string {
  const fields = FIELDS[command][item] as Fields;
  const given = values as Readonly<Record<string, unknown>>;
  const line: Record<string, unknown> = { item };
  for (const [name, type] of Object.entries(fields)) {
    line[name] = ownValue(type, given[name]);
  }
  return `${printableJson(line)}\n`;
}

function ownValue(type: FieldType, value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((each) => (typeof each === "string" ? jsonText(each) : each));
  }
  if (typeof value !== "string") {
    return value;
  }
  return value === "" && type === "text or null" ? null : jsonText(value);
}

/** The line of an item of a report, with its end; null for a kind that isn't known. */
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
      return commaList(value).map(jsonText);
    case "numbers":
      return value === "" ? [] : value.split(",").map(Number);
  }
}
