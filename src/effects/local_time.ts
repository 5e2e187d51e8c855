/**
 * The time of day where this machine is, for log lines.
 *
 * Implementations know the zone from before the jail, where its rules can't be read.
 */
export interface LocalTime {
  /** 0 to 11. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
}

/** Milliseconds since the epoch to local time. */
export type ToLocalTime = (wallMs: number) => LocalTime;
