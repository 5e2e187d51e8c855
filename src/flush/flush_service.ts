/**
 * The flush service: takes a request that has been read, and answers it.
 *
 * One file of this room per request; here is only who is asked for an add and in which order (spec section 1.5):
 * a queue ID's syntax, then eligibility, then the logfile's name. All other requests are rare_requests.ts's, which is loaded
 * with the first of them, unless `loadAll` has loaded it before: master(8) starts a process for each hundred clients by default,
 * nearly all of them add, and what is loaded for nothing costs each process (docs/PERFORMANCE.md). Knows no socket and no master.
 */
import { verbosely } from "../effects/log.ts";
import { parseQueueId, type SiteName } from "../names/names.ts";
import { type Exchange, type FlushRequest, type RequestHandler, STATUS } from "../wire/request.ts";
import { Adds } from "./add.ts";
import type { FlushTools } from "./flush_tools.ts";
import { LogfilesInUse } from "./logfiles_in_use.ts";
import type * as Rare from "./rare_requests.ts";
import { refuse, withLogfile } from "./recorded_logfile.ts";

export class FlushService implements RequestHandler {
  readonly #tools: FlushTools;
  readonly #inUse: LogfilesInUse;
  readonly #adds: Adds;
  #rare: Rare.RareRequests | null = null;
  #isLeaving = false;

  constructor(tools: FlushTools) {
    this.#tools = tools;
    this.#inUse = new LogfilesInUse(tools);
    this.#adds = new Adds(tools, this.#inUse);
  }

  /** Serves one request; every path answers at most once and finishes exactly once. */
  handle(request: FlushRequest, exchange: Exchange): void {
    if (request.name === "add") {
      this.#add(request.site, request.queueId, exchange);
      return;
    }
    this.#rare ??= this.#rareRequests();
    this.#rare.handle(request, exchange);
  }

  /** Loads what is no add, too: for a process that may live long, so that nobody has to wait for it later. */
  loadAll(): void {
    this.#rare ??= this.#rareRequests();
  }

  /** This process has been replaced: background work ends at its next slice. */
  leave(): void {
    this.#isLeaving = true;
  }

  #rareRequests(): Rare.RareRequests {
    const Requests = loadRareRequests();
    return new Requests({
      tools: this.#tools,
      inUse: this.#inUse,
      adds: this.#adds,
      shouldStop: () => this.#isLeaving,
    });
  }

  #add(site: SiteName, queueId: string, exchange: Exchange): void {
    verbosely(this.#tools.log)?.info(`flush_add_service: site ${site} queue_id ${queueId}`);
    const id = parseQueueId(queueId);
    if (id === null) {
      refuse(exchange, STATUS.bad);
      return;
    }
    withLogfile(this.#tools, site, exchange, (logfile) => this.#adds.add(logfile, id, exchange));
  }
}

function loadRareRequests(): typeof Rare.RareRequests {
  return (require("./rare_requests.ts") as typeof Rare).RareRequests;
}
