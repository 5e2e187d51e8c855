/**
 * The flush service: takes a request that has been read, and answers it.
 *
 * One file of this room per request; here is only who is asked and in which order (spec section 1.5):
 * a queue ID's syntax, then eligibility, then the logfile's name. Knows no socket and no master.
 */
import { logVerbosely } from "../effects/log.ts";
import { type LogfileName, parseQueueId, type SiteName } from "../names/names.ts";
import { isRebuilt } from "../record/rebuilt_marker.ts";
import {
  type Exchange,
  type FlushRequest,
  type RequestHandler,
  STATUS,
  type Status,
} from "../wire/request.ts";
import { Adds } from "./add.ts";
import { BackgroundJobs } from "./background_jobs.ts";
import type { FlushTools } from "./flush_tools.ts";
import { LogfilesInUse } from "./logfiles_in_use.ts";
import { rebuild } from "./rebuild.ts";
import { type Recorded, recordedLogfile } from "./recorded_logfile.ts";
import { refresh } from "./refresh.ts";
import { type ReportTools, serveReport } from "./reports.ts";
import { sendFile } from "./send_file.ts";
import { sendSite } from "./send_site.ts";
import { BACKGROUND_REST_MS, Slice } from "./slice.ts";

export class FlushService implements RequestHandler {
  readonly #tools: FlushTools;
  readonly #inUse: LogfilesInUse;
  readonly #adds: Adds;
  readonly #jobs: BackgroundJobs;
  readonly #lent: ReportTools;
  #isLeaving = false;

  constructor(tools: FlushTools) {
    this.#tools = tools;
    this.#inUse = new LogfilesInUse(tools);
    this.#adds = new Adds(tools, this.#inUse);
    this.#jobs = new BackgroundJobs(tools, this.#shouldStop);
    this.#lent = {
      tools,
      inUse: this.#inUse,
      adds: this.#adds,
      jobs: this.#jobs,
      shouldStop: this.#shouldStop,
    };
  }

  /** Serves one request; every path answers at most once and finishes exactly once. */
  handle(request: FlushRequest, exchange: Exchange): void {
    switch (request.name) {
      case "add":
        this.#add(request.site, request.queueId, exchange);
        break;
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

  /** This process has been replaced: background work ends at its next slice. */
  leave(): void {
    this.#isLeaving = true;
  }

  readonly #shouldStop = (): boolean => this.#isLeaving;

  #refresh(kind: "refresh" | "purge", exchange: Exchange): void {
    const work = kind === "purge" ? this.#purgeNow : this.#refreshNow;
    this.#jobs.request(kind, work, () => exchange.finish());
  }

  readonly #refreshNow = async (): Promise<void> => {
    const slice = new Slice(this.#tools.clock, BACKGROUND_REST_MS);
    const shouldStop = this.#shouldStop;
    this.#adds.settleUnmark();
    if (this.#tools.recordsAny && !isRebuilt(this.#tools)) {
      await rebuild(this.#tools, this.#adds, { slice, shouldStop });
    }
    const unreadSecondsMax = this.#tools.refreshSeconds;
    const options = { slice, shouldStop, unreadSecondsMax, compacts: true };
    await refresh(this.#tools, this.#inUse, options);
  };

  readonly #purgeNow = async (): Promise<void> => {
    const slice = new Slice(this.#tools.clock);
    const shouldStop = this.#shouldStop;
    const options = { slice, shouldStop, unreadSecondsMax: 0, compacts: false };
    await refresh(this.#tools, this.#inUse, options);
  };

  #add(site: SiteName, queueId: string, exchange: Exchange): void {
    logVerbosely(this.#tools.log, () => `flush_add_service: site ${site} queue_id ${queueId}`);
    const id = parseQueueId(queueId);
    if (id === null) {
      refuse(exchange, STATUS.bad);
      return;
    }
    this.#withLogfile(site, exchange, (logfile) => this.#adds.add(logfile, id, exchange));
  }

  /** Goes on with a site's logfile, or refuses: at once, unless somebody has to be asked. */
  #withLogfile(site: SiteName, exchange: Exchange, goOn: (logfile: LogfileName) => void): void {
    const take = (logfile: Recorded): void => {
      if (typeof logfile === "number") {
        refuse(exchange, logfile);
      } else {
        goOn(logfile);
      }
    };
    const recorded = recordedLogfile(this.#tools, site);
    if (recorded instanceof Promise) {
      void recorded.then(take);
    } else {
      take(recorded);
    }
  }

  #sendSite(site: SiteName, exchange: Exchange): void {
    logVerbosely(this.#tools.log, () => `flush_send_service: site ${site}`);
    this.#withLogfile(site, exchange, (logfile) => {
      void sendSite(this.#tools, this.#inUse, site, logfile, exchange);
    });
  }

  #sendFile(queueId: string, exchange: Exchange): void {
    const id = parseQueueId(queueId);
    if (id === null) {
      refuse(exchange, STATUS.bad);
    } else {
      sendFile(this.#tools, id, exchange);
    }
  }
}

function refuse(exchange: Exchange, status: Status): void {
  exchange.answer(status);
  exchange.finish();
}
