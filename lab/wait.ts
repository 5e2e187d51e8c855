/**
 * Waiting for what happens in other processes.
 *
 * A condition is polled until it holds or its deadline passes; nothing is concluded from a fixed sleep.
 * At the deadline a WaitError says what was awaited and what was there instead.
 */

/** Ample on a loaded machine: a wait that fails is a finding, not bad luck. */
const DEADLINE_MS = 20 * 1000;

/** How often a condition is looked at: short beside what is awaited, long beside what looking costs. */
const POLL_MS = 20;

/** Something awaited did not come about in time. The message names it and says how things stood. */
class WaitError extends Error {
  override readonly name = "WaitError";
}

/** How to wait. */
export interface WaitOptions {
  readonly deadline_ms?: number;
  /** Describes the present state, for the message of a WaitError. */
  readonly explain?: () => string | Promise<string>;
}

/**
 * Polls `probe` until it returns something other than undefined or false, and returns that.
 * What `probe` throws passes through. Throws WaitError at the deadline.
 */
export async function waitFor<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  options: WaitOptions = {},
): Promise<T> {
  const deadline_ms = options.deadline_ms ?? DEADLINE_MS;
  const end_ms = performance.now() + deadline_ms;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) {
      return found;
    }
    if (performance.now() > end_ms) {
      const state = options.explain === undefined ? "" : `\n${await options.explain()}`;
      throw new WaitError(`wait for ${what}: nothing within ${deadline_ms / 1000} s${state}`);
    }
    await Bun.sleep(POLL_MS);
  }
}
