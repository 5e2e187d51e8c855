/**
 * What a child tells master(8) on descriptor 5: three 32-bit numbers in the host's byte order
 * (spec section 7.4). Pure.
 */

/** 0 and 1 are the protocol's own numbers. */
export const AVAILABILITY = { taken: 0, available: 1 } as const;

/** One message of 12 bytes: process ID, generation, availability. */
export function statusMessage(
  processId: number,
  generation: number,
  availability: (typeof AVAILABILITY)[keyof typeof AVAILABILITY],
): Uint8Array {
  return new Uint8Array(Uint32Array.of(processId, generation, availability).buffer);
}
