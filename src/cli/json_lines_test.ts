/** The schema of `--json`: that of the service's reports, and as documented. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { FIELDS, type FieldType, jsonLine } from "./json_lines.ts";

const PAGE = join(import.meta.dir, "..", "..", "docs", "COMMAND.md");

/** The schema as rows of the page's tables. */
function documentedRows(): string[] {
  return Object.entries(FIELDS).flatMap(([command, items]) =>
    Object.entries(items).map(([item, fields]: [string, Readonly<Record<string, FieldType>>]) => {
      const list = Object.entries(fields).map(([name, type]) => `\`${name}\` ${type}`);
      return `| \`${command}\` | \`${item}\` | ${list.join(", ")} |`;
    }),
  );
}

test("the page documents every attribute of every line, and no others", async () => {
  const page = await Bun.file(PAGE).text();
  const rows = page.split("\n").filter((line) => /^\| `[a-z]+` \| `[a-z]+` \| `/.test(line));
  expect(rows).toEqual(documentedRows());
});

describe("jsonLine", () => {
  const attributes = (values: Readonly<Record<string, string>>) => new Map(Object.entries(values));

  test("has all attributes of the schema in its order, and no others", () => {
    const line = jsonLine(
      "sites",
      "site",
      attributes({ names: "a.b,c", later: "1", logfile: "a_b", entries: "12", added: "" }),
    );
    expect(line).toBe(
      '{"item":"site","logfile":"a_b","entries":12,"bytes":null,"added":null,"sent":null,"names":["a.b","c"]}\n',
    );
  });

  test("an empty list is empty, an unknown text null, control characters are escaped", () => {
    const line = jsonLine("preview", "message", attributes({ queue_id: "A\x1b\x9b", sender: "" }));
    expect(line).toContain('"queue_id":"A\\u001b\ufffd","queue":null');
    expect(line).toContain('"sender":null,"recipients":[]');
  });

  test("passes over items that are not in the schema", () => {
    expect(jsonLine("sites", "novelty", attributes({}))).toBeNull();
  });
});
