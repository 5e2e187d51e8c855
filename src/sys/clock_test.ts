import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClock } from "./clock.ts";

const clock = createClock();

test("a wait is never shorter than asked for", async () => {
  for (const delayMs of [0.2, 1, 1.9, 2.5]) {
    const start = clock.monotonicMs();
    await new Promise<void>((resolve) => void clock.after(delayMs, resolve));
    expect(clock.monotonicMs() - start).toBeGreaterThanOrEqual(delayMs);
  }
});

describe("work that goes on turn after turn", () => {
  const directory = mkdtempSync(join(tmpdir(), "fastflush-clock-"));
  const path = join(directory, "socket");
  const stops: (() => void)[] = [];
  afterEach(() => {
    for (const stop of stops.splice(0)) {
      stop();
    }
    rmSync(directory, { recursive: true });
  });

  /** Slices of 1 ms without an end; returns a count of the turns so far. */
  function keepBusy(): () => number {
    let turns = 0;
    let isStopped = false;
    stops.push(() => {
      isStopped = true;
    });
    const slice = (): void => {
      const end = clock.monotonicMs() + 1;
      while (clock.monotonicMs() < end) {}
      turns++;
      if (!isStopped) {
        clock.nextTurn(slice);
      }
    };
    slice();
    return () => turns;
  }

  function serveEcho(): void {
    const listener = Bun.listen({
      unix: path,
      socket: { data: (socket, bytes) => void socket.write(bytes) },
    });
    stops.push(() => listener.stop(true));
  }

  /** One connection, one answer, seen from this same event loop. */
  function ask(): Promise<string> {
    return new Promise((resolve, reject) => {
      Bun.connect({
        unix: path,
        socket: {
          open: (socket) => void socket.write("ping"),
          data: (socket, bytes) => {
            resolve(bytes.toString());
            socket.end();
          },
          error: (_, error) => reject(error),
        },
      }).catch(reject);
    });
  }

  test("keeps no client and no timer waiting for more than a few turns", async () => {
    serveEcho();
    const turns = keepBusy();
    const turnsPerAnswer: number[] = [];
    for (let count = 0; count < 20; count++) {
      const start = turns();
      expect(await ask()).toBe("ping");
      turnsPerAnswer.push(turns() - start);
    }
    // Both ends live in this loop: connect, accept, read, answer, read are at most a turn each.
    const median = turnsPerAnswer.sort((a, b) => a - b)[10];
    expect(median).toBeLessThanOrEqual(6);
    const start = turns();
    await new Promise<void>((resolve) => void clock.after(5, resolve));
    expect(turns() - start).toBeLessThanOrEqual(20);
  });
});
