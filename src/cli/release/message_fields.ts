/** A message as what shows messages before it acts on them has it with `--json` (preview, hold, release, delete): see json_lines.ts. */

export const MESSAGE_FIELDS = {
  queue_id: "text",
  queue: "text or null",
  size: "number",
  arrived: "number",
  sender: "text or null",
  recipients: "list",
  recipients_count: "number",
  others: "list",
  outcome: "text",
} as const;
