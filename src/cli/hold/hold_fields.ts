/** What hold, release and delete print with `--json`: see json_lines.ts. */
import { MESSAGE_FIELDS } from "../release/message_fields.ts";

/** Of commands that have postsuper(1) change messages. */
const CHANGING = {
  message: MESSAGE_FIELDS,
  outcome: { queue_id: "text", outcome: "text" },
} as const;
const LEFT = {
  moved: "number",
  replaced: "number",
  gone: "number",
  failed: "number",
  partly: "number",
  in_delivery: "number",
} as const;

/** Of hold. */
export const HOLD_FIELDS = {
  ...CHANGING,
  held: {
    site: "text",
    messages: "number",
    bytes: "number",
    oldest: "number",
    until: "number",
    by: "text",
  },
  ended: {
    config_directory: "text",
    released: "number",
    forgotten: "number",
    failed: "number",
  },
  timed: { config_directory: "text", messages: "number", overdue: "number", until: "number" },
  end: {
    status: "text",
    messages: "number",
    senders: "number",
    held: "number",
    extended: "number",
    until: "number",
    ...LEFT,
  },
} as const;

/** Of release. */
export const RELEASE_FIELDS = {
  ...CHANGING,
  end: { status: "text", messages: "number", senders: "number", released: "number", ...LEFT },
} as const;

/** Of delete. */
export const DELETE_FIELDS = {
  ...CHANGING,
  end: { status: "text", messages: "number", senders: "number", deleted: "number", ...LEFT },
} as const;
