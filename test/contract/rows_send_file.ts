/** Sending one message: POSTFIX-FLUSH-SPEC section 3. */
import { type ContractCase, sendFile } from "./contract_case.ts";

const LOG = "flush/one_example";

/** The rows. */
export const SEND_FILE_ROWS: readonly ContractCase[] = [
  {
    rows: [61],
    name: "a message in deferred",
    state: { "deferred/A/ABC123": "text", [LOG]: "ABC123\n" },
    send: [sendFile("ABC123")],
    want: {
      status: 0,
      wakes: ["I\0"],
      files: {
        "deferred/A/ABC123": null,
        "incoming/ABC123": { text: "text", mode: "0740", atime: "now", mtime: "now" },
        [LOG]: { text: "ABC123\n", atime: 1000, mtime: 1000 },
      },
    },
  },
  {
    rows: [61],
    name: "in which order: touched and marked, moved, I",
    state: { "deferred/A/ABC123": "text", "public/qmgr": { kind: "fifo" } },
    send: [sendFile("ABC123")],
    want: {
      status: 0,
      wakes: ["I"],
      events: [
        "touch deferred/A/ABC123",
        "leave deferred/A/ABC123",
        "come incoming/ABC123",
        "write public/qmgr",
      ],
    },
  },
  {
    rows: [62],
    name: "a message that is not complete",
    state: { "deferred/A/ABC123": { mode: 0o600 } },
    send: [sendFile("ABC123")],
    want: {
      status: 0,
      files: { "deferred/A/ABC123": { mode: "0600", atime: "now", mtime: "now" } },
    },
  },
  {
    rows: [63],
    name: "a message with two hard links",
    state: { "deferred/A/ABC123": "", "deferred/B/BCD": { sameAs: "deferred/A/ABC123" } },
    send: [sendFile("ABC123")],
    want: {
      status: 0,
      files: { "deferred/A/ABC123": { mode: "0700", links: 2, mtime: "now" } },
      log: ["warning: flush_one_file: open deferred/A/ABC123: file has 2 hard links"],
    },
  },
  {
    rows: [64],
    name: "an unknown message",
    send: [sendFile("ABC123")],
    want: { status: 0 },
  },
  {
    rows: [64],
    name: "a message in active or hold",
    state: { "active/ABC123": "", "hold/ABC123": "" },
    send: [sendFile("ABC123")],
    want: { status: 0, files: { "active/ABC123": { mtime: 1000, mode: "0700" } } },
  },
  {
    rows: [65],
    name: "a message in incoming",
    state: { "incoming/ABC123": "" },
    send: [sendFile("ABC123")],
    want: {
      status: 0,
      wakes: ["I\0"],
      files: { "incoming/ABC123": { mode: "0740", atime: "now", mtime: "now" } },
    },
  },
  {
    rows: [66],
    name: "send_file, incoming and deferred hashed, depth 2",
    config: { hash_queue_names: "incoming,deferred", hash_queue_depth: "2" },
    state: { "deferred/A/B/ABC123": "" },
    send: [sendFile("ABC123")],
    want: { status: 0, wakes: ["I\0"], files: { "incoming/A/B/ABC123": { mode: "0740" } } },
  },
  {
    rows: [67],
    name: "send_file of a long queue ID",
    state: { "deferred/7/4jYCDY3XvNzLDg6L": { mode: 0o755 } },
    send: [sendFile("4jYCDY3XvNzLDg6L")],
    want: { status: 0, wakes: ["I\0"], files: { "incoming/4jYCDY3XvNzLDg6L": { mode: "0755" } } },
  },
];
