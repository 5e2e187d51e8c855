/**
 * The messages of one queue that are on hold for a time, and until when: what is kept of them between two commands. Pure.
 *
 * A message is known by its queue ID, its inode and its time of arrival, since Postfix uses queue IDs again; its being on
 * hold by the time at which its file was last moved (ctime): whoever releases it and puts it on hold once more makes that
 * another one. Until postsuper(1) has answered, an entry has no such time: it is `pending`.
 */
import { parseQueueId, type QueueId } from "../names/names.ts";

/** A message that is on hold for a time. */
export interface TimedHold {
  readonly queueId: QueueId;
  readonly inode: bigint;
  readonly arrivalSeconds: number;
  readonly untilSeconds: number;
  /** Null: it is about to be put on hold. */
  readonly heldNs: bigint | null;
}

/** Those of a queue. */
export interface QueueHolds {
  /** Byte strings. */
  readonly configDirectory: string;
  readonly queueDirectory: string;
  /** By queue ID: a queue has one message of an ID. */
  readonly holds: ReadonlyMap<QueueId, TimedHold>;
}

const FORMAT = 1;

/** As it is written: an entry for each time at which some end, with `[ID, inode, arrival, ctime]` of each message. */
interface HoldsText {
  readonly format: number;
  readonly config_directory: string;
  readonly queue_directory: string;
  readonly holds: ReadonlyArray<{ readonly until: number; readonly messages: readonly Row[] }>;
}

type Row = readonly [string, string, number, string];

const WHOLE_NUMBER = /^[0-9]{1,20}$/;

/** As a byte string, a line for each time. */
export function formatHolds({ configDirectory, queueDirectory, holds }: QueueHolds): string {
  const byEnd = Map.groupBy(holds.values(), ({ untilSeconds }) => untilSeconds);
  const lines = [...byEnd].map(([until, ofEnd]) =>
    JSON.stringify({ until, messages: ofEnd.map(rowOf) }),
  );
  const head = `"format":${FORMAT},"config_directory":${JSON.stringify(configDirectory)}`;
  return `{${head},"queue_directory":${JSON.stringify(queueDirectory)},"holds":[\n${lines.join(",\n")}\n]}\n`;
}

function rowOf({ queueId, inode, arrivalSeconds, heldNs }: TimedHold): Row {
  return [queueId, String(inode), arrivalSeconds, heldNs === null ? "" : String(heldNs)];
}

/** Null: it is none of ours, or not whole. */
export function parseHolds(text: string): QueueHolds | null {
  const value = parseJson(text);
  if (!isHoldsText(value)) {
    return null;
  }
  const holds = new Map<QueueId, TimedHold>();
  for (const { until, messages } of value.holds) {
    for (const row of messages) {
      const hold = holdOf(row, until);
      if (hold === null) {
        return null;
      }
      holds.set(hold.queueId, hold);
    }
  }
  const { config_directory, queue_directory } = value;
  return { configDirectory: config_directory, queueDirectory: queue_directory, holds };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isHoldsText(value: unknown): value is HoldsText {
  const { format, config_directory, queue_directory, holds } = (value ?? {}) as Partial<HoldsText>;
  return (
    format === FORMAT &&
    typeof config_directory === "string" &&
    typeof queue_directory === "string" &&
    Array.isArray(holds) &&
    holds.every((each) => isTime(each?.until) && Array.isArray(each?.messages))
  );
}

function holdOf(row: unknown, untilSeconds: number): TimedHold | null {
  const [id, inode, arrivalSeconds, heldNs] = Array.isArray(row) ? row : [];
  const queueId = typeof id === "string" ? parseQueueId(id) : null;
  const isWhole =
    isNumberText(inode) && isTime(arrivalSeconds) && (heldNs === "" || isNumberText(heldNs));
  return queueId === null || !isWhole
    ? null
    : {
        queueId,
        inode: BigInt(inode),
        arrivalSeconds,
        untilSeconds,
        heldNs: heldNs === "" ? null : BigInt(heldNs),
      };
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isNumberText(value: unknown): value is string {
  return typeof value === "string" && WHOLE_NUMBER.test(value);
}
