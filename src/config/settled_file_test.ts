import { expect, test } from "bun:test";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryTextFiles } from "../memory/text_files.ts";
import { readSettled } from "./settled_file.ts";

/** Sets a file's age, reads it, and tells what came and how often there was a sleep. */
function readAged(modifiedMs: number, onSleep: (count: number, files: MemoryTextFiles) => void) {
  const clock = new MemoryClock();
  const files = new MemoryTextFiles();
  const startMs = clock.wallMs();
  files.put("main.cf", "before", startMs + modifiedMs);
  let sleeps = 0;
  const sleep = (ms: number): void => {
    expect(ms).toBe(300);
    clock.advance(ms);
    onSleep(++sleeps, files);
  };
  const text = readSettled(files, "main.cf", { clock, sleep });
  return { text, sleeps, slowMs: clock.wallMs() - startMs };
}

const nothing = (): void => {};

test("a file that was modified two seconds ago or more is read once", () => {
  expect(readAged(-2000, nothing)).toMatchObject({ text: "before", sleeps: 0 });
  expect(readAged(-1e9, nothing)).toMatchObject({ text: "before", sleeps: 0 });
});

test("a file that was modified in the second before this one is read again", () => {
  expect(readAged(-1000, nothing).sleeps).toBe(4);
});

test("a time stamp from the future does not delay", () => {
  expect(readAged(1000, nothing)).toMatchObject({ text: "before", sleeps: 0 });
});

test("a file that was modified this second is read until it is older", () => {
  const { text, sleeps } = readAged(0, (count, files) => {
    if (count === 2) {
      files.put("main.cf", "after", 0);
    }
  });
  expect({ text, sleeps }).toEqual({ text: "after", sleeps: 2 });
});

test("a file that is left alone costs about two seconds", () => {
  const { slowMs } = readAged(0, nothing);
  expect(slowMs).toBeGreaterThanOrEqual(1000);
  expect(slowMs).toBeLessThanOrEqual(2300);
});

test("a file that is written all the time is taken as it is after six seconds", () => {
  const clock = new MemoryClock();
  const files = new MemoryTextFiles();
  files.put("main.cf", "0", clock.wallMs());
  let sleeps = 0;
  const sleep = (ms: number): void => {
    clock.advance(ms);
    files.put("main.cf", String(++sleeps), clock.wallMs());
  };
  expect(readSettled(files, "main.cf", { clock, sleep })).toBe("20");
});
