/**
 * Watches destinations in this process, each on its own, until all are back, or it is told to stop; then tells what came of
 * it, as send does.
 *
 * Is written down (state_folder.ts) from its beginning to its end, so that it can be listed and ended, and so that
 * nobody watches the same twice. Ctrl-C leaves nothing half: what is released stays released, all else stays deferred.
 */
import { type Registration, StateFault } from "../../watching/state_folder.ts";
import type { WatchedSite } from "../../watching/watcher_record.ts";
import type { CommandTools } from "../command_tools.ts";
import { EXIT } from "../exit_status.ts";
import { jsonLine, valuesLine } from "../json_lines.ts";
import { printable } from "../printable.ts";
import { addTotals } from "../release/gather_preview.ts";
import { OutcomeReport } from "../release/outcome_report.ts";
import { NO_TOTALS, type Sent } from "../release/send_mail.ts";
import { endOfRun, type Sum } from "../run_requests.ts";
import { secondsOf } from "./list_watchers.ts";
import { SiteWatch, type Try, type WatchContext, type WatchEnd } from "./site_watch.ts";
import { StopSignal } from "./stop_signal.ts";
import { Turns } from "./turns.ts";
import { tryText, WatchDisplay } from "./watch_display.ts";
import type { WatchOrder } from "./watch_order.ts";

/** What is said of an end; of mail that was released the report tells. */
const END_TEXTS: Readonly<Record<WatchEnd, string>> = {
  released: "",
  nothing: "no deferred mail for it: nothing to wait for",
  refused: "nothing else of its mail was released",
  late: "given up, as it was not back in time: its mail stays deferred",
  stopped: "ended before it was back: its mail stays deferred",
};

/** Watches these, and returns the exit status. Whoever calls ends the registration. */
export async function runWatch(
  tools: CommandTools,
  order: WatchOrder,
  sites: readonly string[],
  registration: Registration,
): Promise<number> {
  return await new WatchRun(tools, order, sites, registration).run();
}

class WatchRun {
  readonly #tools: CommandTools;
  readonly #order: WatchOrder;
  readonly #registration: Registration;
  readonly #display: WatchDisplay;
  readonly #report: OutcomeReport;
  readonly #stop: StopSignal;
  readonly #watches: readonly SiteWatch[];
  readonly #ends = new Map<string, WatchEnd>();
  #totals: Sum["totals"] = NO_TOTALS;
  #status: number = EXIT.done;
  #hasFailed = false;
  #isStateLost = false;

  constructor(
    tools: CommandTools,
    order: WatchOrder,
    sites: readonly string[],
    registration: Registration,
  ) {
    this.#order = order;
    this.#registration = registration;
    this.#display = new WatchDisplay(tools, order.json, () => this.#open());
    this.#tools = { ...tools, terminal: this.#display.terminal };
    const { json, followSeconds: limitSeconds, forMs } = order;
    this.#report = new OutcomeReport(this.#tools, { command: "watch", json, limitSeconds });
    this.#stop = new StopSignal(tools.clock);
    const context: WatchContext = {
      tools: this.#tools,
      order,
      report: this.#report,
      turns: new Turns(),
      stop: this.#stop,
      deadlineMs: forMs === null ? null : tools.clock.monotonicMs() + forMs,
      onChange: () => this.#note(),
      onTry: (watched, made) => this.#tellTry(watched, made),
      onReleased: (sent) => this.#take(sent),
      onEnd: (site, end) => this.#tellEnd(site, end),
    };
    this.#watches = sites.map((site) => new SiteWatch(context, site));
  }

