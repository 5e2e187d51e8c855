/** For tests of `fastflush top`: looks at the queue as they might be. */
import type { DestinationRow, MessageRow, Sample } from "../../src/cli/top/sample.ts";

/** When they are looked at. */
export const NOW_SECONDS = 1_767_225_600;

/** A destination: an hour old, nothing comes or goes. */
export function destination(
  name: string,
  messageCount: number,
  more: Partial<DestinationRow> = {},
): DestinationRow {
  return {
    name,
    text: name,
    messageCount,
    recipientCount: messageCount,
    oldestSeconds: NOW_SECONDS - 3600,
    reason: "4.4.1 connect: Connection refused",
    reasonCount: messageCount,
    history: [messageCount],
    inPerMinute: 0,
    outPerMinute: 0,
    ...more,
  };
}

/** A message of that age. */
export function waitingMessage(
  queueId: string,
  ageSeconds: number,
  more: Partial<MessageRow> = {},
): MessageRow {
  return {
    queueId,
    arrivalSeconds: NOW_SECONDS - ageSeconds,
    nextTrySeconds: NOW_SECONDS + 300,
    sizeBytes: 1024,
    sender: "s@origin.example",
    recipient: "u@one.example",
    recipientCount: 1,
    reason: "4.4.1 connect to mx[192.0.2.1]:25: Connection refused",
    ...more,
  };
}

/** What was seen. */
export function sampleOf(
  destinations: readonly DestinationRow[],
  more: Partial<Sample> = {},
): Sample {
  const messageCount = destinations.reduce((sum, each) => sum + each.messageCount, 0);
  return {
    by: "site",
    atSeconds: NOW_SECONDS,
    totals: {
      messageCount,
      recipientCount: messageCount,
      sizeBytes: messageCount * 1024,
      oldestSeconds: messageCount === 0 ? null : NOW_SECONDS - 3600,
      nextTrySeconds: messageCount === 0 ? null : NOW_SECONDS,
      unreadableCount: 0,
    },
    history: [messageCount],
    destinations,
    opened: null,
    inPerMinute: 12,
    outPerMinute: 0.5,
    ...more,
  };
}
