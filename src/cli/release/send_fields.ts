/**
 * What `send --json` prints: see json_lines.ts. Pure.
 */

/** Items, and their members. */
export const SEND_FIELDS = {
  message: { queue_id: "text", logfile: "text", outcome: "text", why: "text" },
  outcome: {
    queue_id: "text",
    recipient: "text or null",
    site: "text or null",
    outcome: "text",
    dsn: "text or null",
    reason: "text or null",
    relay: "text or null",
  },
  end: {
    status: "text",
    released: "number",
    kept: "number",
    tried: "number",
    gone: "number",
    skipped: "number",
    failed: "number",
    omitted: "number",
    in_delivery: "number",
    delivered: "number",
    bounced: "number",
    deferred: "number",
    left: "number",
    held: "number",
    trying: "number",
    unfollowed: "number",
  },
} as const;
