/**
 * The send_site request: SMTP ETRN, `postqueue -s site`, `sendmail -qRsite`.
 *
 * Answers after the work, as the original does: its clients take the answer for "queuing started". A
 * log that can't be opened, read or cut is answered with "fail" and one warning; its entries stay.
 */
import { OsError } from "../effects/os_error.ts";
import type { LogfileName } from "../names/names.ts";
import { type Exchange, STATUS, type Status } from "../wire/request.ts";
import type { FlushTools } from "./flush_tools.ts";
import type { LogfilesInUse } from "./logfiles_in_use.ts";
import { sendLogfile } from "./send_logfile.ts";
import { Slice } from "./slice.ts";
import { WakeUps } from "./wake_ups.ts";

/** Sends a site's log, then answers and ends the exchange. */
export async function sendSite(
  tools: FlushTools,
  inUse: LogfilesInUse,
  name: LogfileName,
  exchange: Exchange,
): Promise<void> {
  const wakeUps = new WakeUps(tools.clock, tools.queueManager, "FI");
  const status = await sendAndLog(tools, inUse, name, wakeUps);
  const lastWakeUp = wakeUps.finish();
  exchange.answer(status);
  await lastWakeUp;
  exchange.finish();
}

async function sendAndLog(
  tools: FlushTools,
  inUse: LogfilesInUse,
  name: LogfileName,
  wakeUps: WakeUps,
): Promise<Status> {
  try {
    // A client waits for this one: it is finished even when a reload has replaced this process.
    await sendLogfile(tools, inUse, name, wakeUps, {
      unthrottleFirst: true,
      slice: new Slice(tools.clock),
      shouldStop: () => false,
    });
    return STATUS.ok;
  } catch (caught) {
    warnOfSend(tools, name, caught);
    return STATUS.fail;
  }
}

/** Logs why a log could not be sent; rethrows what is no trouble with the log. */
export function warnOfSend(tools: FlushTools, name: LogfileName, caught: unknown): void {
  if (!(caught instanceof OsError)) {
    throw caught;
  }
  const step = `flush_send_path: ${caught.operation}`;
  tools.log.warning(`${step} fast flush logfile ${name}: ${caught.text}`);
}
