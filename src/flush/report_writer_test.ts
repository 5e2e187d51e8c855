/** What a report keeps for its client: a piece at a time, and for one that is gone nothing. */
import { describe, expect, test } from "bun:test";
import { FlushClient } from "../../test/support/flush_client.ts";
import { STATUS } from "../wire/request.ts";
import { ReportWriter } from "./report_writer.ts";

/** More than a piece of a report holds. */
const ITEMS_MAX = 10_000;

function itemOf(writer: ReportWriter): Promise<void> | null {
  return writer.item("message", [["queue_id", "4jYCDY3XvNzLDg6L"]]);
}

/** Writes until it is told to wait; what it is told, and how many items that took. */
function writeUntilBehind(writer: ReportWriter) {
  let count = 0;
  let behind: Promise<void> | null = null;
  while (behind === null && count < ITEMS_MAX) {
    behind = itemOf(writer);
    count++;
  }
  return { behind, count };
}

describe("a report", () => {
  test("goes out in pieces of many items each, as long as the client takes them", () => {
    const client = new FlushClient();
    const writer = new ReportWriter(client);
    const lengths = Array.from({ length: ITEMS_MAX }, () => {
      expect(itemOf(writer)).toBeNull();
      return client.parts.length;
    });
    const pieces = new Set(lengths).size - 1;
    expect(pieces).toBeGreaterThan(1);
    expect(pieces).toBeLessThan(ITEMS_MAX / 100);
  });

  test("has who writes it wait for a client that is behind, until that has caught up", async () => {
    const client = new FlushClient();
    const writer = new ReportWriter(client);
    client.pause();
    const { behind, count } = writeUntilBehind(writer);
    expect(count).toBeLessThan(ITEMS_MAX);
    let hasWaited = false;
    const waiting = behind?.then(() => {
      hasWaited = true;
    });
    await Promise.resolve();
    expect(hasWaited).toBeFalse();
    client.readOn();
    await waiting;
    await writer.end(STATUS.ok, []);
    expect(client.parts).toHaveLength(count + 1);
  });

  test("keeps nothing for a client that is gone", async () => {
    const client = new FlushClient();
    const writer = new ReportWriter(client);
    let reportedBytes = 0;
    client.report = (bytes) => {
      reportedBytes += bytes.length;
      return null;
    };
    client.hangUp();
    for (let count = 0; count < ITEMS_MAX; count++) {
      expect(itemOf(writer)).toBeNull();
      writer.offer("message", []);
    }
    await writer.end(STATUS.ok, []);
    expect(reportedBytes).toBe(0);
    expect(client.asked.isFinished).toBeTrue();
  });
});
