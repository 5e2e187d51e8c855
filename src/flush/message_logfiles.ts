/**
 * Says in which logs a message belongs that is deferred, or was put on hold: those in which its undelivered recipients
 * were recorded. Of one in active: those of the recipients that were tried, as far as its defer file has got.
 *
 * Domains that are not eligible, or can have no log, have none; the latter are warned of, as an add of theirs is.
 * Each domain is judged once for as long as it is remembered; a message may have thousands of them, so that this is done
 * in slices. Reads the message's files, and changes nothing.
 */
import { hashedPath } from "../names/hashed_path.ts";
import { type LogfileName, type QueueId, siteName } from "../names/names.ts";
import { mayBeThere } from "../queue/may_be_there.ts";
import { readMessage } from "../queue/message_sites.ts";
import { STATUS } from "../wire/request.ts";
import type { FlushTools } from "./flush_tools.ts";
import { recordedLogfile } from "./recorded_logfile.ts";
import type { Slice } from "./slice.ts";

/** Domains whose logfile is remembered: mail is for few of them, most of the time. Some megabytes. */
const REMEMBERED_DOMAINS_MAX = 10_000;

/** What a look at a message gave. */
export type MessageLogfiles =
  /** `isComplete`: of every recipient it is known where it was tried, if that can be known, and whether there is a log. */
  | {
      readonly kind: "read";
      readonly names: ReadonlySet<LogfileName>;
      readonly isComplete: boolean;
    }
  /** It isn't there, or was not tried yet. */
  | { readonly kind: "nothing" }
  /** `why` says of which file, and what is wrong; `mayPass`: perhaps not at another time. */
  | { readonly kind: "unreadable"; readonly why: string; readonly mayPass: boolean };

/** The log of a domain; null: it has none; "unknown": the policy could not be looked up. */
type Judged = LogfileName | "unknown" | null;

export class MessageLogfileFinder {
  readonly #tools: FlushTools;
  readonly #slice: Slice;
  readonly #byDomain = new Map<string, Judged>();

  constructor(tools: FlushTools, slice: Slice) {
    this.#tools = tools;
    this.#slice = slice;
  }

  /** Reads a message of that queue. */
  async of(queue: "deferred" | "hold" | "active", id: QueueId): Promise<MessageLogfiles> {
    const { files, hashing } = this.#tools;
    // Without a defer file it was not tried since it was last taken up.
    if (queue === "active" && !mayBeThere(files, hashedPath("defer", id, hashing))) {
      return { kind: "nothing" };
    }
    const reading = readMessage(this.#tools, queue, id);
    if (reading.kind === "absent") {
      return { kind: "nothing" };
    }
    if (reading.kind === "unreadable") {
      const path = hashedPath(queue, id, this.#tools.hashing);
      const { why, mayPass = false } = reading;
      return { kind: "unreadable", why: `read ${path}: ${why}`, mayPass };
    }
    const names = new Set<LogfileName>();
    let isComplete = reading.mayPass !== true;
    const recipients = reading.recipients.filter(({ isTried }) => isTried || queue !== "active");
    for (const { recordedDomains } of recipients) {
      for (const domain of recordedDomains) {
        const remembered = this.#byDomain.get(domain);
        const name = remembered === undefined ? await this.#judge(domain) : remembered;
        if (name === "unknown") {
          isComplete = false;
        } else if (name !== null) {
          names.add(name);
        }
      }
    }
    return { kind: "read", names, isComplete };
  }

  async #judge(domain: string): Promise<Judged> {
    await this.#slice.pause();
    const found = await recordedLogfile(this.#tools, siteName(domain));
    const judged = typeof found !== "number" ? found : found === STATUS.fail ? "unknown" : null;
    if (this.#byDomain.size >= REMEMBERED_DOMAINS_MAX) {
      this.#byDomain.clear();
    }
    this.#byDomain.set(domain, judged);
    return judged;
  }
}
