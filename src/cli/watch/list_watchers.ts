/**
 * `watch --list`: who watches what, since when, and what came of the last try. Those that are gone are shown once.
 */
import type { FoundWatcher, StateFolder } from "../../watching/state_folder.ts";
import type { WatchedSite } from "../../watching/watcher_record.ts";
import type { CommandTools } from "../command_tools.ts";
import { EXIT } from "../exit_status.ts";
import { jsonLine, valuesLine } from "../json_lines.ts";
import { ageText, numberText, printable } from "../printable.ts";
import { tableText } from "../table.ts";
import { tryText } from "./watch_display.ts";
import { usingState } from "./watch_state.ts";

const MS_PER_SECOND = 1000;

const COLUMNS = [
  { heading: "WATCHER", isNumber: true },
  { heading: "PROCESS", isNumber: true },
  { heading: "SINCE", isNumber: true },
  { heading: "DESTINATION", mayBeCut: "in the middle", keepsColumns: 24 },
  { heading: "TRIES", isNumber: true },
  { heading: "NEXT TRY" },
  { heading: "LAST RESULT", mayBeCut: true },
] as const;

/** What a watcher does with a destination; "gone": it has ended without having said so. */
export type ShownState = WatchedSite["state"] | "gone" | "stopped";

/** The watchers of this instance. Throws CommandError. */
export async function ownWatchers(
  { instance }: CommandTools,
  folder: StateFolder,
): Promise<readonly FoundWatcher[]> {
  const all = await usingState(() => folder.list());
  return all.filter(({ record }) => record.queueDirectory === instance.queueDirectory);
}

/** Lists them. */
export async function listWatchers(
  tools: CommandTools,
  folder: StateFolder,
  json: boolean,
): Promise<number> {
  const { terminal, clock } = tools;
  const watchers = await ownWatchers(tools, folder);
  if (json) {
    terminal.out(watchers.map((each) => watcherLines(each)).join("") + endLine());
    return EXIT.done;
  }
  if (watchers.length === 0) {
    terminal.out("Nobody watches a destination.\n");
    return EXIT.done;
  }
  const nowMs = clock.wallMs();
  const rows = watchers.flatMap((each) =>
    each.record.sites.map((site) => cells(each, site, nowMs)),
  );
  terminal.out(tableText(COLUMNS, rows, terminal.outColumns));
  const logs = watchers.map(({ record }) => record.log).filter((log) => log !== "");
  if (logs.length > 0) {
    terminal.out(`What they print is in ${logs.map(printable).join(", ")}.\n`);
  }
  return EXIT.done;
}

/** A line of JSON for each destination of a watcher. */
export function watcherLines({ record, isGone }: FoundWatcher, state?: ShownState): string {
  return record.sites
    .map((site) =>
      valuesLine("watch", "watcher", {
        id: record.id,
        pid: record.pid,
        site: site.site,
        state: isGone ? "gone" : (state ?? site.state),
        config_directory: record.configDirectory,
        probe: record.isProbe ? "yes" : "no",
        since: Math.floor(record.startedMs / MS_PER_SECOND),
        tries: site.tries,
        last_try: secondsOf(site.lastTryMs),
        last_result: site.lastResult,
        next_try: secondsOf(site.nextTryMs),
        log: record.log,
      }),
    )
    .join("");
}

/** The last line of JSON, where nothing was released. */
export function endLine(status: "done" | "failed" = "done"): string {
  return jsonLine("watch", "end", new Map([["status", status]])) ?? "";
}

function cells({ record, isGone }: FoundWatcher, site: WatchedSite, nowMs: number): string[] {
  return [
    numberText(record.id),
    String(record.pid),
    ageText((nowMs - record.startedMs) / MS_PER_SECOND),
    printable(site.site),
    numberText(site.tries),
    isGone ? "gone" : nextCell(site, nowMs),
    printable(site.lastResult) || "-",
  ];
}

function nextCell({ state, nextTryMs }: WatchedSite, nowMs: number): string {
  switch (state) {
    case "trying":
      return "now";
    case "releasing":
      return "is back";
    case "waiting":
      return nextTryMs === null ? "-" : tryText(nextTryMs, nowMs);
  }
}

/** As JSON has times. */
export function secondsOf(ms: number | null): number | null {
  return ms === null ? null : Math.floor(ms / MS_PER_SECOND);
}
