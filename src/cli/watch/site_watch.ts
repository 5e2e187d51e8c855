/**
 * Watches one destination: tries, waits, tries again, and releases its mail when it is back.
 *
 * Ends where it is back and what was released is followed to its end; where no mail waits for it any more; where a
 * message on trial has bounced, since the others would follow it; when it takes too long; or when it is told to stop.
 * Whatever goes wrong with a try, or with the release, is a try that came to nothing: the next one may do better.
 */
import { OsError } from "../../effects/os_error.ts";
import type { RecipientOutcome } from "../../following/outcome.ts";
import { encodeUtf8 } from "../../names/byte_string.ts";
import { waitMsAfter } from "../../watching/retry_pace.ts";
import { type RouteTools, tryRoute } from "../../watching/try_route.ts";
import { type SiteState, untried, type WatchedSite } from "../../watching/watcher_record.ts";
import type { CommandTools } from "../command_tools.ts";
import { CommandError } from "../exit_status.ts";
import { Follower } from "../release/follower.ts";
import type { OutcomeReport } from "../release/outcome_report.ts";
import { withChoice } from "../release/preview.ts";
import { releaseChosen } from "../release/release_chosen.ts";
import type { Sent } from "../release/send_mail.ts";
import { lookAtQueue, selectionOf } from "./queue_look.ts";
import type { StopSignal } from "./stop_signal.ts";
import { tryMessage } from "./trial.ts";
import type { Turns } from "./turns.ts";
import type { WatchOrder } from "./watch_order.ts";

const MS_PER_SECOND = 1000;

/** So many messages that were on trial are remembered. */
const TRIED_MAX = 1000;

/** How a watch has ended. */
export type WatchEnd = "released" | "nothing" | "refused" | "late" | "stopped";

/** A try, and what it came to. Byte strings; empty: there is none. */
export interface Try {
  readonly kind: "ready" | "not yet" | "nothing" | "refused";
  readonly why: string;
  /** Of the message on trial. */
  readonly queueId: string;
  readonly outcomes: readonly RecipientOutcome[];
}

/** What all destinations of one command have in common. */
export interface WatchContext {
  readonly tools: CommandTools;
  readonly order: WatchOrder;
  readonly report: OutcomeReport;
  readonly turns: Turns;
  readonly stop: StopSignal;
  /** When it takes too long, on the monotonic clock; null: never. */
  readonly deadlineMs: number | null;
  /** Something of what is watched has changed. */
  readonly onChange: () => void;
  readonly onTry: (watched: WatchedSite, made: Try) => void;
  readonly onReleased: (sent: Sent) => void;
  readonly onEnd: (site: string, end: WatchEnd) => void;
}

export class SiteWatch {
  readonly #context: WatchContext;
  /** By queue ID. */
  readonly #triesOf = new Map<string, number>();
  #watched: WatchedSite;

  constructor(context: WatchContext, site: string) {
    this.#context = context;
    this.#watched = untried(site);
  }

  /** How it stands. */
  get watched(): WatchedSite {
    return this.#watched;
  }

  /** Watches to the end. */
  async run(): Promise<WatchEnd> {
    const end = await this.#watch();
    this.#context.onEnd(this.#watched.site, end);
    return end;
  }

  async #watch(): Promise<WatchEnd> {
    const { stop } = this.#context;
    while (!stop.isStopped) {
      const made = await this.#try();
      if (made === null) {
        break;
      }
      if (made.kind === "nothing" || made.kind === "refused") {
        return made.kind;
      }
      if (made.kind === "ready" && (await this.#release())) {
        return "released";
      }
      if (this.#isLate()) {
        return "late";
      }
      await this.#wait();
    }
    return "stopped";
  }

