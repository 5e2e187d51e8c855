/**
 * Waiting for what another process does, looking every millisecond: a case takes no longer than its work.
 * The deadline is for what never comes about; no verdict rests on how long something took.
 */

const DEADLINE_MS = 60 * 1000;
const LOOK_MS = 1;

/** Resolves when `isSo` holds. At the deadline it throws, with what `explain` says. */
export async function until(
  what: string,
  isSo: () => boolean,
  explain: () => string = () => "",
): Promise<void> {
  const endMs = performance.now() + DEADLINE_MS;
  while (!isSo()) {
    if (performance.now() > endMs) {
      throw new Error(`wait for ${what}: nothing within ${DEADLINE_MS / 1000} s\n${explain()}`);
    }
    await Bun.sleep(LOOK_MS);
  }
}
