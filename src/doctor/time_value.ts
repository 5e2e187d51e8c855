/**
 * A time as main.cf has it, `12h`. Pure.
 */
const UNIT_SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
};

/** In seconds; `unit` is that of a number alone. Null: it is no time. */
export function seconds(text: string, unit: "s" | "h"): number | null {
  const [, digits, ownUnit] = /^([0-9]+)([smhdw]?)$/i.exec(text.trim()) ?? [];
  const factor = UNIT_SECONDS[(ownUnit || unit).toLowerCase()];
  return digits === undefined || factor === undefined ? null : Number(digits) * factor;
}
