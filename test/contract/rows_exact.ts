/** Which messages a send of a site releases: issue "The right messages", where the original takes all that its log names. */
import { buildDeferFile, buildQueueFile, type PlannedRecipient } from "../support/queue_files.ts";
import { CARRIES_F, STANDALONE } from "./common_rows.ts";
import {
  type ContractCase,
  type Differs,
  type State,
  sendSite,
  type WantedFile,
} from "./contract_case.ts";

/** The log that a-b.example and a.b.example share. */
const LOG = "flush/a_b_example";

const WHY =
  "a message is released only if an undelivered recipient is in the site (ARCHITECTURE, defects 5 and 23)";

/** The log of bücher.example. */
const IDNA_LOG = "flush/xn__bcher_kva_example";

/** A deferred message, its defer file, which says where its recipients were tried, and the log that names it. */
function deferredTo(recipients: readonly PlannedRecipient[], tried?: string, log = LOG): State {
  const { text, offsets } = buildQueueFile({ recipients });
  const deferrals = recipients.map(({ address }, index) => ({
    recipient: tried ?? address,
    offset: offsets[index] ?? 0,
  }));
  return {
    [log]: "ABC123\n",
    "deferred/A/ABC123": text,
    "defer/A/ABC123": buildDeferFile(deferrals),
  };
}

function deferred(address: string, tried?: string, log?: string): State {
  return deferredTo([{ address }], tried, log);
}

function released(log: string): Readonly<Record<string, WantedFile>> {
  return { [log]: "", "deferred/A/ABC123": null, "incoming/ABC123": { mode: "0700" } };
}

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

function row(
  name: string,
  state: State,
  site: string,
  isSkipped: boolean,
  log = LOG,
): ContractCase {
  return {
    name: `exact: ${name}`,
    state,
    send: [sendSite(site)],
    want: { status: 0, wakes: ["F\0", "I\0"], files: released(log) },
    differs: isSkipped ? skipped(state) : CARRIES_F,
  };
}

const WITHOUT_DEFER_FILE: State = {
  ...deferred("x@a.b.example"),
  "defer/A/ABC123": { kind: "missing" },
};

/** With -E, which the original doesn't know. */
const RELEASES_ALL: ContractCase = {
  name: "exact: not with -E: all that the log names is released",
  state: deferred("x@a.b.example"),
  args: ["-E"],
  send: [sendSite("a-b.example")],
  only: STANDALONE,
  want: { status: null, ungreeted: true, exit: 1, log: ["fatal: invalid option: E"] },
  differs: {
    why: "the argument is ours (README, exactness)",
    ours: {
      status: 0,
      exit: 0,
      log: [],
      wakes: ["F\0", "FI\0"],
      files: {
        [LOG]: { text: "", atime: "now", mtime: "now" },
        "deferred/A": { mtime: "now" },
        "deferred/A/ABC123": null,
        incoming: { mtime: "now" },
        "incoming/ABC123": {
          text: String(deferred("x@a.b.example")["deferred/A/ABC123"]),
          mode: "0700",
        },
      },
    },
  },
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
  row(
    "a recipient in the site that has been delivered to",
    deferredTo([{ address: "x@a-b.example", state: "done" }, { address: "y@other.example" }]),
    "a-b.example",
    true,
  ),
  row("a site below", deferred("x@sub.a-b.example"), "a-b.example", true),
  row(
    "IDNA written, UTF-8 asked",
    deferred("x@xn--bcher-kva.example", undefined, IDNA_LOG),
    "b\xc3\xbccher.example",
    false,
    IDNA_LOG,
  ),
  row("no defer file says where it was tried", WITHOUT_DEFER_FILE, "a-b.example", false),
  RELEASES_ALL,
];
