/**
 * The send_site request: SMTP ETRN, `postqueue -s site`, `sendmail -qRsite`.
 *
 * Answers after the work, as the original does: its clients take the answer for "queuing started". A
 * log that can't be opened, read or cut is answered with "fail" and one warning; its entries stay. Each request
 * is one line in the log, which says who asked and what came of it.
 */
import type { LogfileName, SiteName } from "../names/names.ts";
import { type Exchange, STATUS } from "../wire/request.ts";
import { flushLine, peerText } from "./flush_line.ts";
import type { FlushTools } from "./flush_tools.ts";
import type { PassCounts } from "./logfile_pass.ts";
import { warnOfLogfile } from "./logfile_trouble.ts";
import type { LogfilesInUse } from "./logfiles_in_use.ts";
import { sendLogfile } from "./send_logfile.ts";
import { chooseSite } from "./site_choice.ts";
import { Slice } from "./slice.ts";
import { WakeUps } from "./wake_ups.ts";

/** Sends a site's log, then answers and ends the exchange. */
export async function sendSite(
  tools: FlushTools,
  inUse: LogfilesInUse,
  site: SiteName,
  name: LogfileName,
  exchange: Exchange,
): Promise<void> {
  const who = peerText(exchange.peer);
  const startMs = tools.clock.monotonicMs();
  const wakeUps = new WakeUps(tools.clock, tools.queueManager, "FI");
  const counts = await sendAndWarn(tools, inUse, site, name, wakeUps);
  const lastWakeUp = wakeUps.finish();
  if (counts !== null) {
    const durationMs = tools.clock.monotonicMs() - startMs;
    tools.log.info(flushLine({ what: `site=${site}`, who, counts, durationMs }));
  }
  exchange.answer(counts === null ? STATUS.fail : STATUS.ok);
  await lastWakeUp;
  exchange.finish();
}

/** Null: there was trouble with the log. */
async function sendAndWarn(
  tools: FlushTools,
  inUse: LogfilesInUse,
  site: SiteName,
  name: LogfileName,
  wakeUps: WakeUps,
): Promise<PassCounts | null> {
  try {
    return await sendLogfile(tools, inUse, name, wakeUps, {
      unthrottleFirst: true,
      choice: tools.isExact ? chooseSite(tools, site) : null,
      slice: new Slice(tools.clock),
      // A client waits for this one: it is finished even when a reload has replaced this process.
      shouldStop: () => false,
    });
  } catch (caught) {
    warnOfSend(tools, name, caught);
    return null;
  }
}

/** Logs why a log could not be sent; rethrows what is no trouble with the log. */
export function warnOfSend(tools: FlushTools, name: LogfileName, caught: unknown): void {
  warnOfLogfile(tools, "flush_send_path", name, caught);
}
