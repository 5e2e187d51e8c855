/**
 * The verify request: where record and queue differ. Changes nothing.
 *
 * Reads every deferred message, then every log (or those selected). What looks like a difference is looked at
 * again some time later, message and log, so that what is only under way is none. Memory: some 20 bytes for each
 * entry that there should be.
 */
import { OsError } from "../effects/os_error.ts";
import type { LogfileName, QueueId } from "../names/names.ts";
import { QueueIdSet } from "../names/queue_id_set.ts";
import { isGone } from "../queue/find_message.ts";
import { listMessages } from "../queue/list_messages.ts";
import { readEntries } from "../record/read_entries.ts";
import { STATUS, type Status } from "../wire/request.ts";
import type { FlushTools } from "./flush_tools.ts";
import { MessageLogfileFinder } from "./message_logfiles.ts";
import { walkLogs, walkRecord } from "./record_walk.ts";
import { Progress } from "./report_progress.ts";
import type { ReportEnd, ReportWriter } from "./report_writer.ts";
import { delay, type Slice } from "./slice.ts";

/** Time between two looks: an add, a compaction of a small log, a move between queues are over by then. */
const SECOND_LOOK_MS = 50;

type Kind = "missing" | "outdated" | "duplicate";

/** What a log holds, and what is odd about that. */
interface Look {
  readonly held: QueueIdSet;
  readonly repeated: readonly QueueId[];
  readonly outdated: readonly QueueId[];
}

/** Compares all logs, or those named, and returns what the end is to say. */
export async function reportVerify(
  tools: FlushTools,
  names: readonly LogfileName[] | null,
  report: ReportWriter,
  slice: Slice,
): Promise<ReportEnd> {
  const verify = new Verification(tools, names, report, slice);
  await verify.run();
  return { status: verify.status, totals: Object.entries(verify.totals) };
}

class Verification {
  status: Status = STATUS.ok;
  readonly totals = { messages: 0, logs: 0, entries: 0, missing: 0, outdated: 0, duplicate: 0 };
  readonly #tools: FlushTools;
  readonly #names: readonly LogfileName[] | null;
  readonly #report: ReportWriter;
  readonly #slice: Slice;
  readonly #progress: Progress;
  readonly #finder: MessageLogfileFinder;
  /** Entries that there should be, each behind a newline, by log: strings hold them in a byte a character. */
  readonly #expected = new Map<LogfileName, string>();

  constructor(
    tools: FlushTools,
    names: readonly LogfileName[] | null,
    report: ReportWriter,
    slice: Slice,
  ) {
    this.#tools = tools;
    this.#names = names;
    this.#report = report;
    this.#slice = slice;
    this.#progress = new Progress(tools, report);
    this.#finder = new MessageLogfileFinder(tools, slice);
  }

  async run(): Promise<void> {
    await this.#readQueue();
    const options = { slice: this.#slice, shouldStop: () => this.#report.isGone };
    const each = (name: LogfileName): Promise<void> => this.#compare(name);
    if (this.#names === null) {
      await walkRecord(this.#tools, options, each);
      // Logs that there should be and that the walk has not met.
      await walkLogs([...this.#expected.keys()], options, each);
    } else {
      await walkLogs(this.#names, options, each);
    }
  }

  async #readQueue(): Promise<void> {
    const selected = this.#names === null ? null : new Set(this.#names);
    const unreadable = (path: string, error: OsError): void => this.#fail(error, path);
    for (const ids of listMessages("deferred", this.#tools, unreadable)) {
      for (const id of ids) {
        await this.#slice.pause();
        if (this.#report.isGone) {
          return;
        }
        await this.#expect(id, selected);
        this.#progress.tell([["done", this.totals.messages]]);
      }
    }
  }

  async #expect(id: QueueId, selected: ReadonlySet<LogfileName> | null): Promise<void> {
    const found = await this.#finder.of("deferred", id);
    if (found.kind === "nothing") {
      return;
    }
    this.totals.messages++;
    if (found.kind === "unreadable") {
      this.status = STATUS.fail;
      this.#tools.log.warning(`verify: ${found.why}`);
      return;
    }
    if (!found.isComplete) {
      this.status = STATUS.fail;
    }
    for (const name of found.names) {
      if (selected === null || selected.has(name)) {
        this.#expected.set(name, `${this.#expected.get(name) ?? ""}\n${id}`);
      }
    }
  }

  async #compare(name: LogfileName): Promise<void> {
    const expected = this.#expected.get(name) ?? "";
    this.#expected.delete(name);
    try {
      const first = await this.#look(name);
      this.totals.logs++;
      this.#progress.tell([
        ["done", this.totals.messages],
        ["logs", this.totals.logs],
      ]);
      this.totals.entries += first.held.size;
      const missing = await this.#missing(expected, first.held);
      if (missing.length + first.outdated.length + first.repeated.length > 0) {
        await delay(this.#tools.clock, SECOND_LOOK_MS);
        await this.#lookAgain(name, missing, first);
      }
    } catch (caught) {
      this.#fail(caught, name);
    }
  }

  /** Those of the expected entries that a log does not hold. */
  async #missing(expected: string, held: QueueIdSet): Promise<QueueId[]> {
    const missing: QueueId[] = [];
    for (let start = 1; start < expected.length; ) {
      await this.#slice.pause();
      const newline = expected.indexOf("\n", start);
      const end = newline === -1 ? expected.length : newline;
      const id = expected.slice(start, end) as QueueId;
      if (!held.has(id)) {
        missing.push(id);
      }
      start = end + 1;
    }
    return missing;
  }

  async #look(name: LogfileName): Promise<Look> {
    const held = new QueueIdSet();
    const repeated: QueueId[] = [];
    const outdated: QueueId[] = [];
    for (const ids of readEntries(this.#tools, name)) {
      for (const id of ids) {
        await this.#slice.pause();
        if (held.add(id) === "held") {
          repeated.push(id);
        } else if (isGone(this.#tools, id)) {
          outdated.push(id);
        }
      }
    }
    return { held, repeated, outdated };
  }

  async #lookAgain(name: LogfileName, missing: readonly QueueId[], first: Look): Promise<void> {
    const second = await this.#look(name);
    const stillOutdated = new Set(second.outdated);
    const stillRepeated = new Set(second.repeated);
    const stillMissing: QueueId[] = [];
    for (const id of missing) {
      await this.#slice.pause();
      const found = await this.#finder.of("deferred", id);
      if (!second.held.has(id) && found.kind === "read" && found.names.has(name)) {
        stillMissing.push(id);
      }
    }
    await this.#tell(name, "missing", stillMissing);
    await this.#tell(
      name,
      "outdated",
      first.outdated.filter((id) => stillOutdated.has(id)),
    );
    const repeated = new Set(first.repeated.filter((id) => stillRepeated.has(id)));
    await this.#tell(name, "duplicate", [...repeated]);
  }

  async #tell(name: LogfileName, kind: Kind, ids: readonly QueueId[]): Promise<void> {
    this.totals[kind] += ids.length;
    for (const id of ids) {
      await this.#report.item("difference", [
        ["logfile", name],
        ["queue_id", id],
        ["kind", kind],
      ]);
    }
  }

  #fail(caught: unknown, what: string): void {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    this.status = STATUS.fail;
    this.#tools.log.warning(`verify: ${caught.operation} ${what}: ${caught.text}`);
  }
}
