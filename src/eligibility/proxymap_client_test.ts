import { describe, expect, test } from "bun:test";
import { OsError } from "../effects/os_error.ts";
import type { Connect } from "../effects/start_up_programs.ts";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryLog } from "../memory/log.ts";
import { ProxymapClient } from "./proxymap_client.ts";

/** A client whose connections are made by `connect`. */
function makeClient(connect: Connect): {
  client: ProxymapClient;
  clock: MemoryClock;
  log: MemoryLog;
} {
  const clock = new MemoryClock();
  const log = new MemoryLog();
  const client = new ProxymapClient({
    clock,
    log,
    connect,
    serverName: "private/proxymap",
    isGreeting: true,
    answerMs: 1000,
    idleMs: null,
  });
  return { client, clock, log };
}

describe("the limits of a proxymap's client", () => {
  test("100,000 requests wait, the next one is told so at once", async () => {
    const { client, log } = makeClient(() => new Promise(() => {}));
    for (let count = 0; count < 100_000; count++) {
      void client.ask("a");
    }
    expect(log.texts("warning")).toEqual([]);
    expect(await client.ask("a")).toBeNull();
    expect(log.texts("warning")).toEqual(["private/proxymap: 100000 requests are waiting already"]);
  });

  test("a server whose backlog is full is tried a hundred times in ten seconds", async () => {
    let tries = 0;
    const { client, clock, log } = makeClient(() => {
      tries++;
      return Promise.reject(new OsError("EAGAIN", "connect"));
    });
    const reply = client.ask("a");
    for (let pass = 0; pass < 98; pass++) {
      await Bun.sleep(0);
      clock.advance(100);
    }
    await Bun.sleep(0);
    expect([tries, log.texts("warning")]).toEqual([99, []]);
    clock.advance(100);
    expect(await reply).toBeNull();
    clock.advance(10_000);
    await Bun.sleep(0);
    expect(tries).toBe(100);
    expect(log.texts("warning")).toEqual([
      "private/proxymap: connect: Resource temporarily unavailable",
    ]);
  });
});
