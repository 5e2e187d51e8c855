/**
 * Versions of Postfix, and what depends on them. Pure.
 *
 * Programs of Postfix have its version in them, as a text of its own that strings(1) shows; from 3.11 on only some do, such
 * as master(8), and not flush(8).
 */

/** Its configuration and queue are what the command reads, and its protocol what the service speaks. */
export const OLDEST_POSTFIX: Release = [3, 5];

/** From here on a service says the name of its protocol before it is asked anything, and its clients wait for that. */
const FIRST_GREETING: Release = [3, 6];

/**
 * From here on a request to proxymap(8) tells the flags of a table from those of the request, and a table that it must not
 * read is an error, not the end of who asks.
 */
const FIRST_LATE_PROXYMAP: Release = [3, 11];

/** The first two numbers of a version. */
export type Release = readonly [major: number, minor: number];

/** As programs say it before 3.11, and as those say it that still do: a release, or a snapshot with its date. */
const STAMP = /mail_version=([0-9][0-9A-Za-z.-]*)/;
const BARE_VERSION = /\0([0-9]+\.[0-9]+(?:\.[0-9]+|-[0-9]{8})[0-9A-Za-z-]*)\0/;

/** The version of Postfix that this program, all of its bytes, is of; null: it doesn't say. */
export function versionIn(program: string): string | null {
  return (STAMP.exec(program) ?? BARE_VERSION.exec(program))?.[1] ?? null;
}

/** Whether a version comes before a release; what is no version does not. */
export function isBefore(version: string, [major, minor]: Release): boolean {
  const [, ownMajor, ownMinor] = /^([0-9]+)\.([0-9]+)/.exec(version) ?? [];
  return (Number(ownMajor) - major || Number(ownMinor) - minor) < 0;
}

/** Whether the clients of this Postfix wait for a greeting. */
export function isGreetingExpected(version: string | null): boolean {
  return isFrom(version, FIRST_GREETING);
}

/** Whether its proxymap(8) is asked, and clients do without it, as from 3.11 on. */
export function isLateProxymap(version: string | null): boolean {
  return isFrom(version, FIRST_LATE_PROXYMAP);
}

/** Whether a version is of this release or a later one; so is one that isn't known. */
function isFrom(version: string | null, release: Release): boolean {
  return version === null || !isBefore(version, release);
}
