/** Which stamps are alike, and which are not to be trusted. */
import { describe, expect, test } from "bun:test";
import { STAMP, STAMP_WORDS } from "../effects/quick_looks.ts";
import { areAlike, distrustIfRacy } from "./stamps.ts";

const stamp = (): Uint32Array => Uint32Array.from({ length: STAMP_WORDS }, (_, word) => 100 + word);

describe("stamps are alike", () => {
  test("that are, wherever they stand", () => {
    const two = new Uint32Array([...stamp(), ...stamp()]);
    expect(areAlike(stamp(), 0, two, STAMP_WORDS)).toBeTrue();
  });

  for (const [name, word] of Object.entries(STAMP)) {
    test(`but not where they differ in ${name}`, () => {
      const other = stamp();
      other[word] = 7;
      expect(areAlike(stamp(), 0, other, 0)).toBeFalse();
    });
  }
});

describe("a stamp is distrusted", () => {
  const CHANGED_SECONDS = 1_700_000_000;
  for (const [what, lookedMs, isTrusted] of [
    ["that was taken in the tick of the change", 0, false],
    ["that was taken two ticks of 10 ms later, and not more", 19, false],
    ["that was taken before, as clocks are set back", -5000, false],
    ["but not any later", 21, true],
  ] as const) {
    test(what, () => {
      const taken = stamp();
      taken[STAMP.ctimeSeconds] = CHANGED_SECONDS;
      taken[STAMP.ctimeSeconds + 1] = 0;
      taken[STAMP.ctimeNs] = 0;
      const before = taken.slice();
      distrustIfRacy(taken, 0, CHANGED_SECONDS * 1000 + lookedMs);
      expect(areAlike(taken, 0, before, 0)).toBe(isTrusted);
    });
  }
});
