/**
 * Runs the load generator (load.c) against a flush socket and returns what it measured.
 *
 * Guarantees that the figures are of requests that were served: anything but "each request answered with
 * status 0 in time" is a WrongResult. Durations are wall clock as the client sees them.
 */
import { type Outcome, run } from "../lab/run.ts";
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

/** What a paced client asks for: adds to one site, one after the other. */
type PacedOrder = Pick<LoadOrder, "socket" | "site" | "firstId">;

/** A paced client at work. */
interface PacedLoad {
  /** Has it end, and returns what it measured. */
  readonly end: () => Promise<LoadReport>;
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

/** No measurement takes a tenth of this, but for a million messages that are added ten times. */
const TIME_LIMIT_SECONDS = 20 * 60;

/** The generator ends by itself at its own limit; this is for one that doesn't. */
const COMMAND_LIMIT_MS = (TIME_LIMIT_SECONDS + 10) * 1000;

/** Before each request of a paced client: often enough to meet whatever stalls, seldom enough to be no load. */
const PAUSE_MS = 1;

/** More than a paced client sends in the time that it may take. */
const PACED_REQUESTS_MAX = (TIME_LIMIT_SECONDS * 1000) / PAUSE_MS;

/** Throws WrongResult unless all `requests` were answered with status 0. */
function checkReport(report: LoadReport, requests: number): void {
  if (report.answered !== requests || report.status["0"] !== requests || report.timed_out) {
    throw new WrongResult(
      `send ${requests} requests: not all were served: ${JSON.stringify(report)}`,
    );
  }
}

function commandOf(program: string, order: LoadOrder): string[] {
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
  return [program, ...Object.entries(options).flat().map(String)];
}

/** Takes the generator's output for a report. */
function parseReport({ stdout, status, stderr }: Outcome): LoadReport {
  if (stdout === "") {
    throw new WrongResult(`run the load generator: exit status ${status}: ${stderr}`);
  }
  return JSON.parse(stdout) as LoadReport;
}

/** Runs `program` (the built load.c) and returns its report, whatever it says. */
export async function generateLoad(program: string, order: LoadOrder): Promise<LoadReport> {
  const command = commandOf(program, order);
  return parseReport(await run(command, { time_limit_ms: COMMAND_LIMIT_MS }));
}

/** The same, for measurements: throws WrongResult unless every request was served. */
export async function measureLoad(program: string, order: LoadOrder): Promise<LoadReport> {
  const report = await generateLoad(program, order);
  checkReport(report, order.requests);
  return report;
}

/** Starts a client that adds at a pace until it is told to end. */
function startPacedLoad(program: string, order: PacedOrder): PacedLoad {
  const requests = PACED_REQUESTS_MAX;
  const all: LoadOrder = { ...order, kind: "add", clients: 1, requests, sites: 1 };
  const child = Bun.spawn([...commandOf(program, all), "-w", String(PAUSE_MS)], {
    stdio: ["pipe", "pipe", "pipe"],
    timeout: COMMAND_LIMIT_MS,
    killSignal: "SIGKILL",
  });
  return {
    async end() {
      await child.stdin.end();
      const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
      const report = parseReport({ status: await child.exited, stdout, stderr });
      checkReport(report, report.requests);
      return report;
    },
  };
}

/** Does `work` while paced clients add; returns what each of them measured, in the order of `orders`. */
export async function withPacedLoads<T>(
  program: string,
  orders: readonly PacedOrder[],
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly reports: readonly LoadReport[] }> {
  const loads = orders.map((order) => startPacedLoad(program, order));
  const endAll = (): Promise<LoadReport>[] => loads.map(({ end }) => end());
  const result = await work().catch(async (error: unknown) => {
    // What they measured is of no interest any more, but they must not go on.
    await Promise.allSettled(endAll());
    throw error;
  });
  return { result, reports: await Promise.all(endAll()) };
}
