/**
 * The sites of a message, by the logs that they are recorded in; each message is read once for as long as it is
 * remembered.
 *
 * A message with recipients at many sites stands in as many logs: who asks for one log after the other would read it,
 * and judge all of its recipients, for each of them. What is remembered is bounded by the number of names in it; the
 * message that was asked for last is always kept. Works in slices. Changes nothing.
 */
import { type LogfileName, type QueueId, siteName } from "../names/names.ts";
import { readMessage } from "../queue/message_sites.ts";
import type { FlushTools } from "./flush_tools.ts";
import { recordedLogfile } from "./recorded_logfile.ts";
import type { Slice } from "./slice.ts";

/** Some megabytes. */
const REMEMBERED_NAMES_MAX = 50_000;

/** In the form in which they can be compared. */
type SitesByLog = ReadonlyMap<LogfileName, ReadonlySet<string>>;

const NONE: ReadonlySet<string> = new Set();

export class LogsOfMessages {
  readonly #tools: FlushTools;
  readonly #slice: Slice;
  readonly #namesMax: number;
  /** In order of use, the latest last. */
  readonly #byId = new Map<QueueId, SitesByLog>();
  #namesCount = 0;

  constructor(tools: FlushTools, slice: Slice, namesMax = REMEMBERED_NAMES_MAX) {
    this.#tools = tools;
    this.#slice = slice;
    this.#namesMax = namesMax;
  }

  /** The sites of a deferred message that are recorded in this log; none where it can't be read, or is gone. */
  async sitesIn(name: LogfileName, id: QueueId): Promise<ReadonlySet<string>> {
    const remembered = this.#byId.get(id);
    const found = remembered ?? (await this.#read(id));
    this.#byId.delete(id);
    this.#byId.set(id, found);
    if (remembered === undefined) {
      this.#namesCount += costOf(found);
      this.#forget(id);
    }
    return found.get(name) ?? NONE;
  }

  async #read(id: QueueId): Promise<SitesByLog> {
    const byLog = new Map<LogfileName, Set<string>>();
    const reading = readMessage(this.#tools, "deferred", id);
    const recipients = reading.kind === "read" ? reading.recipients : [];
    for (const domain of new Set(recipients.flatMap(({ recordedDomains }) => recordedDomains))) {
      await this.#slice.pause();
      const name = await recordedLogfile(this.#tools, siteName(domain));
      if (typeof name !== "number") {
        const sites = byLog.get(name) ?? new Set();
        byLog.set(name, sites.add(this.#tools.canonicalDomain(domain) ?? domain));
      }
    }
    return byLog;
  }

  /** Those that were not asked for the longest. */
  #forget(latest: QueueId): void {
    for (const [id, sites] of this.#byId) {
      if (this.#namesCount <= this.#namesMax || id === latest) {
        return;
      }
      this.#byId.delete(id);
      this.#namesCount -= costOf(sites);
    }
  }
}

/** One more for the message itself, which may have none. */
function costOf(sites: SitesByLog): number {
  let count = 1;
  for (const names of sites.values()) {
    count += names.size;
  }
  return count;
}
