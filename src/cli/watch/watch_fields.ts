/**
 * What `watch --json` prints: see json_lines.ts. What is released is told as `send` tells it. Pure.
 */
import { SEND_FIELDS } from "../release/send_fields.ts";

/** Items, and their members. */
export const WATCH_FIELDS = {
  try: {
    site: "text",
    number: "number",
    outcome: "text",
    reason: "text or null",
    queue_id: "text or null",
    at: "number",
    next_try: "number",
  },
  message: SEND_FIELDS.message,
  outcome: SEND_FIELDS.outcome,
  watcher: {
    id: "number",
    pid: "number",
    site: "text",
    state: "text",
    config_directory: "text",
    probe: "text",
    since: "number",
    tries: "number",
    last_try: "number",
    last_result: "text or null",
    next_try: "number",
    log: "text or null",
  },
  end: SEND_FIELDS.end,
} as const;
