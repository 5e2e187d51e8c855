/**
 * The requests that are no adds: each is handed to its own file of this room.
 *
 * Of who may ask what, and in which order, see flush_service.ts, which loads this file with the first of them.
 */
import { verbosely } from "../effects/log.ts";
import { parseQueueId, type SiteName } from "../names/names.ts";
import { isRebuilt } from "../record/rebuilt_marker.ts";
import { type Exchange, type FlushRequest, STATUS } from "../wire/request.ts";
import { BackgroundJobs } from "./background_jobs.ts";
import { rebuild } from "./rebuild.ts";
import { refuse, withLogfile } from "./recorded_logfile.ts";
import { refresh } from "./refresh.ts";
import { type ReportTools, serveReport } from "./reports.ts";
import { sendFile } from "./send_file.ts";
import { sendSite } from "./send_site.ts";
import { BACKGROUND_REST_MS, Slice } from "./slice.ts";

/** Any request but an add. */
type RareRequest = Exclude<FlushRequest, { readonly name: "add" }>;

export class RareRequests {
  readonly #lent: ReportTools;

  /** What it shares with the adds; `shouldStop`: background work is to end at its next slice. */
  constructor(shared: Omit<ReportTools, "jobs">) {
    this.#lent = { ...shared, jobs: new BackgroundJobs(shared.tools, shared.shouldStop) };
  }

  /** Serves one request; every path answers at most once and finishes exactly once. */
  handle(request: RareRequest, exchange: Exchange): void {
    switch (request.name) {
      case "send_site":
        this.#sendSite(request.site, exchange);
        break;
      case "send_file":
        this.#sendFile(request.queueId, exchange);
        break;
      case "refresh":
      case "purge":
        exchange.answer(STATUS.ok);
        this.#refresh(request.name, exchange);
        break;
      case "sites":
      case "preview":
      case "send":
      case "verify":
      case "compact":
      case "rebuild":
        void serveReport(this.#lent, request, exchange);
        break;
    }
  }

  #refresh(kind: "refresh" | "purge", exchange: Exchange): void {
    const work = kind === "purge" ? this.#purgeNow : this.#refreshNow;
    this.#lent.jobs.request(kind, work, () => exchange.finish());
  }

  readonly #refreshNow = async (): Promise<void> => {
    const { tools, inUse, adds, shouldStop } = this.#lent;
    const slice = new Slice(tools.clock, BACKGROUND_REST_MS);
    adds.settleUnmark();
    if (tools.recordsAny && !isRebuilt(tools)) {
      await rebuild(tools, adds, { slice, shouldStop });
    }
    const unreadSecondsMax = tools.refreshSeconds;
    await refresh(tools, inUse, { slice, shouldStop, unreadSecondsMax, compacts: true });
  };

  readonly #purgeNow = async (): Promise<void> => {
    const { tools, inUse, shouldStop } = this.#lent;
    const slice = new Slice(tools.clock);
    const options = { slice, shouldStop, unreadSecondsMax: 0, compacts: false };
    await refresh(tools, inUse, options);
  };

  #sendSite(site: SiteName, exchange: Exchange): void {
    const { tools, inUse } = this.#lent;
    verbosely(tools.log)?.info(`flush_send_service: site ${site}`);
    withLogfile(tools, site, exchange, (logfile) => {
      void sendSite(tools, inUse, site, logfile, exchange);
    });
  }

  #sendFile(queueId: string, exchange: Exchange): void {
    const id = parseQueueId(queueId);
    if (id === null) {
      refuse(exchange, STATUS.bad);
    } else {
      sendFile(this.#lent.tools, id, exchange);
    }
  }
}
