/** Threads for real: what they are sent, what comes back, and their end. */
import { afterEach, expect, test } from "bun:test";
import type { Thread } from "../effects/threads.ts";
import { createThreads } from "./threads.ts";

const LIMIT_MS = 10_000;

const threads = createThreads(new URL("../../test/support/echo_thread.ts", import.meta.url));
const started: Thread[] = [];

/** A thread, what it has sent so far, and of what it has died. */
function start(): { thread: Thread; values: unknown[]; deaths: string[] } {
  const values: unknown[] = [];
  const deaths: string[] = [];
  const thread = threads.start(
    (value) => values.push(value),
    ({ message }) => deaths.push(message),
  );
  started.push(thread);
  return { thread, values, deaths };
}

async function until(isSo: () => boolean): Promise<void> {
  const endMs = performance.now() + LIMIT_MS;
  while (!isSo()) {
    if (performance.now() > endMs) {
      throw new Error("it takes too long");
    }
    await threads.turn();
  }
}

afterEach(() => {
  for (const thread of started.splice(0)) {
    thread.end();
  }
});

test("what is sent before a thread runs comes in its order, and its answers come back while the loop turns", async () => {
  const { thread, values, deaths } = start();
  const sent = [{ path: "deferred/1", known: [] }, 1, "\xff", null];
  for (const value of sent) {
    thread.send(value);
  }
  await until(() => values.length === sent.length);
  expect([values, deaths]).toEqual([sent, []]);
});

test("a buffer is handed over, and not copied", async () => {
  const { thread, values } = start();
  const bytes = new Uint8Array([1, 2, 3]);
  thread.send(bytes, [bytes.buffer]);
  expect(bytes.buffer.detached).toBeTrue();
  await until(() => values.length === 1);
  expect(values).toEqual([new Uint8Array([1, 2, 3])]);
});

test("one that dies of an exception is told of", async () => {
  const { thread, deaths } = start();
  thread.send("die");
  await until(() => deaths.length > 0);
  expect(deaths).toHaveLength(1);
  expect(deaths[0]).toStartWith("a thread has died: ");
  expect(deaths[0]).toContain("as it was told");
});

test("a program that is not there is the death of its threads", async () => {
  const missing = createThreads(new URL("./no_such_program.ts", import.meta.url));
  const deaths: string[] = [];
  const thread = missing.start(
    () => {},
    ({ message }) => deaths.push(message),
  );
  await until(() => deaths.length > 0);
  expect(deaths[0]).toStartWith("a thread has died: ");
  thread.end();
});

test("one that is ended before it runs says nothing", async () => {
  const { thread, values, deaths } = start();
  thread.send("one");
  thread.end();
  await Bun.sleep(50);
  expect([values, deaths]).toEqual([[], []]);
});

test("a process ends when its threads are ended, and not before", async () => {
  const script = (end: string): string => `
    import { createThreads } from ${JSON.stringify(new URL("./threads.ts", import.meta.url).pathname)};
    const program = new URL(${JSON.stringify(new URL("../../test/support/echo_thread.ts", import.meta.url).href)});
    const thread = createThreads(program).start(() => { ${end} }, () => {});
    thread.send("one");`;
  const [ended, goesOn] = ["thread.end();", ""].map((end) =>
    Bun.spawn([process.execPath, "-e", script(end)], { timeout: LIMIT_MS }),
  );
  expect(await ended?.exited).toBe(0);
  await Bun.sleep(100);
  expect(goesOn?.exitCode).toBeNull();
  goesOn?.kill();
});
