/** Replies in several pieces, and who may ask for them; the rest of a session is in server_test.ts. */
import { describe, expect, test } from "bun:test";
import { OsError } from "../effects/os_error.ts";
import type { PeerConnection } from "../effects/peers.ts";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryLog } from "../memory/log.ts";
import { MemoryPeers } from "../memory/peers.ts";
import { bytesToString, stringToBytes } from "../names/byte_string.ts";
import { siteName } from "../names/names.ts";
import { encodeRequest } from "../wire/encode_request.ts";
import { encodeEnd, encodeItem } from "../wire/report.ts";
import { type Exchange, type FlushRequest, type RequestHandler, STATUS } from "../wire/request.ts";
import { ReadDeadlines } from "./read_deadlines.ts";
import { Session } from "./session.ts";

const LIMIT_MS = 1000;
const OWNER = 102;
const STRANGER = { pid: 9, uid: 1000, gid: 1000 };
const ADD: FlushRequest = { name: "add", site: siteName("a.example"), queueId: "ABC123" };

const bytesOf = (request: FlushRequest): string => bytesToString(encodeRequest(request));

/** A listener whose clients are served by hand; `credentials` can fail, and are counted. */
function setUp(credentialsFail = false) {
  const clock = new MemoryClock();
  const log = new MemoryLog();
  const peers = new MemoryPeers();
  const handled: { readonly request: FlushRequest; readonly exchange: Exchange }[] = [];
  const handler: RequestHandler = {
    handle: (request, exchange) => handled.push({ request, exchange }),
    leave: () => {},
  };
  const state = { endedCount: 0, credentialsCount: 0 };
  const host = {
    log,
    handler,
    deadlines: new ReadDeadlines(clock, LIMIT_MS),
    reading: { peerName: "flush socket" },
    ownerUid: OWNER,
    ended: () => {
      state.endedCount++;
    },
  };
  peers.listen((connection) => {
    const credentials = (): ReturnType<PeerConnection["credentials"]> => {
      state.credentialsCount++;
      if (credentialsFail) {
        throw new OsError("EINVAL", "getsockopt");
      }
      return connection.credentials();
    };
    return new Session(Object.create(connection, { credentials: { value: credentials } }), host);
  });
  return { clock, log, peers, handled, state };
}

/** A client that has asked for a report, and reads only as many bytes as it is let. */
function askReport(roomBytes: number) {
  const rig = setUp();
  const peer = rig.peers.connect();
  peer.send(bytesOf({ name: "sites" }));
  peer.pause(roomBytes);
  const exchange = rig.handled[0]?.exchange;
  if (exchange === undefined) {
    throw new Error("the request was not handled");
  }
  const report = (text: string) => exchange.report(stringToBytes(text));
  return { ...rig, peer, exchange, report };
}

/** Whether a promise is settled, after all that is due now. */
async function isSettled(promise: Promise<void> | null): Promise<boolean> {
  let settled = false;
  void promise?.then(() => {
    settled = true;
  });
  for (let count = 0; count < 5; count++) {
    await Promise.resolve();
  }
  return settled;
}

describe("a report", () => {
  test("goes out piece by piece, at once where the client reads", () => {
    const { peer, exchange, state } = askReport(Number.POSITIVE_INFINITY);
    const pieces = [encodeItem("site", [["logfile", "a"]]), encodeEnd(STATUS.ok, [["sites", 1]])];
    for (const piece of pieces) {
      expect(exchange.report(piece)).toBeNull();
    }
    expect(peer.received).toBe(pieces.map(bytesToString).join(""));
    expect([peer.isClosed, state.endedCount, exchange.isGone]).toEqual([false, 0, false]);
    exchange.finish();
    expect([peer.isClosed, state.endedCount]).toEqual([true, 1]);
  });

  test("waits for a client that is behind, until it has taken all", async () => {
    const { peer, report, exchange, log, clock } = askReport(3);
    const behind = report("abcdef");
    expect(report("gh")).toBe(behind);
    expect(await isSettled(behind)).toBeFalse();
    clock.advance(LIMIT_MS - 1);
    peer.readOn(4);
    expect(await isSettled(behind)).toBeFalse();
    peer.readOn(1);
    expect(await isSettled(behind)).toBeTrue();
    expect([peer.received, exchange.isGone]).toEqual(["abcdefgh", false]);
    // It has the whole limit again when it is behind again, and none while it isn't.
    clock.advance(10 * LIMIT_MS);
    const again = report("i");
    expect(again).not.toBe(behind);
    clock.advance(LIMIT_MS - 1);
    peer.readOn();
    expect(await isSettled(again)).toBeTrue();
    expect(report("j")).toBeNull();
    expect(peer.received).toBe("abcdefghij");
    expect(log.lines).toEqual([]);
  });

  test("is owed until the last byte is handed over, however early the work is done", () => {
    const { peer, report, exchange, state, clock } = askReport(2);
    report("abcdef");
    exchange.finish();
    expect([peer.isClosed, state.endedCount]).toEqual([false, 0]);
    peer.readOn();
    expect([peer.received, peer.isClosed, state.endedCount]).toEqual(["abcdef", true, 1]);
    clock.advance(10 * LIMIT_MS);
    expect(state.endedCount).toBe(1);
  });

  test("so is a status", () => {
    const { peers, handled, state } = setUp();
    const peer = peers.connect();
    peer.send(bytesOf(ADD));
    peer.pause(3);
    handled[0]?.exchange.answer(STATUS.ok);
    handled[0]?.exchange.finish();
    expect([peer.received, peer.isClosed, state.endedCount]).toEqual(["sta", false, 0]);
    peer.readOn();
    expect([peer.received, peer.isClosed, state.endedCount]).toEqual(["status\x000\0\0", true, 1]);
  });
});

