/**
 * Serves the requests that the original does not have: reads their list of sites, has the work done, and ends the
 * report. What each does is in a file of its own, report_*.ts; what they mean is docs/PROTOCOL.md.
 *
 * A list that can't be read is answered with "bad". A name that has no log is an item of its own, and where no name
 * has one the status is theirs.
 */
import type { Pair } from "../wire/report.ts";
import { type Exchange, type ReportRequest, STATUS, type Status } from "../wire/request.ts";
import { parseSiteList } from "../wire/site_list.ts";
import type { Adds } from "./add.ts";
import type { BackgroundJobs } from "./background_jobs.ts";
import type { FlushTools } from "./flush_tools.ts";
import type { LogfilesInUse } from "./logfiles_in_use.ts";
import type { WalkOptions } from "./record_walk.ts";
import { reportPreview } from "./report_preview.ts";
import { reportSend } from "./report_send.ts";
import { reportSites } from "./report_sites.ts";
import { reportCompact, reportRebuild } from "./report_upkeep.ts";
import { reportVerify } from "./report_verify.ts";
import { type ReportEnd, ReportWriter } from "./report_writer.ts";
import { type Selected, selectLogs } from "./selected_logs.ts";
import { BACKGROUND_REST_MS, Slice } from "./slice.ts";

/** What the service lends to its reports. */
export interface ReportTools {
  readonly tools: FlushTools;
  readonly inUse: LogfilesInUse;
  readonly adds: Adds;
  readonly jobs: BackgroundJobs;
  readonly shouldStop: () => boolean;
}

/** Serves one request; the exchange is finished when the report has ended. */
export async function serveReport(
  lent: ReportTools,
  request: ReportRequest,
  exchange: Exchange,
): Promise<void> {
  const report = new ReportWriter(exchange);
  const { status, totals } = await new Reports(lent, report, exchange).make(request);
  await report.end(status, totals);
}

const BAD: ReportEnd = { status: STATUS.bad, totals: [] };

class Reports {
  readonly #lent: ReportTools;
  readonly #report: ReportWriter;
  readonly #exchange: Exchange;
  readonly #slice: Slice;

  constructor(lent: ReportTools, report: ReportWriter, exchange: Exchange) {
    this.#lent = lent;
    this.#report = report;
    this.#exchange = exchange;
    this.#slice = new Slice(lent.tools.clock);
  }

  make(request: ReportRequest): Promise<ReportEnd> {
    const { tools, inUse } = this.#lent;
    switch (request.name) {
      case "sites":
        return reportSites(tools, this.#report, this.#slice);
      case "preview":
        return this.#withLogs(request.sites, ({ logs, choice }) =>
          reportPreview(tools, logs, choice, this.#report, this.#slice),
        );
      case "send": {
        const { sites, reason } = request;
        const { peer } = this.#exchange;
        return this.#withLogs(sites, ({ logs }) =>
          reportSend(tools, inUse, { logs, sites, reason, peer }, this.#report),
        );
      }
      case "verify":
        return this.#withNames(request.sites, (names) =>
          reportVerify(tools, names, this.#report, this.#slice),
        );
      case "compact":
        return this.#withNames(request.sites, (names) =>
          this.#alone((options) => reportCompact(tools, inUse, names, this.#report, options)),
        );
      case "rebuild":
        return this.#alone((options) =>
          reportRebuild(tools, this.#lent.adds, inUse, this.#report, options),
        );
    }
  }

  /** Names that were given: those logs. None: null, for all of them. */
  #withNames(
    sites: string,
    make: (names: readonly Selected["logs"][number]["name"][] | null) => Promise<ReportEnd>,
  ): Promise<ReportEnd> {
    return sites.trim() === ""
      ? make(null)
      : this.#withLogs(sites, ({ logs }) => make(logs.map(({ name }) => name)));
  }

  async #withLogs(
    sites: string,
    make: (selected: Selected) => Promise<ReportEnd>,
  ): Promise<ReportEnd> {
    const selection = parseSiteList(sites);
    if (selection === null) {
      return BAD;
    }
    const selected = await selectLogs(this.#lent.tools, selection, this.#slice);
    for (const { site, status } of selected.refused) {
      await this.#report.item("refused", [
        ["site", site],
        ["status", status >>> 0],
      ]);
    }
    const [first] = selected.refused;
    const isNoneLeft =
      selected.refused.length === selection.sites.length + selection.domains.length;
    return first !== undefined && isNoneLeft ? refusal(first.status) : make(selected);
  }

  /** As a background job: what could not begin, since this process is being replaced, has failed. */
  async #alone(make: (options: WalkOptions) => Promise<ReportEnd>): Promise<ReportEnd> {
    let end = refusal(STATUS.fail);
    await this.#lent.jobs.run(async () => {
      const slice = new Slice(this.#lent.tools.clock, BACKGROUND_REST_MS);
      end = await make({ slice, shouldStop: this.#lent.shouldStop });
    });
    return end;
  }
}

function refusal(status: Status): ReportEnd {
  const totals: readonly Pair[] = [];
  return { status, totals };
}
