import { describe, expect, test } from "bun:test";
import type { DatagramSocket } from "../effects/datagrams.ts";
import { Fatal } from "../effects/fatal.ts";
import type { LocalTime } from "../effects/local_time.ts";
import { MemoryClock } from "../memory/clock.ts";
import { bytesToString } from "../names/byte_string.ts";
import { DaemonLog } from "./daemon_log.ts";

/** A socket whose state a test sets. */
class Socket implements DatagramSocket {
  state: "sent" | "full" | "gone" = "sent";
  isClosed = false;
  readonly lines: string[] = [];

  send(bytes: Uint8Array): "sent" | "full" | "gone" {
    if (this.state === "sent") {
      this.lines.push(bytesToString(bytes).replace(/^.*\]: /, ""));
    }
    return this.state;
  }

  close(): void {
    this.isClosed = true;
  }
}

const toLocalTime = (): LocalTime => ({ month: 0, day: 5, hours: 7, minutes: 8, seconds: 9 });

function makeLog(): { clock: MemoryClock; socket: Socket; log: DaemonLog } {
  const clock = new MemoryClock();
  const socket = new Socket();
  const format = { kind: "syslog", facility: 2 } as const;
  const log = new DaemonLog(
    { clock, toLocalTime },
    {
      socket,
      format,
      name: "postfix/flush",
      processId: 1,
      keepUtf8: false,
    },
  );
  return { clock, socket, log };
}

describe("DaemonLog", () => {
  test("sends a line at once", () => {
    const { socket, log } = makeLog();
    log.warning("a");
    log.info("b");
    expect(socket.lines).toEqual(["warning: a", "b"]);
  });

  for (const state of ["full", "gone"] as const) {
    test(`keeps lines while the socket is ${state}, and their order`, () => {
      const { clock, socket, log } = makeLog();
      socket.state = state;
      log.info("a");
      log.info("b");
      clock.advance(500);
      expect(socket.lines).toEqual([]);
      socket.state = "sent";
      log.info("c");
      clock.advance(1000);
      expect(socket.lines).toEqual(["a", "b", "c"]);
    });
  }

  test("tries a socket that was full for an hour again within a second", () => {
    const { clock, socket, log } = makeLog();
    socket.state = "full";
    log.info("a");
    clock.advance(3_600_000);
    socket.state = "sent";
    clock.advance(1000);
    expect(socket.lines).toEqual(["a"]);
  });

  test("drops what is over its limit, and says how much when lines flow again", () => {
    const { clock, socket, log } = makeLog();
    socket.state = "full";
    for (let index = 0; index < 1005; index++) {
      log.info(`line ${index}`);
    }
    socket.state = "sent";
    clock.advance(2000);
    expect(socket.lines).toHaveLength(1001);
    expect(socket.lines[999]).toBe("line 999");
    expect(socket.lines[1000]).toBe("warning: 5 log lines dropped: log socket not ready");
  });

  test("whoever ends the process can wait for a log that is slow, within a limit", () => {
    const { socket, log } = makeLog();
    socket.state = "full";
    for (let index = 0; index < 5; index++) {
      log.info(`line ${index}`);
    }
    let sleptMs = 0;
    log.drain(100, (ms) => {
      sleptMs += ms;
      socket.state = sleptMs >= 20 ? "sent" : "full";
    });
    expect(socket.lines).toHaveLength(5);
    expect(sleptMs).toBe(20);
    socket.state = "full";
    log.info("stuck");
    log.drain(100, (ms) => {
      sleptMs += ms;
    });
    expect(sleptMs).toBe(120);
  });

  test("the thirteenth error is fatal", () => {
    const { log } = makeLog();
    for (let index = 0; index < 12; index++) {
      log.error("x");
    }
    expect(() => log.error("x")).toThrow(new Fatal("too many errors - program terminated"));
  });

  test("writes to where it was redirected, and closes the socket it had", () => {
    const { socket, log } = makeLog();
    const other = new Socket();
    const format = { kind: "postlog", host: "relay" } as const;
    log.redirect({ socket: other, format, name: "postfix/flush", processId: 1, keepUtf8: false });
    log.fatal("x");
    expect(other.lines).toEqual(["fatal: x"]);
    expect(socket.lines).toEqual([]);
    expect(socket.isClosed).toBeTrue();
  });
});