  async run(): Promise<number> {
    const listening = this.#tools.interrupts.listen(() => this.#stop.stop());
    this.#tellStart();
    this.#display.start();
    try {
      await Promise.all(this.#watches.map((watch) => watch.run()));
    } finally {
      this.#display.end();
      listening.cancel();
    }
    const sites = new Set(this.#watches.map(({ watched }) => watched.site));
    this.#report.show((site) => sites.has(site));
    if (this.#order.json) {
      const totals = addTotals(this.#totals, this.#report.totals()) ?? new Map();
      const texts = [...totals].map(([name, value]) => [name, String(value)] as const);
      const end = jsonLine("watch", "end", new Map([["status", this.#endText()], ...texts]));
      this.#tools.terminal.out(end ?? "");
    }
    return this.#exitStatus();
  }

  /** Those that are still watched. */
  #open(): readonly WatchedSite[] {
    return this.#watches.map(({ watched }) => watched).filter(({ site }) => !this.#ends.has(site));
  }

  #note(): void {
    const open = this.#open();
    // Where all are done, the record goes as a whole.
    if (this.#isStateLost || open.length === 0) {
      return;
    }
    try {
      this.#registration.update(open);
    } catch (caught) {
      if (!(caught instanceof StateFault)) {
        throw caught;
      }
      this.#isStateLost = true;
      this.#tools.terminal.err(
        `fastflush watch --list is not up to date from now on: ${printable(caught.message)}.\n`,
      );
    }
  }

  #tellStart(): void {
    const names = this.#watches.map(({ watched }) => printable(watched.site)).join(", ");
    const { isProbe } = this.#order;
    const how = isProbe ? "by one message on trial" : "by connecting where Postfix would";
    this.#display.tell(
      `Watching ${names}, ${how}. Ctrl-C ends it, or: fastflush watch --stop ${this.#registration.id}`,
    );
  }

  #tellTry(watched: WatchedSite, made: Try): void {
    this.#note();
    const { site, tries, lastTryMs, nextTryMs } = watched;
    if (this.#order.json) {
      this.#tools.terminal.out(
        valuesLine("watch", "try", {
          site,
          number: tries,
          outcome: made.kind,
          reason: made.why,
          queue_id: made.queueId,
          at: secondsOf(lastTryMs),
          next_try: secondsOf(nextTryMs),
        }),
      );
    }
    this.#takeOutcomes(made);
    const name = printable(site);
    const why = printable(made.why);
    if (made.kind === "not yet") {
      this.#display.tellTry(`${name}: not yet: ${why}${this.#nextText(nextTryMs)}`);
    } else if (made.kind !== "nothing") {
      const what = made.kind === "ready" ? "is back" : "refuses mail for good";
      this.#display.tell(`${name}: ${what}: ${why}`);
    }
  }

  #nextText(nextTryMs: number | null): string {
    return nextTryMs === null ? "" : `; next try ${tryText(nextTryMs, this.#tools.clock.wallMs())}`;
  }

  /** Of a message on trial that has come to its end. */
  #takeOutcomes({ outcomes, queueId }: Try): void {
    if (outcomes.length === 0) {
      return;
    }
    this.#totals = addTotals(this.#totals, new Map([["released", 1]]));
    if (this.#order.json) {
      const values = { queue_id: queueId, logfile: "", outcome: "released", why: "" };
      this.#tools.terminal.out(valuesLine("watch", "message", values));
    }
    for (const outcome of outcomes) {
      this.#report.take(outcome);
    }
  }

  #take({ sum }: Sent): void {
    this.#totals = addTotals(this.#totals, sum.totals);
    const status = endOfRun(this.#tools, sum);
    if (sum.failure === null && status !== EXIT.done) {
      this.#status = status;
    }
    this.#hasFailed ||= sum.hasFailed || (sum.totals?.get("failed") ?? 0) > 0;
  }

  #tellEnd(site: string, end: WatchEnd): void {
    this.#ends.set(site, end);
    this.#note();
    const text = END_TEXTS[end];
    if (text !== "") {
      this.#display.tell(`${printable(site)}: ${text}`);
    }
  }

  #endText(): string {
    const ends = [...this.#ends.values()];
    if (this.#hasFailed) {
      return "failed";
    }
    return (["late", "stopped", "refused"] as const).find((end) => ends.includes(end)) ?? "done";
  }

  #exitStatus(): number {
    const ends = [...this.#ends.values()];
    if (ends.includes("late")) {
      return EXIT.stillDown;
    }
    const isAll =
      this.#report.isAllDelivered &&
      !this.#hasFailed &&
      ends.every((end) => end === "released" || end === "nothing");
    return this.#status === EXIT.done && !isAll ? EXIT.found : this.#status;
  }
}
