import { describe, expect, test } from "bun:test";
import { toLocalTime } from "./local_time.ts";

// The zone of this process is what TZ said when it started; Date must agree, summer and winter.
describe("toLocalTime", () => {
  for (const month of [0, 3, 6, 9]) {
    test(`agrees with Date, month ${month}`, () => {
      const date = new Date(2026, month, 5, 7, 8, 9, 999);
      expect(toLocalTime(date.getTime())).toEqual({
        month: date.getMonth(),
        day: date.getDate(),
        hours: date.getHours(),
        minutes: date.getMinutes(),
        seconds: date.getSeconds(),
      });
    });
  }

  test("keeps to another zone's rules", () => {
    const script = `
      import { toLocalTime } from ${JSON.stringify(`${import.meta.dir}/local_time.ts`)};
      console.log(JSON.stringify(["2026-01-05T23:30:00Z", "2026-07-05T23:30:00Z"]
        .map((text) => toLocalTime(Date.parse(text))).map(({ day, hours, minutes }) => [day, hours, minutes])));`;
    const env = { ...process.env, TZ: "Europe/Amsterdam" };
    const { stdout } = Bun.spawnSync([process.execPath, "-e", script], { env });
    expect(JSON.parse(stdout.toString())).toEqual([
      [6, 0, 30],
      [6, 1, 30],
    ]);
  });
});
