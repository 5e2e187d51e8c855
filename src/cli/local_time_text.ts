/**
 * The time of day where this machine is, as the mail log has it: `Nov 26 18:20:05`. Pure.
 */
import type { LocalTime } from "../effects/local_time.ts";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export function localTimeText(time: LocalTime): string {
  return `${MONTHS[time.month]} ${String(time.day).padStart(2)} ${clockText(time)}`;
}

/** `18:20:05`. */
export function clockText({ hours, minutes, seconds }: LocalTime): string {
  return [hours, minutes, seconds].map((part) => String(part).padStart(2, "0")).join(":");
}
