/**
 * The metrics: names, what they mean, and their values. Pure.
 *
 * What isn't known has no value, and never 0. Names that Postfix exporters use already are theirs (docs/MONITORING.md):
 * postfix_showq_queue_depth and postfix_queue_oldest_message_age_seconds, with their label `queue`.
 */
import type { MailTotals } from "../../index/deferred_mail.ts";
import { LIMITS_MINUTES } from "../deferred/age_limits.ts";
import { VERSION } from "../version.ts";
import type { DestinationRow } from "./destination_rows.ts";

/** All that metrics are made of. */
export interface Measured {
  readonly nowSeconds: number;
  readonly totals: MailTotals;
  readonly destinationCount: number;
  readonly destinations: readonly DestinationRow[];
  /** Messages, by queue. */
  readonly depths: ReadonlyMap<string, number>;
  /** Differences between the record and the queue, by kind; null: nobody was asked to compare them. */
  readonly differences: ReadonlyMap<string, number> | "no answer" | null;
  /** When timed holds end; null: that can't be read. */
  readonly holdEnds: readonly number[] | null;
}

/** A value, with its labels in the order of the family's. */
interface Sample {
  readonly labels: readonly string[];
  readonly value: number;
}

/** A metric: all are gauges. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly samples: readonly Sample[];
}

type Samples = (measured: Measured) => readonly Sample[];

const KINDS = ["missing", "outdated", "duplicate"] as const;

/** The ages' names: `5m` ends at five minutes, the last one has no end. */
const AGE_BUCKETS = [
  ...LIMITS_MINUTES.map((minutes) => `${minutes}m`),
  `${LIMITS_MINUTES.at(-1)}m+`,
];

const FAMILIES: ReadonlyArray<
  readonly [name: string, help: string, labels: readonly string[], samples: Samples]
> = [
  [
    "postfix_showq_queue_depth",
    "Messages in a queue of Postfix.",
    ["queue"],
    ({ depths }) => [...depths].map(([queue, value]) => ({ labels: [queue], value })),
  ],
  [
    "postfix_queue_oldest_message_age_seconds",
    "Time since the oldest message in the queue arrived; none while the queue is empty.",
    ["queue"],
    ({ totals, nowSeconds }) =>
      totals.oldestSeconds === null
        ? []
        : [{ labels: ["deferred"], value: ageOf(totals.oldestSeconds, nowSeconds) }],
  ],
  [
    "fastflush_deferred_messages",
    "Deferred messages by destination. A message counts at each of its destinations.",
    ["destination"],
    byDestination(({ messageCount }) => messageCount),
  ],
  [
    "fastflush_deferred_bytes",
    "Size of the deferred messages by destination.",
    ["destination"],
    byDestination(({ sizeBytes }) => sizeBytes),
  ],
  [
    "fastflush_deferred_oldest_message_age_seconds",
    "Time since the oldest deferred message of the destination arrived.",
    ["destination"],
    byDestination(({ oldestSeconds }, nowSeconds) => ageOf(oldestSeconds, nowSeconds)),
  ],
  [
    "fastflush_deferred_recipients",
    "Recipients of deferred messages by destination and by the time since arrival, in the buckets of qshape; not cumulative.",
    ["destination", "age_bucket"],
    ({ destinations }) =>
      destinations.flatMap(({ name, ages }) =>
        ages.map((value, bucket) => ({ labels: [name, AGE_BUCKETS[bucket] ?? ""], value })),
      ),
  ],
  [
    "fastflush_deferred_destinations",
    "Destinations that have deferred mail, those that have no name here too.",
    [],
    ({ destinationCount }) => plain(destinationCount),
  ],
  [
    "fastflush_deferred_unreadable_files",
    "Files in the deferred queue that can't be read as messages.",
    [],
    ({ totals }) => plain(totals.unreadableCount),
  ],
  [
    "fastflush_record_compared",
    "Whether fastflush's service answered and compared its record with the deferred queue.",
    [],
    ({ differences }) => plain(differences && (differences === "no answer" ? 0 : 1)),
  ],
  [
    "fastflush_record_differences",
    "Differences between the record of fastflush's service and the deferred queue.",
    ["kind"],
    ({ differences }) =>
      differences === null || differences === "no answer"
        ? []
        : KINDS.map((kind) => ({ labels: [kind], value: differences.get(kind) ?? 0 })),
  ],
  [
    "fastflush_timed_hold_messages",
    "Messages that hold --for has put on hold, and that are to be released by it.",
    [],
    ({ holdEnds }) => plain(holdEnds?.length ?? null),
  ],
  [
    "fastflush_timed_hold_overdue_seconds",
    "For how long the timed hold that should have ended first has been overdue; 0 where none is.",
    [],
    ({ holdEnds, nowSeconds }) => {
      const late = holdEnds?.map((end) => Math.max(0, nowSeconds - end));
      return plain(late?.reduce((most, each) => Math.max(most, each), 0) ?? null);
    },
  ],
  [
    "fastflush_build_info",
    "The version of fastflush that has measured this; always 1.",
    ["version"],
    () => [{ labels: [VERSION], value: 1 }],
  ],
];

/** The metrics that have values. */
export function metricFamilies(measured: Measured): readonly Family[] {
  return FAMILIES.map(([name, help, labels, samples]) => ({
    ...{ name, help, labels, samples: samples(measured) },
  })).filter(({ samples }) => samples.length > 0);
}

function byDestination(value: (row: DestinationRow, nowSeconds: number) => number): Samples {
  return ({ destinations, nowSeconds }) =>
    destinations.map((row) => ({ labels: [row.name], value: value(row, nowSeconds) }));
}

function plain(value: number | null): readonly Sample[] {
  return value === null ? [] : [{ labels: [], value }];
}

/** A clock that was set back makes nothing younger than new. */
function ageOf(arrivalSeconds: number, nowSeconds: number): number {
  return Math.max(0, nowSeconds - arrivalSeconds);
}
