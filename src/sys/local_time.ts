/**
 * Local time by the C library, which reads the zone's rules once, at the first call, and keeps them.
 *
 * A JavaScript Date would do the same for 6 ms of start-up, which master(8) waits for. To be called once
 * before the jail.
 */
import type { LocalTime } from "../effects/local_time.ts";
import { libc } from "./libc.ts";

/** sizeof(struct tm) with glibc; its first five members are the ones below. */
const TM_BYTES = 56;

const time = new BigInt64Array(1);
const parts = new Int32Array(TM_BYTES / Int32Array.BYTES_PER_ELEMENT);

/** effects/local_time.ts; the zone is that of TZ, or the machine's own. */
export function toLocalTime(wallMs: number): LocalTime {
  time[0] = BigInt(Math.floor(wallMs / 1000));
  libc.localtime_r(time, parts);
  return {
    month: parts[4] ?? 0,
    day: parts[3] ?? 0,
    hours: parts[2] ?? 0,
    minutes: parts[1] ?? 0,
    seconds: parts[0] ?? 0,
  };
}
