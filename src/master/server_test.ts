import { describe, expect, test } from "bun:test";
import type { DaemonProcess } from "../effects/daemon_process.ts";
import { Fatal } from "../effects/fatal.ts";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryLog } from "../memory/log.ts";
import { MemoryPeers } from "../memory/peers.ts";
import { MemoryStatusChannel } from "../memory/status_channel.ts";
import { bytesToString } from "../names/byte_string.ts";
import { siteName } from "../names/names.ts";
import { encodeRequest } from "../wire/encode_request.ts";
import type { Exchange, FlushRequest, RequestHandler } from "../wire/request.ts";
import { type ServerSettings, serve } from "./server.ts";

const GREETING = "protocol\0queue_flush_protocol\0\0";
const ADD = bytesToString(
  encodeRequest({ name: "add", site: siteName("a.example"), queueId: "ABC123" }),
);
const [TAKEN, AVAILABLE] = [0, 1];
/** The mail owner. */
const OWNER = 102;

/** Keeps the exchanges, to be answered by hand. */
class Handler implements RequestHandler {
  readonly handled: { readonly request: FlushRequest; readonly exchange: Exchange }[] = [];
  hasLeft = false;

  handle(request: FlushRequest, exchange: Exchange): void {
    this.handled.push({ request, exchange });
  }

  leave(): void {
    this.hasLeft = true;
  }

  /** Answers the request that was handled as number `index`. */
  answer(index: number): void {
    const exchange = this.handled[index]?.exchange;
    exchange?.answer(0);
    exchange?.finish();
  }
}

function start(settings: Partial<ServerSettings> = {}) {
  const clock = new MemoryClock();
  const log = new MemoryLog();
  const peers = new MemoryPeers();
  const channel = new MemoryStatusChannel();
  const handler = new Handler();
  const armedSeconds: number[] = [];
  const state = { isOver: false, isCompiling: false };
  const process = {
    id: 17,
    armWatchdog: (seconds: number) => armedSeconds.push(seconds),
    compileSooner: () => {
      state.isCompiling = true;
    },
  };
  const outdated = Promise.withResolvers<void>();
  const tools = { clock, log, peers, channel, handler, outdated: outdated.promise };
  void serve(
    { ...tools, process: process as unknown as DaemonProcess },
    {
      serviceName: "flush",
      generation: 3,
      maxUse: 100,
      startedInMs: 0,
      clientsMax: 1000,
      maxIdleSeconds: 100,
      ipcTimeoutSeconds: 3600,
      daemonTimeoutSeconds: 18_000,
      ownerUid: OWNER,
      isGreeting: true,
      leftOver: [],
      ...settings,
    },
  ).then(() => {
    state.isOver = true;
  });
  return { ...tools, armedSeconds, state, growOld: outdated.resolve };
}

