import { expect, test } from "bun:test";
import { MemoryLog } from "./log.ts";
import { MemoryQueueManager } from "./queue_manager.ts";

test("a log keeps its lines in order", () => {
  const log = new MemoryLog(2);
  log.warning("first");
  log.info("second");
  log.error("third");
  log.warning("fourth");
  expect(log.verbosity).toBe(2);
  expect(log.lines).toEqual([
    { severity: "warning", text: "first" },
    { severity: "info", text: "second" },
    { severity: "error", text: "third" },
    { severity: "warning", text: "fourth" },
  ]);
  expect(log.texts("warning")).toEqual(["first", "fourth"]);
});

test("a queue manager keeps its wake-ups, and can do something at each", () => {
  const seen: string[] = [];
  const queueManager = new MemoryQueueManager((letters) => seen.push(`at ${letters}`));
  queueManager.wake("F");
  queueManager.wake("FI");
  expect(queueManager.wakeUps).toEqual(["F", "FI"]);
  expect(seen).toEqual(["at F", "at FI"]);
});
