/**
 * Runs the load generator (load.c) against a flush socket and returns what it measured.
 *
 * Guarantees that the figures are of requests that were served: anything but "each request answered with
 * status 0 in time" is a WrongResult. Durations are wall clock as the client sees them.
 */
import { run } from "../lab/run.ts";
import { WrongResult } from "./wrong_result.ts";

/** What to ask for. */
export interface LoadOrder {
  /** Path of the socket, at most 107 bytes. */
  readonly socket: string;
  readonly kind: "add" | "send_site";
  /** 1: one after the other. */
  readonly clients: number;
  readonly requests: number;
  /** With add the beginning of the sites' names, with send_site the site. */
  readonly site: string;
  /** With add: how many sites take turns. */
  readonly sites: number;
  /** With add: queue IDs are made from this number on; equal numbers make equal IDs. */
  readonly firstId: number;
}

/** What came of it. Times in microseconds are of one request, from connect to its answer. */
export interface LoadReport {
  readonly requests: number;
  readonly answered: number;
  readonly seconds: number;
  readonly per_second: number;
  readonly p50_us: number;
  readonly p90_us: number;
  readonly p99_us: number;
  readonly max_us: number;
  /** Answers by status; "other" is none of the four. */
  readonly status: Readonly<Record<"0" | "3" | "4" | "-1" | "other", number>>;
  readonly refused: number;
  readonly failed: number;
  readonly timed_out: boolean;
  /** Processor time of the generator itself. */
  readonly cpu_seconds: number;
}

/** No measurement takes a tenth of this; below the time limit for commands. */
const TIME_LIMIT_SECONDS = 50;

/** Throws WrongResult unless all `requests` were answered with status 0. */
function checkReport(report: LoadReport, requests: number): void {
  if (report.answered !== requests || report.status["0"] !== requests || report.timed_out) {
    throw new WrongResult(
      `send ${requests} requests: not all were served: ${JSON.stringify(report)}`,
    );
  }
}

/** Runs `program` (the built load.c) and returns its report, whatever it says. */
export async function generateLoad(program: string, order: LoadOrder): Promise<LoadReport> {
  const options: Readonly<Record<string, string | number>> = {
    "-s": order.socket,
    "-k": order.kind,
    "-c": order.clients,
    "-n": order.requests,
    "-p": order.site,
    "-S": order.sites,
    "-i": order.firstId,
    "-t": TIME_LIMIT_SECONDS,
  };
  const outcome = await run([program, ...Object.entries(options).flat().map(String)]);
  if (outcome.stdout === "") {
    throw new WrongResult(
      `run the load generator: exit status ${outcome.status}: ${outcome.stderr}`,
    );
  }
  return JSON.parse(outcome.stdout) as LoadReport;
}

/** The same, for measurements: throws WrongResult unless every request was served. */
export async function measureLoad(program: string, order: LoadOrder): Promise<LoadReport> {
  const report = await generateLoad(program, order);
  checkReport(report, order.requests);
  return report;
}
