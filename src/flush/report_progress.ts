/**
 * How far a report's work is, told now and then. The work never waits for whoever is told, nor fails with them.
 */
import type { Pair } from "../wire/report.ts";
import type { FlushTools } from "./flush_tools.ts";
import type { ReportWriter } from "./report_writer.ts";

/** Between two items: often enough for a line that moves. */
const PROGRESS_MS = 500;

/** Items of progress, not too many. */
export class Progress {
  readonly #tools: FlushTools;
  readonly #report: ReportWriter;
  #nextMs: number;

  constructor(tools: FlushTools, report: ReportWriter) {
    this.#tools = tools;
    this.#report = report;
    this.#nextMs = tools.clock.monotonicMs() + PROGRESS_MS;
  }

  /** Never waits for the client: the work goes on without it. */
  tell(pairs: readonly Pair[]): null {
    const nowMs = this.#tools.clock.monotonicMs();
    if (nowMs >= this.#nextMs) {
      this.#nextMs = nowMs + PROGRESS_MS;
      this.#report.offer("progress", pairs);
      void this.#report.flush();
    }
    return null;
  }
}
