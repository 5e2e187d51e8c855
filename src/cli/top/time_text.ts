/**
 * The time of day where this process is, as its time zone has it.
 */

const MS_PER_SECOND = 1000;

/** `14:03:22`. */
export function timeText(seconds: number): string {
  return new Date(seconds * MS_PER_SECOND).toTimeString().slice(0, "hh:mm:ss".length);
}