  /** Null: it was told to stop meanwhile. */
  async #try(): Promise<Try | null> {
    const { tools, stop, order, onTry } = this.#context;
    this.#change("trying", null);
    const work = this.#tryOnce().catch(notYetOf);
    // A message on trial is followed until it is known how that ended: it ends by itself when told to stop.
    const made = order.isProbe ? await work : await stop.orStopped(work);
    if (made === null) {
      return null;
    }
    const isLast = made.kind !== "not yet";
    this.#watched = {
      ...this.#watched,
      state: isLast ? "releasing" : "waiting",
      tries: this.#watched.tries + 1,
      lastTryMs: tools.clock.wallMs(),
      lastResult: made.why,
    };
    this.#watched = {
      ...this.#watched,
      nextTryMs: isLast || this.#isLate() ? null : this.#nextTryMs(),
    };
    onTry(this.#watched, made);
    return made;
  }

  async #tryOnce(): Promise<Try> {
    const { tools, order, turns, stop } = this.#context;
    const { site } = this.#watched;
    const look = await turns.run(() => lookAtQueue(tools, site, this.#triesOf));
    if (look.kind === "nothing") {
      return { kind: "nothing", why: "", queueId: "", outcomes: [] };
    }
    if (look.kind === "busy") {
      return notYet(look.why);
    }
    const { trial } = look;
    if (!order.isProbe) {
      const { kind, why } = await tryRoute(routeTools(tools), trial);
      return { kind: kind === "ready" ? "ready" : "not yet", why, queueId: "", outcomes: [] };
    }
    if (this.#triesOf.size < TRIED_MAX) {
      this.#triesOf.set(trial.queueId, (this.#triesOf.get(trial.queueId) ?? 0) + 1);
    }
    return { ...(await tryMessage(tools, site, trial, order, stop)), queueId: trial.queueId };
  }

  /** Releases its mail, and follows it; false: that failed, and it is worth another try. */
  async #release(): Promise<boolean> {
    const { tools, order, report, turns, stop, onReleased } = this.#context;
    const { site } = this.#watched;
    const follower = await Follower.open(tools, report);
    try {
      const { reason, json } = order;
      const onEach = follower.add.bind(follower);
      const how = { command: "watch", reason, selected: `watch ${site}`, json } as const;
      const sent = await turns.run(() =>
        withChoice(tools, selectionOf(site), (choice) =>
          releaseChosen(tools, choice, { ...how, onReleased: onEach }),
        ),
      );
      onReleased(sent);
      if (follower.messageCount > 0) {
        await follower.follow({
          limitMs: order.followSeconds * MS_PER_SECOND,
          shouldStop: () => stop.isStopped,
          onLook: () => {},
        });
      }
      if (sent.sum.failure !== null) {
        this.#watched = { ...this.#watched, lastResult: encodeUtf8(sent.sum.failure.message) };
        return false;
      }
      return true;
    } finally {
      follower.close();
    }
  }

  async #wait(): Promise<void> {
    const { tools, stop } = this.#context;
    const nextTryMs = this.#watched.nextTryMs ?? this.#nextTryMs();
    this.#change("waiting", nextTryMs);
    await stop.sleep(nextTryMs - tools.clock.wallMs());
  }

  #isLate(): boolean {
    const { deadlineMs, tools } = this.#context;
    return deadlineMs !== null && tools.clock.monotonicMs() >= deadlineMs;
  }

  /** The last try is made when the time is over. */
  #nextTryMs(): number {
    const { deadlineMs, tools, order } = this.#context;
    const waitMs = waitMsAfter(this.#watched.tries, order.pace, tools.random());
    const leftMs = deadlineMs === null ? waitMs : deadlineMs - tools.clock.monotonicMs();
    return tools.clock.wallMs() + Math.ceil(Math.max(0, Math.min(waitMs, leftMs)));
  }

  #change(state: SiteState, nextTryMs: number | null): void {
    this.#watched = { ...this.#watched, state, nextTryMs };
    this.#context.onChange();
  }
}

/** What it takes to go the way that Postfix would. */
export function routeTools(tools: CommandTools): RouteTools {
  const { network, programs, textFiles, clock, socket, instance } = tools;
  const { configDirectory, queueDirectory } = instance;
  const { sockets } = socket;
  return { network, sockets, programs, textFiles, clock, configDirectory, queueDirectory };
}

function notYet(why: string): Try {
  return { kind: "not yet", why, queueId: "", outcomes: [] };
}

function notYetOf(caught: unknown): Try {
  if (caught instanceof CommandError) {
    return notYet(encodeUtf8(caught.message));
  }
  if (caught instanceof OsError) {
    return notYet(caught.message);
  }
  throw caught;
}
