/**
 * Asks for the reports of one command, one after the other, and sums them up.
 *
 * With `--json`, each item is printed as it comes, and the end last, if there is one. Where a report does not come
 * to its end, the requests behind it are not made: `failure` says why, and the sums are of what came before.
 */
import { ask, type ReportItem } from "../client/ask.ts";
import { parseStatus } from "../wire/reply.ts";
import { type ReportRequest, STATUS } from "../wire/request.ts";
import { isAddress } from "../wire/site_list.ts";
import type { CommandTools } from "./command_tools.ts";
import { type CommandError, EXIT } from "./exit_status.ts";
import { type CommandName, jsonLine } from "./json_lines.ts";
import { noReport } from "./no_report.ts";
import { printable } from "./printable.ts";

/** What came of the requests. */
export interface Sum {
  /** Totals of all reports, added up; null: not one report has any. */
  readonly totals: ReadonlyMap<string, number> | null;
  /** Something could not be read or changed; the service's log says what. */
  readonly hasFailed: boolean;
  /** Sites that no log is kept for, and why. */
  readonly refused: readonly RefusedSite[];
  readonly failure: CommandError | null;
  /** The failure is that the original service answers, which has no such request. */
  readonly isOriginal: boolean;
}

/** A site that no log is kept for. */
interface RefusedSite {
  /** A byte string, as it was asked for. */
  readonly site: string;
  readonly why: string;
}

/** How to ask. */
export interface RunOptions {
  readonly command: CommandName;
  /** Print JSON lines, as far as the command's schema has them, instead of telling items to `onItem`. */
  readonly json: boolean;
  /** Is told each item but refusals, unless they are printed. */
  readonly onItem: (item: ReportItem) => void;
  /** Is told each item but refusals, printed or not. */
  readonly onEach?: (item: ReportItem) => void;
  /** Totals that each report tells of the same thing: not to be added up. */
  readonly common?: readonly string[];
}

const NOT_RECORDED = "not in fast_flush_domains";
const NOT_RECORDABLE = "mail for an address can't be recorded";
const NOT_LOOKED_UP = "fast_flush_domains could not be looked up";

/** Asks, in this order. */
export async function runRequests(
  tools: CommandTools,
  requests: readonly ReportRequest[],
  options: RunOptions,
): Promise<Sum> {
  const summing = new Summing(tools, options);
  for (const request of requests) {
    const answer = await ask(tools.socket, request, (item) => summing.take(item));
    const failure = noReport(answer, tools.place);
    if (answer.kind !== "done" || failure !== null) {
      const isOriginal = answer.kind === "unknown" && tools.place.mayAsk;
      return { ...summing.sum(), failure, isOriginal };
    }
    summing.end(answer.status, answer.totals);
  }
  return { ...summing.sum(), failure: null, isOriginal: false };
}

/** Says what is wrong with a run, if anything, and what status it ends with. */
export function endOfRun(tools: CommandTools, sum: Sum): number {
  const { terminal } = tools;
  for (const { site, why } of sum.refused) {
    terminal.err(`${printable(site)}: no deferred mail is recorded for this site: ${why}.\n`);
  }
  if (sum.hasFailed) {
    terminal.err("Not complete: something could not be read or changed; the mail log says what.\n");
  }
  if (sum.failure !== null) {
    terminal.err(`${sum.failure.message}\n`);
    return sum.failure.status;
  }
  return sum.hasFailed || sum.refused.length > 0 ? EXIT.found : EXIT.done;
}

/** Prints the last line of `--json`, unless the report has no end. */
export function printJsonEnd(tools: CommandTools, command: CommandName, sum: Sum): void {
  if (sum.failure !== null) {
    return;
  }
  const isRefused = sum.totals === null && sum.refused.length > 0;
  const status = sum.hasFailed ? "failed" : isRefused ? "refused" : "done";
  const totals = [...(sum.totals ?? [])].map(([name, value]) => [name, String(value)] as const);
  const line = jsonLine(command, "end", new Map([["status", status], ...totals]));
  tools.terminal.out(line ?? "");
}

/** Tells an item as these options want it. */
export function tellItem(
  { terminal }: Pick<CommandTools, "terminal">,
  { command, json, onItem, onEach }: RunOptions,
  part: ReportItem,
): void {
  const { item, attributes } = part;
  if (json) {
    terminal.out(jsonLine(command, item, attributes) ?? "");
  }
  if (item !== "refused") {
    onEach?.(part);
    if (!json) {
      onItem(part);
    }
  }
}

class Summing {
  readonly #tools: CommandTools;
  readonly #options: RunOptions;
  readonly #totals = new Map<string, number>();
  readonly #refused: RefusedSite[] = [];
  #hasFailed = false;

  constructor(tools: CommandTools, options: RunOptions) {
    this.#tools = tools;
    this.#options = options;
  }

  take(part: ReportItem): void {
    let { item, attributes } = part;
    if (item === "refused") {
      const isDenied = parseStatus(attributes.get("status") ?? "") === STATUS.deny;
      const site = attributes.get("site") ?? "";
      const denied = isAddress(site) ? NOT_RECORDABLE : NOT_RECORDED;
      const why = isDenied ? denied : NOT_LOOKED_UP;
      this.#refused.push({ site, why });
      attributes = new Map([...attributes, ["why", why]]);
    }
    tellItem(this.#tools, this.#options, { ...part, attributes });
  }

  end(status: number, totals: ReadonlyMap<string, string>): void {
    // A refusal of all sites is told by their items.
    this.#hasFailed ||= status !== STATUS.ok && status !== STATUS.deny;
    for (const [name, text] of totals) {
      const value = Number(text);
      const before = this.#totals.get(name) ?? 0;
      const isCommon = this.#options.common?.includes(name) === true;
      this.#totals.set(name, isCommon ? Math.max(before, value) : before + value);
    }
  }

  sum(): Omit<Sum, "failure" | "isOriginal"> {
    return {
      totals: this.#totals.size === 0 ? null : this.#totals,
      hasFailed: this.#hasFailed,
      refused: this.#refused,
    };
  }
}
