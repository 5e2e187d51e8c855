/**
 * The send request: flushes these sites as send_site does, and tells what became of each message.
 *
 * Always exact: a message is released if it has mail for a selected site, or if that can't be told. The log of a
 * domain's subdomains names others' messages too, and those are skipped also where it can't be told. A client
 * that reads slowly misses items (the end says how many), since a log is locked while it is sent; a client that
 * hangs up stops nothing.
 */
import { STATUS, type Status } from "../wire/request.ts";
import { flushLine, peerText } from "./flush_line.ts";
import type { FlushTools } from "./flush_tools.ts";
import { noCounts, type Outcome, type PassCounts } from "./logfile_pass.ts";
import type { LogfilesInUse } from "./logfiles_in_use.ts";
import type { ReportEnd, ReportWriter } from "./report_writer.ts";
import type { SelectedLog } from "./selected_logs.ts";
import { sendLogfile } from "./send_logfile.ts";
import { warnOfSend } from "./send_site.ts";
import { Slice } from "./slice.ts";
import { WakeUps } from "./wake_ups.ts";

/** So much of the list of sites is shown in the log. */
const SHOWN_SITES_LENGTH_MAX = 200;

/** Why an entry's message came to what it came to, in words. */
const WHY: Readonly<Record<Outcome, string>> = {
  released: "",
  kept: "in active or hold",
  skipped: "no undelivered recipient is at a selected site",
  failed: "its file can't be changed: see the log",
  gone: "in none of the queues",
};

/** What is to be flushed, and for whom. */
export interface SendOrder {
  readonly logs: readonly SelectedLog[];
  /** As the client wrote them. */
  readonly sites: string;
  readonly reason: string;
  readonly peer: Parameters<typeof peerText>[0];
}

/** Flushes the logs one after the other, and returns what the end is to say. */
export async function reportSend(
  tools: FlushTools,
  inUse: LogfilesInUse,
  order: SendOrder,
  report: ReportWriter,
): Promise<ReportEnd> {
  const startMs = tools.clock.monotonicMs();
  const wakeUps = new WakeUps(tools.clock, tools.queueManager, "FI");
  const counts = noCounts();
  let status: Status = STATUS.ok;
  if (order.logs.length > 0) {
    tools.queueManager.wake("F");
  }
  for (const log of order.logs) {
    try {
      add(counts, await sendOne(tools, inUse, log, wakeUps, report));
    } catch (caught) {
      warnOfSend(tools, log.name, caught);
      status = STATUS.fail;
    }
  }
  await wakeUps.finish();
  tell(tools, order, counts, tools.clock.monotonicMs() - startMs);
  const { released, kept, gone, skipped, failed } = counts;
  const totals = Object.entries({ released, kept, gone, skipped, failed });
  return { status, totals: [...totals, ["omitted", report.omittedCount]] };
}

function sendOne(
  tools: FlushTools,
  inUse: LogfilesInUse,
  { name, choice, isNamed }: SelectedLog,
  wakeUps: WakeUps,
  report: ReportWriter,
): Promise<PassCounts> {
  return sendLogfile(tools, inUse, name, wakeUps, {
    unthrottleFirst: false,
    choice,
    releasesUnsure: isNamed,
    slice: new Slice(tools.clock),
    shouldStop: () => false,
    onOutcome: (id, outcome) =>
      report.offer("message", [
        ["queue_id", id],
        ["logfile", name],
        ["outcome", outcome],
        ["why", WHY[outcome]],
      ]),
  });
}

function add(sum: PassCounts, counts: PassCounts): void {
  for (const what of Object.keys(sum) as (keyof PassCounts)[]) {
    sum[what] += counts[what];
  }
}

function tell(tools: FlushTools, order: SendOrder, counts: PassCounts, durationMs: number): void {
  const what = `sites=${order.sites.slice(0, SHOWN_SITES_LENGTH_MAX)}`;
  const who = peerText(order.peer);
  tools.log.info(flushLine({ what, who, counts, durationMs, reason: order.reason }));
}
