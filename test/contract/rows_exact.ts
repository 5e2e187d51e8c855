/** Which messages a send of a site releases: issue "The right messages", where the original takes all that its log names. */
import { buildDeferFile, buildQueueFile } from "../support/queue_files.ts";
import { CARRIES_F } from "./common_rows.ts";
import { type ContractCase, type Differs, type State, sendSite } from "./contract_case.ts";

/** The log that a-b.example and a.b.example share. */
const LOG = "flush/a_b_example";

const WHY =
  "a message is released only if an undelivered recipient is in the site (ARCHITECTURE, defects 5 and 23)";

/** A deferred message, its defer file, and the log that names it. */
function deferred(recipient: string, tried = recipient): State {
  const { text, offsets } = buildQueueFile({ recipients: [{ address: recipient }] });
  return {
    [LOG]: "ABC123\n",
    "deferred/A/ABC123": text,
    "defer/A/ABC123": buildDeferFile([{ recipient: tried, offset: offsets[0] ?? 0 }]),
  };
}

const RELEASED = { [LOG]: "", "deferred/A/ABC123": null, "incoming/ABC123": { mode: "0700" } };

/** What ours leaves where the original moves the message. */
function skipped(state: State): Differs {
  const text = String(state["deferred/A/ABC123"]);
  return {
    why: WHY,
    ours: {
      ...CARRIES_F.ours,
      files: {
        [LOG]: "ABC123\n",
        "deferred/A/ABC123": { text, mode: "0700", atime: 1000, mtime: 1000 },
        "deferred/A": { mtime: 2000 },
        incoming: { mtime: 2000 },
        "incoming/ABC123": null,
      },
    },
  };
}

function row(name: string, state: State, site: string, isSkipped: boolean): ContractCase {
  return {
    name: `exact: ${name}`,
    state,
    send: [sendSite(site)],
    want: { status: 0, wakes: ["F\0", "I\0"], files: RELEASED },
    differs: isSkipped ? skipped(state) : CARRIES_F,
  };
}

const WITHOUT_DEFER_FILE: State = {
  ...deferred("x@a.b.example"),
  "defer/A/ABC123": { kind: "missing" },
};

/** The rows. */
export const EXACT_ROWS: readonly ContractCase[] = [
  row("the site of its recipient", deferred("x@a-b.example"), "a-b.example", false),
  row("in other case", deferred("x@A-B.example"), "a-b.EXAMPLE", false),
  row("another site that shares the logfile", deferred("x@a.b.example"), "a-b.example", true),
  row(
    "the site where it was tried",
    deferred("x@other.example", "x@a-b.example"),
    "a-b.example",
    false,
  ),
  row("no defer file says where it was tried", WITHOUT_DEFER_FILE, "a-b.example", false),
];
