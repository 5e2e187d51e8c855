/**
 * Where a record and a full reading of the queue differ, as sentences; none where the record is exact.
 */
import type { FlushRecord } from "../../lab/mail_queue.ts";
import type { ReadMessage } from "./queue_reading.ts";

/** A difference of this kind begins so. The others: outdated, repeated, foreign. */
export const MISSING = "missing";

/** All differences. */
export function recordDifferences(record: FlushRecord, messages: readonly ReadMessage[]): string[] {
  return [...missingEntries(record, messages), ...wrongEntries(record, messages)].sort();
}

/** Entries that a deferred message should have and has not. */
function missingEntries(record: FlushRecord, messages: readonly ReadMessage[]): string[] {
  const entries = new Map([...record].map(([logfile, lines]) => [logfile, new Set(lines)]));
  return messages
    .filter(({ queue_name }) => queue_name === "deferred")
    .flatMap(({ queue_id, must_be_in }) =>
      [...must_be_in]
        .filter((logfile) => entries.get(logfile)?.has(queue_id) !== true)
        .map((logfile) => `${MISSING}: ${queue_id} in ${logfile}`),
    );
}

function wrongEntries(record: FlushRecord, messages: readonly ReadMessage[]): string[] {
  const by_id = new Map(messages.map((message) => [message.queue_id, message]));
  return [...record].flatMap(([logfile, lines]) =>
    lines.flatMap((queue_id, index) => {
      const message = by_id.get(queue_id);
      const what = `${queue_id} in ${logfile}`;
      return [
        ...(lines.indexOf(queue_id) === index ? [] : [`repeated: ${what}`]),
        ...(message === undefined || message.queue_name === "maildrop"
          ? [`outdated: ${what}`]
          : []),
        ...(message?.may_be_in.has(logfile) === false ? [`foreign: ${what}`] : []),
      ];
    }),
  );
}
