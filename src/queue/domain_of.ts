/**
 * The domain of an address. Pure.
 */

/** What stands behind the last `@`; null where there is none. */
export function domainOf(address: string): string | null {
  const at = address.lastIndexOf("@");
  return at === -1 ? null : address.slice(at + 1);
}
