/**
 * What a child tells master(8) on descriptor 5: three 32-bit numbers in the host's byte order
 * (spec section 7.4). Pure.
 */

/** 0 and 1 are the protocol's own numbers. */
export const AVAILABILITY = { taken: 0, available: 1 } as const;

const NUMBERS_EACH = 3;

/** Messages of 12 bytes each: process ID, generation, availability; one after the other. */
export function statusMessages(
  processId: number,
  generation: number,
  availabilities: readonly (typeof AVAILABILITY)[keyof typeof AVAILABILITY][],
): Uint8Array {
  const numbers = new Uint32Array(availabilities.length * NUMBERS_EACH);
  for (const [index, availability] of availabilities.entries()) {
    numbers.set([processId, generation, availability], index * NUMBERS_EACH);
  }
  return new Uint8Array(numbers.buffer);
}
