/**
 * `fastflush metrics`: deferred mail as metrics for Prometheus, on standard output or in a file for node_exporter's textfile
 * collector. Changes nothing but that file, and the index.
 */
import type { Command } from "commander";
import { wallSeconds } from "../../effects/clock.ts";
import { OsError } from "../../effects/os_error.ts";
import { HoldFault, type HoldFolder } from "../../holding/hold_folder.ts";
import type { MailFilter } from "../../index/deferred_mail.ts";
import { queueDepths } from "../../index/queue_depths.ts";
import { encodeUtf8 } from "../../names/byte_string.ts";
import type { CommandTools, Perform } from "../command_tools.ts";
import { LIMITS_MINUTES } from "../deferred/age_limits.ts";
import { CommandError, EXIT } from "../exit_status.ts";
import { examples } from "../help_texts.ts";
import { holdFolder, STATE_OPTION } from "../hold/holds.ts";
import { openMail, openQueue } from "../open_mail.ts";
import { printable, printableText } from "../printable.ts";
import { runRequests } from "../run_requests.ts";
import { destinationRows } from "./destination_rows.ts";
import { type Measured, metricFamilies } from "./metric_families.ts";
import { prometheusText } from "./prometheus_text.ts";

const MINUTE_SECONDS = 60;

/** What a monitoring system can keep of one machine, with eleven time series each. */
const TOP_MAX = 1000;
const TOP = 20;

/** Whoever collects them is another user. */
const FILE_MODE = 0o644;

/** That which a new file gets: chown(2) leaves it as it is. */
const OWN_GROUP = -1;

const ALL: MailFilter = { isOfSite: null, isOfReason: null, arrivedBySeconds: null };

interface MetricsOptions {
  readonly output?: string;
  readonly top: string;
  readonly record: boolean;
  readonly stateDir: string;
}

/** Adds the command. */
export function addMetrics(program: Command, perform: Perform): void {
  program
    .command("metrics")
    .summary("print metrics of deferred mail for Prometheus")
    .description(
      "Prints how much mail is deferred, for whom and for how long, as text for Prometheus, or writes it to a file for " +
        "node_exporter's textfile collector. Changes nothing else.",
    )
    .option("--output <path>", "write to this file, which appears whole or not at all")
    .option("--top <number>", "name so many destinations, and sum up all others", String(TOP))
    .option("--no-record", "do not have the service compare its record with the queue")
    .option(...STATE_OPTION)
    .addHelpText(
      "after",
      examples([
        ["fastflush metrics", "see what there is"],
        [
          "fastflush metrics --output /var/lib/prometheus/node-exporter/fastflush.prom",
          "for node_exporter",
        ],
        ["fastflush metrics --top 100 --no-record", "more destinations, and less work"],
      ]),
    )
    .action((options: MetricsOptions) => {
      const top = parseTop(options.top);
      return perform((tools) => metrics(tools, options, top));
    });
}

function parseTop(text: string): number {
  const top = /^\d{1,4}$/.test(text) ? Number(text) : TOP_MAX + 1;
  if (top > TOP_MAX) {
    throw new CommandError(
      EXIT.usage,
      `"${printableText(text)}" is no number of destinations. It is from 0 to ${TOP_MAX}.`,
    );
  }
  return top;
}

async function metrics(tools: CommandTools, options: MetricsOptions, top: number): Promise<number> {
  // Before anything enters the queue.
  const output =
    options.output === undefined ? null : tools.absolutePath(encodeUtf8(options.output));
  if (output !== null) {
    requireFile(tools, output);
  }
  const folder = holdFolder(tools, options.stateDir);
  const measured = await measure(tools, folder, top, options.record);
  const text = await prometheusText(metricFamilies(measured));
  if (output === null) {
    tools.terminal.out(text);
  } else {
    writeOutput(tools, output, text);
  }
  return measured.totals.unreadableCount === 0 ? EXIT.done : EXIT.found;
}

async function measure(
  tools: CommandTools,
  folder: HoldFolder,
  top: number,
  isCompared: boolean,
): Promise<Measured> {
  const nowSeconds = wallSeconds(tools.clock);
  const mail = await openMail(tools);
  try {
    const totals = mail.totals(ALL);
    const groups = mail.groups("site", ALL);
    const limits = LIMITS_MINUTES.map((minutes) => minutes * MINUTE_SECONDS - 1);
    const ages = mail.ages("site", ALL, nowSeconds, limits);
    const depths = queueDepths(openQueue(tools), ["incoming", "active", "hold"]);
    return {
      nowSeconds,
      totals,
      destinationCount: groups.length,
      destinations: destinationRows(groups, ages, limits.length + 1, top),
      depths: new Map([...depths, ["deferred", totals.messageCount]]),
      differences: isCompared ? await recordDifferences(tools) : null,
      holdEnds: holdEnds(folder),
    };
  } finally {
    mail.close();
  }
}

/** "no answer": the original service answers, or none, or not to its end. That is told by its own metric. */
async function recordDifferences(tools: CommandTools): Promise<Measured["differences"]> {
  const onItem = (): void => {};
  const options = { command: "verify", json: false, onItem } as const;
  const { failure, hasFailed, totals } = await runRequests(
    tools,
    [{ name: "verify", sites: "" }],
    options,
  );
  return failure === null && !hasFailed && totals !== null ? totals : "no answer";
}

/** Null: this user may not see them, or nobody can. */
function holdEnds(folder: HoldFolder): readonly number[] | null {
  try {
    return folder
      .readAll()
      .flatMap(({ holds }) => [...holds.values()].map(({ untilSeconds }) => untilSeconds));
  } catch (caught) {
    if (!(caught instanceof HoldFault)) {
      throw caught;
    }
    return null;
  }
}

/** What is written takes the name from what has it: that may be a file, and no device, FIFO or link to one. */
function requireFile({ host }: CommandTools, path: string): void {
  const kind = written(path, () => host.statusOf(path))?.kind ?? "file";
  if (kind !== "file") {
    throw new CommandError(
      EXIT.usage,
      `${printable(path)} is ${kind === "other" ? "no file" : `a ${kind}`}. --output takes a file, or a new name: what ` +
        "has it is replaced. Without --output metrics go to standard output.",
    );
  }
}

function writeOutput({ host }: CommandTools, path: string, text: string): void {
  const owner = { mode: FILE_MODE, uid: host.userId(), gid: OWN_GROUP };
  written(path, () => host.write(path, encodeUtf8(text), owner));
}

/** Says of a file what can't be done. */
function written<Result>(path: string, act: () => Result): Result {
  try {
    return act();
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    if (caught.code === "EBUSY") {
      throw new CommandError(
        EXIT.tryAgain,
        `${printable(path)} is being written by another command.`,
      );
    }
    throw new CommandError(
      caught.code === "EACCES" || caught.code === "EPERM" ? EXIT.notPermitted : EXIT.found,
      `${printable(path)} can't be written: ${caught.text}.`,
    );
  }
}