describe("a client that stops reading", () => {
  test("is dropped after as long as it may be silent, and the work is told", async () => {
    const { peer, report, exchange, state, log, clock } = askReport(2);
    const behind = report("abcdef");
    clock.advance(LIMIT_MS - 1);
    // Pieces that come meanwhile give it no more time.
    report("gh");
    expect([peer.isClosed, exchange.isGone]).toEqual([false, false]);
    clock.advance(1);
    expect([peer.isClosed, exchange.isGone, peer.waitingBytes]).toEqual([true, true, 0]);
    expect(await isSettled(behind)).toBeTrue();
    expect(log.texts("warning")).toEqual(["timeout while sending to flush socket"]);
    expect(report("more")).toBeNull();
    expect(state.endedCount).toBe(0);
    exchange.finish();
    clock.advance(10 * LIMIT_MS);
    expect([peer.received, state.endedCount]).toEqual(["ab", 1]);
    expect(log.lines.length).toBe(1);
  });

  test("does not hold the process when the work is done", () => {
    const { peer, report, exchange, state, clock } = askReport(0);
    report("abc");
    exchange.finish();
    clock.advance(LIMIT_MS);
    expect([peer.isClosed, state.endedCount]).toEqual([true, 1]);
  });
});

describe("a client that hangs up", () => {
  test("is gone, and nobody waits for it", async () => {
    const { peer, report, exchange, state, log, clock } = askReport(0);
    const behind = report("abc");
    peer.vanish();
    expect(exchange.isGone).toBeTrue();
    expect(await isSettled(behind)).toBeTrue();
    expect(report("more")).toBeNull();
    exchange.finish();
    clock.advance(10 * LIMIT_MS);
    expect([state.endedCount, log.lines.length]).toEqual([1, 0]);
  });

  test("unseen, is gone at the next piece", () => {
    const { peer, report, exchange } = askReport(0);
    peer.loseReader();
    expect(exchange.isGone).toBeFalse();
    expect(report("abc")).toBeNull();
    expect(exchange.isGone).toBeTrue();
  });

  test("after the work is done ends the wait for its reading", () => {
    const { peer, report, exchange, state } = askReport(0);
    report("abc");
    exchange.finish();
    peer.vanish();
    expect(state.endedCount).toBe(1);
  });
});

describe("who may ask for a report", () => {
  const requests: readonly FlushRequest[] = [
    { name: "sites" },
    { name: "preview", sites: "a.b" },
    { name: "send", sites: "a.b", reason: "" },
    { name: "verify", sites: "" },
    { name: "compact", sites: "" },
    { name: "rebuild" },
  ];
  for (const request of requests) {
    test(`${request.name}: root and the mail owner, and nobody else`, () => {
      const { peers, handled, state } = setUp();
      for (const uid of [0, OWNER]) {
        peers.connect({ pid: 8, uid, gid: 7 }).send(bytesOf(request));
        expect(handled.at(-1)?.request).toEqual(request);
        expect(handled.at(-1)?.exchange.peer).toMatchObject({ pid: 8, uid });
      }
      expect([handled.length, state.credentialsCount]).toEqual([2, 2]);
      const stranger = peers.connect(STRANGER);
      stranger.send(bytesOf(request));
      expect([handled.length, stranger.received, stranger.isClosed]).toEqual([2, "", true]);
    });
  }

  test("nobody whom the system does not name", () => {
    const { peers, handled, log } = setUp(true);
    const peer = peers.connect();
    peer.send(bytesOf({ name: "sites" }));
    expect([handled.length, peer.received, peer.isClosed]).toEqual([0, "", true]);
    expect(log.lines).toEqual([]);
  });

  test("the original's requests are anybody's, and nobody looks who asks", () => {
    const { peers, handled, state } = setUp();
    for (const request of [ADD, { name: "refresh" }, { name: "purge" }] as const) {
      peers.connect(STRANGER).send(bytesOf(request));
      handled.at(-1)?.exchange.answer(STATUS.ok);
      handled.at(-1)?.exchange.finish();
    }
    expect([handled.length, state.credentialsCount]).toEqual([3, 0]);
  });

  test("who asks is looked up once", () => {
    const { peers, handled, state } = setUp();
    peers.connect(STRANGER).send(bytesOf(ADD));
    expect(handled[0]?.exchange.peer?.uid).toBe(STRANGER.uid);
    expect(handled[0]?.exchange.peer?.pid).toBe(STRANGER.pid);
    expect(state.credentialsCount).toBe(1);
  });
});