describe("serve", () => {
  test("greets before it reads, and serves one request a connection (rows 1, 2, 49)", () => {
    const { peers, handler } = start();
    const peer = peers.connect();
    expect(peer.received).toBe(GREETING);
    peer.send(ADD + ADD);
    peer.send(ADD);
    expect(handler.handled.map(({ request }) => request)).toEqual([
      { name: "add", site: siteName("a.example"), queueId: "ABC123" },
    ]);
    handler.answer(0);
    expect(peer.received).toBe(`${GREETING}status\x000\0\0`);
    expect(peer.isClosed).toBeTrue();
  });

  test("greets nobody where clients expect none, and serves who has gone before it looked", () => {
    const { peers, handler } = start({ isGreeting: false });
    const peer = peers.connect();
    expect(peer.received).toBe("");
    peer.send(ADD);
    handler.answer(0);
    expect(peer.received).toBe("status\x000\0\0");
    peers.connectVanished().send(ADD);
    expect(handler.handled).toHaveLength(2);
  });

  test("closes only when the work is done, and answers once", () => {
    const { peers, handler } = start();
    const peer = peers.connect();
    peer.send("W\0");
    const exchange = handler.handled[0]?.exchange;
    exchange?.answer(0);
    exchange?.answer(3);
    expect(peer.received).toBe(`${GREETING}status\x000\0\0`);
    expect(peer.isClosed).toBeFalse();
    exchange?.finish();
    expect(peer.isClosed).toBeTrue();
  });

  test("a client that stops writing still gets its answer", () => {
    const { peers, handler } = start();
    const peer = peers.connect();
    peer.send(ADD);
    peer.end();
    handler.answer(0);
    expect(peer.received).toEndWith("status\x000\0\0");
  });

  test("a client that is gone when it is greeted is not served, and keeps nobody (row 52)", async () => {
    const { peers, handler, clock, state } = start({ maxIdleSeconds: 3 });
    const peer = peers.connectVanished();
    peer.send(ADD);
    expect(handler.handled).toEqual([]);
    expect(peer.isClosed).toBeTrue();
    clock.advance(3000);
    await Promise.resolve();
    await Promise.resolve();
    expect(state.isOver).toBeTrue();
  });

  test("what can't be read is warned of, answered and closed", () => {
    const { peers, log } = start();
    const peer = peers.connect();
    peer.send("foo\0bar\0\0");
    expect(log.texts("warning")).toEqual([
      "unexpected attribute foo from flush socket (expecting: request)",
    ]);
    expect(peer.received).toBe(`${GREETING}status\x003\0\0`);
    expect(peer.isClosed).toBeTrue();
  });

  test("an unknown request is closed without an answer (row 40)", () => {
    const { peers } = start();
    const peer = peers.connect();
    peer.send("request\0frob\0\0");
    expect(peer.received).toBe(GREETING);
    expect(peer.isClosed).toBeTrue();
  });

  test("a silent client gets ipc_timeout between two of its writes (row 50)", () => {
    const { peers, clock, log } = start({ ipcTimeoutSeconds: 2 });
    const [silent, slow] = [peers.connect(), peers.connect()];
    clock.advance(1500);
    slow.send("request\0ad");
    clock.advance(1500);
    expect([silent.isClosed, slow.isClosed]).toEqual([true, false]);
    expect(silent.received).toBe(`${GREETING}status\x003\0\0`);
    expect(log.texts("warning")).toEqual(["timeout while waiting for data from flush socket"]);
    clock.advance(500);
    expect(slow.isClosed).toBeTrue();
    expect(slow.received).toBe(GREETING);
  });

  test("tells master once that it serves, when no client is there; then stays available", () => {
    const { peers, channel, handler } = start();
    const [first, second] = [peers.connect(), peers.connect()];
    first.send(ADD);
    handler.answer(0);
    expect(channel.sent).toEqual([]);
    second.vanish();
    const pair = [[17, 3, TAKEN, 17, 3, AVAILABLE]];
    expect(channel.sent).toEqual(pair as number[][]);
    peers.connect().vanish();
    expect(channel.sent).toEqual(pair as number[][]);
  });

  test("tells master at the twentieth client, where there is no moment without one", () => {
    const { peers, channel } = start();
    for (let count = 0; count < 19; count++) {
      peers.connect();
    }
    expect(channel.sent).toEqual([]);
    peers.connect();
    expect(channel.sent).toEqual([[17, 3, TAKEN, 17, 3, AVAILABLE]] as number[][]);
  });

  test("leaves after max_use clients, and lets master start a successor at once (row 87)", async () => {
    const { peers, channel, handler, state } = start({ maxUse: 2 });
    const [first, second] = [peers.connect(), peers.connect()];
    expect(() => peers.connect()).toThrow("Connection refused");
    expect(channel.sent.at(-1)).toEqual([17, 3, TAKEN] as number[]);
    first.send(ADD);
    second.send(ADD);
    handler.answer(0);
    await Promise.resolve();
    expect(state.isOver).toBeFalse();
    handler.answer(1);
    await Promise.resolve();
    await Promise.resolve();
    expect(state.isOver).toBeTrue();
    expect(handler.hasLeft).toBeFalse();
  });

  test("asks for its successor while it still accepts, where clients come fast", () => {
    const { peers, channel, clock, state } = start({ maxUse: 10, startedInMs: 10 });
    const asking = [[17, 3, TAKEN]] as number[][];
    for (let count = 1; count <= 9; count++) {
      clock.advance(1);
      peers.connect();
      expect(channel.sent).toEqual(count < 5 ? [] : asking);
    }
    const last = peers.connect();
    expect(() => peers.connect()).toThrow("Connection refused");
    expect(state.isOver).toBeFalse();
    expect(last.received).toBe(GREETING);
  });

  test("master takes it for taken still when it is told that it serves", () => {
    const { peers, channel, handler } = start({ startedInMs: 1000 });
    for (let count = 0; count < 5; count++) {
      peers.connect().send(ADD);
    }
    expect(channel.sent).toEqual([[17, 3, TAKEN]] as number[][]);
    for (let count = 0; count < 5; count++) {
      handler.answer(count);
    }
    expect(channel.sent.slice(1)).toEqual([[17, 3, AVAILABLE, 17, 3, TAKEN]] as number[][]);
  });

  test("after a reload it serves no new client, finishes what it has, and leaves (row 85)", async () => {
    const { peers, channel, handler, state } = start();
    const peer = peers.connect();
    peer.send(ADD);
    channel.end();
    expect(handler.hasLeft).toBeTrue();
    expect(() => peers.connect()).toThrow("Connection refused");
    await Promise.resolve();
    expect(state.isOver).toBeFalse();
    handler.answer(0);
    expect(peer.received).toEndWith("status\x000\0\0");
    await Promise.resolve();
    await Promise.resolve();
    expect(state.isOver).toBeTrue();
  });

  test("leaves at once where master is gone, and nobody is served", async () => {
    const { channel, handler, state } = start();
    channel.end();
    await Promise.resolve();
    await Promise.resolve();
    expect([handler.hasLeft, state.isOver]).toEqual([true, true]);
  });

  test("leaves after max_idle without a client, counted from the last one's end (row 88)", async () => {
    const { peers, clock, handler, state } = start({ maxIdleSeconds: 3 });
    clock.advance(2000);
    peers.connect().send(ADD);
    // No multiple of max_idle: the timer that looks must not be what counts.
    clock.advance(9_000);
    handler.answer(0);
    clock.advance(2999);
    await Promise.resolve();
    await Promise.resolve();
    expect(state.isOver).toBeFalse();
    clock.advance(1);
    await Promise.resolve();
    await Promise.resolve();
    expect(state.isOver).toBeTrue();
  });

  test("leaves when what it has read is outdated, once its clients are served", async () => {
    const { peers, channel, handler, state, growOld } = start();
    const peer = peers.connect();
    peer.send(ADD);
    growOld();
    await Promise.resolve();
    expect(() => peers.connect()).toThrow("Connection refused");
    expect(channel.sent).toEqual([[17, 3, TAKEN]] as number[][]);
    expect(state.isOver).toBeFalse();
    handler.answer(0);
    await Promise.resolve();
    await Promise.resolve();
    expect(state.isOver).toBeTrue();
  });

  test("tells master when it leaves after max_idle: no client must wait for it", () => {
    const { clock, channel } = start({ maxIdleSeconds: 3 });
    clock.advance(3000);
    expect(channel.sent).toEqual([[17, 3, TAKEN]] as number[][]);
  });

  test("accepts no more clients than it has descriptors for, and lets master start another", () => {
    const { peers, channel } = start({ clientsMax: 3 });
    const clients = [peers.connect(), peers.connect(), peers.connect()];
    expect(() => peers.connect()).toThrow("Connection refused");
    expect(channel.sent).toEqual([[17, 3, TAKEN]] as number[][]);
    expect(clients.map(({ isClosed }) => isClosed)).toEqual([false, false, false]);
  });

  test("a client that hangs up before it asks is forgotten", async () => {
    const { peers, clock, state } = start({ maxIdleSeconds: 3 });
    peers.connect().vanish();
    clock.advance(3000);
    await Promise.resolve();
    await Promise.resolve();
    expect(state.isOver).toBeTrue();
  });

  test("a client that hangs up while it is served does not end the work", async () => {
    const { peers, channel, handler, state } = start();
    const peer = peers.connect();
    peer.send("W\0");
    peer.vanish();
    channel.end();
    await Promise.resolve();
    expect(state.isOver).toBeFalse();
    handler.answer(0);
    await Promise.resolve();
    await Promise.resolve();
    expect(state.isOver).toBeTrue();
  });

  test("has what it runs compiled once it is known to last", () => {
    const { peers, state } = start({ maxUse: 20_000 });
    for (let count = 1; count < 1000; count++) {
      peers.connect().vanish();
    }
    expect(state.isCompiling).toBeFalse();
    peers.connect();
    expect(state.isCompiling).toBeTrue();
  });

  test("leaves that where too few clients are to come for it to pay", () => {
    const { peers, state } = start({ maxUse: 19_999 });
    for (let count = 1; count <= 2000; count++) {
      peers.connect().vanish();
    }
    expect(state.isCompiling).toBeFalse();
  });

  test("arms the watchdog again and again", () => {
    const { clock, armedSeconds } = start({ daemonTimeoutSeconds: 9 });
    clock.advance(6000);
    expect(armedSeconds).toEqual([9, 9, 9]);
  });

  for (const [cause, settings] of [
    ["master is gone", {}],
    ["it has served max_use clients", { maxUse: 1 }],
  ] as const) {
    test(`arms it also while a client is served and ${cause}: that is not stuck`, () => {
      const { peers, channel, clock, armedSeconds } = start({
        daemonTimeoutSeconds: 9,
        ...settings,
      });
      peers.connect().send(ADD);
      if (cause === "master is gone") {
        channel.end();
      }
      clock.advance(6000);
      expect(armedSeconds).toEqual([9, 9, 9]);
    });
  }

  test("an argument too many is fatal at the first client, before the greeting (row 84)", () => {
    const { peers } = start({ leftOver: ["foo"] });
    expect(() => peers.connect()).toThrow(new Fatal("unexpected command-line argument: foo"));
  });
});
