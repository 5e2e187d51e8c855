/**
 * A log that keeps its lines, in order: effects/log.ts for tests that expect lines.
 *
 * Texts are kept as they were given; the real one sanitises them.
 */
import type { Log } from "../effects/log.ts";

/** What one call of the log left. */
export interface LogLine {
  readonly severity: "info" | "warning" | "error";
  readonly text: string;
}

export class MemoryLog implements Log {
  readonly verbosity: number;
  readonly lines: LogLine[] = [];

  constructor(verbosity = 0) {
    this.verbosity = verbosity;
  }

  info(text: string): void {
    this.lines.push({ severity: "info", text });
  }

  warning(text: string): void {
    this.lines.push({ severity: "warning", text });
  }

  error(text: string): void {
    this.lines.push({ severity: "error", text });
  }

  /** The texts of one severity. */
  texts(severity: LogLine["severity"]): string[] {
    return this.lines.filter((line) => line.severity === severity).map((line) => line.text);
  }
}
