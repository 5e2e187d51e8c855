/**
 * Deferred mail by destination as metrics have it: a few destinations by name, and all others as one. Pure.
 *
 * Each name is a time series that a monitoring system keeps for good, and strangers choose the names: so their number and
 * their length are bounded. Two destinations whose names look alike are one.
 */
import type { AgeRow, MailGroup } from "../../index/deferred_mail.ts";
import { jsonText, printableText } from "../printable.ts";

/** What the others are called. A destination of that name is one of them. */
const OTHER = "other";

/** Recipients without a domain. */
const NAMELESS = "(no domain)";

/** As long as a domain can be. */
const NAME_LENGTH_MAX = 255;

/** What waits for a destination, or for all the others. */
export interface DestinationRow {
  readonly name: string;
  /** A message counts at each of its destinations. */
  readonly messageCount: number;
  readonly recipientCount: number;
  readonly sizeBytes: number;
  readonly oldestSeconds: number;
  /** Recipients by age, one number for each bucket. */
  readonly ages: readonly number[];
}

/**
 * The destinations with the most recipients, at most so many, the most first; then the others, if there are any.
 * `ages` are of the same destinations as `groups`, and have `bucketCount` numbers each.
 */
export function destinationRows(
  groups: readonly MailGroup[],
  ages: readonly AgeRow[],
  bucketCount: number,
  countMax: number,
): readonly DestinationRow[] {
  const agesByName = new Map(ages.map(({ name, counts }) => [name, counts]));
  const rows = groups.map((group) => ({
    name: labelOf(group.name),
    messageCount: group.messageCount,
    recipientCount: group.recipientCount,
    sizeBytes: group.sizeBytes,
    oldestSeconds: group.oldestSeconds,
    ages: agesByName.get(group.name) ?? Array<number>(bucketCount).fill(0),
  }));
  const named = [...Map.groupBy(rows, ({ name }) => name)]
    .map(([name, alike]) => merged(name, alike))
    .sort(compareRows);
  const top = named.filter(({ name }) => name !== OTHER).slice(0, countMax);
  const rest = named.filter((row) => !top.includes(row));
  return rest.length === 0 ? top : [...top, merged(OTHER, rest)];
}

/** By recipients; of as many, by name, so that the same mail has the same rows. */
function compareRows(one: DestinationRow, other: DestinationRow): number {
  return other.recipientCount - one.recipientCount || (one.name < other.name ? -1 : 1);
}

/** Cut first: half of a character that the cut leaves is shown as `?`, and not as what any other half would be, too. */
function labelOf(name: string): string {
  return name === "" ? NAMELESS : printableText(jsonText(name).slice(0, NAME_LENGTH_MAX));
}

function merged(name: string, rows: readonly DestinationRow[]): DestinationRow {
  const sum = (number: (row: DestinationRow) => number): number =>
    rows.reduce((total, row) => total + number(row), 0);
  return {
    name,
    messageCount: sum((row) => row.messageCount),
    recipientCount: sum((row) => row.recipientCount),
    sizeBytes: sum((row) => row.sizeBytes),
    oldestSeconds: rows.reduce(
      (oldest, row) => Math.min(oldest, row.oldestSeconds),
      Number.POSITIVE_INFINITY,
    ),
    ages: (rows[0]?.ages ?? []).map((_, bucket) => sum((row) => row.ages[bucket] ?? 0)),
  };
}
