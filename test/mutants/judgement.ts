/**
 * What came of a mutant: caught by a test that was to turn red, or not. Pure.
 *
 * A file that is red for other reasons has not caught it; nor has one in which nothing passes any more, since
 * a program that doesn't start is no fault that anyone would overlook.
 */
import type { FileRun } from "../../setup/verdict.ts";
import type { Expected } from "./mutant.ts";

/** What came of a mutant. */
export type Verdict =
  /** By this test of this file. */
  | { readonly caughtBy: string }
  /** What was seen instead. */
  | { readonly caughtBy: null; readonly seen: string };

/** How many titles are shown of the tests that are red though nobody expected it. */
const SHOWN_TITLES = 3;

/** Judges the run of one file. */
export function judgement({ file, test }: Expected, { cases }: FileRun): Verdict {
  const red = cases.filter(({ outcome }) => outcome === "failed").map(({ name }) => name);
  const isAnythingGreen = cases.some(({ outcome }) => outcome === "passed");
  if (!isAnythingGreen) {
    return { caughtBy: null, seen: `${file}: nothing passes: the mutant is no fault but a wreck` };
  }
  const expected = red.find((name) => name.includes(test));
  if (expected !== undefined) {
    return { caughtBy: `${file}: ${expected}` };
  }
  const shown = red.slice(0, SHOWN_TITLES).join("; ");
  const others = red.length === 0 ? "all green" : `${red.length} others red: ${shown}`;
  return { caughtBy: null, seen: `${file}: ${others}` };
}
