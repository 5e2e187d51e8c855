/**
 * How much the tests of this folder do: some seconds each among the ordinary tests, or what the issue asks for, a
 * minute or a hundred thousand of something, by `npm run faults`. The cases are the same.
 */

/** Whether it is the long run. */
const IS_LONG = process.env["FAULTS"] === "long";

/** The number for this run. */
export function scaled(short: number, long: number): number {
  return IS_LONG ? long : short;
}

/** Against tests that hang: many times what any of them takes. */
export const FAULT_LIMIT_MS = scaled(90 * 1000, 60 * 60 * 1000);

/** In the long run, says what there was: the figures of test/long/RESULTS.md. */
export function tellFigures(title: string, figures: Readonly<Record<string, unknown>>): void {
  if (IS_LONG) {
    console.log(title, figures);
  }
}
