import { describe, expect, test } from "bun:test";
import type { PeerConnection } from "../effects/peers.ts";
import { bytesToString, stringToBytes } from "../names/byte_string.ts";
import { MemoryPeers } from "./peers.ts";

/** A service that greets, and notes what happens to its connections. */
function setUp() {
  const peers = new MemoryPeers();
  const heard: string[] = [];
  const connections: PeerConnection[] = [];
  const listener = peers.listen((connection) => {
    connections.push(connection);
    heard.push(`greeted ${connection.write(stringToBytes("hello"))}`);
    return {
      data: (bytes) => heard.push(`data ${bytesToString(bytes)}`),
      ended: () => heard.push("ended"),
      drained: () => heard.push("drained"),
      closed: () => heard.push("closed"),
    };
  });
  const write = (text: string) => connections[0]?.write(stringToBytes(text));
  return {
    peers,
    heard,
    listener,
    write,
    close: () => connections[0]?.close(),
    connections,
  };
}

describe("MemoryPeers", () => {
  test("carries both ways, also after the client has shut down writing", () => {
    const { peers, heard, write, close } = setUp();
    const peer = peers.connect();
    peer.send("\xff1");
    peer.end();
    expect(write("answer")).toBe(true);
    expect(peer.received).toBe("helloanswer");
    expect(peer.isClosed).toBe(false);
    close();
    close();
    expect(peer.isClosed).toBe(true);
    expect(heard).toEqual(["greeted true", "data \xff1", "ended", "closed"]);
    peer.vanish();
    peer.send("late");
    expect(heard).toEqual(["greeted true", "data \xff1", "ended", "closed"]);
    expect(write("late")).toBe(false);
    expect(peer.received).toBe("helloanswer");
  });

  test("a client that vanishes is heard of once, and takes no more", () => {
    const { peers, heard, write, close } = setUp();
    const peer = peers.connect();
    peer.vanish();
    expect(write("answer")).toBe(false);
    close();
    expect(heard).toEqual(["greeted true", "closed"]);
    expect([peer.received, peer.isClosed]).toEqual(["hello", false]);
  });

  test("a client that is gone before the greeting can still have sent something", () => {
    const { peers, heard } = setUp();
    const peer = peers.connectVanished();
    peer.send("request");
    peer.vanish();
    expect(heard).toEqual(["greeted false", "data request", "closed"]);
    expect(peer.received).toBe("");
  });

  test("a client that has paused makes the service keep what comes, and takes it when it reads on", () => {
    const { peers, heard, write, connections } = setUp();
    const peer = peers.connect();
    peer.pause(4);
    expect(write("ab")).toBe(true);
    expect(connections[0]?.isBehind).toBe(false);
    expect([write("cdef"), write("gh")]).toEqual([true, true]);
    expect(connections[0]?.isBehind).toBe(true);
    expect([peer.received, peer.waitingBytes]).toEqual(["helloabcd", 4]);
    peer.readOn(3);
    expect([peer.received, peer.waitingBytes]).toEqual(["helloabcdefg", 1]);
    expect(heard).toEqual(["greeted true"]);
    peer.readOn(1);
    expect(heard).toEqual(["greeted true", "drained"]);
    peer.readOn();
    expect(write("ij")).toBe(true);
    expect(peer.received).toBe("helloabcdefghij");
    expect(heard).toEqual(["greeted true", "drained"]);
  });

  test("a connection is closed behind what waits, and takes nothing more", () => {
    const { peers, heard, write, close, connections } = setUp();
    const peer = peers.connect();
    peer.pause(0);
    write("late");
    close();
    close();
    expect(write("later")).toBe(false);
    expect(peer.isClosed).toBe(false);
    expect(connections[0]?.credentials().uid).toBe(0);
    peer.readOn();
    expect([peer.received, peer.isClosed]).toEqual(["hellolate", true]);
    expect(() => connections[0]?.credentials()).toThrow("getsockopt: Bad file descriptor");
    expect(heard).toEqual(["greeted true", "drained", "closed"]);
  });

  test("what waits is dropped when the connection is given up, or the client gone", () => {
    const { peers, heard, write, connections } = setUp();
    const peer = peers.connect();
    peer.pause(1);
    write("abc");
    connections[0]?.abort();
    peer.readOn();
    expect([peer.received, peer.isClosed]).toEqual(["helloa", true]);
    expect(heard).toEqual(["greeted true", "closed"]);
    const other = peers.connect();
    other.pause(0);
    connections[1]?.write(stringToBytes("abc"));
    other.vanish();
    expect(connections[1]?.isBehind).toBe(false);
    other.readOn();
    expect(other.received).toBe("hello");
    expect(heard.slice(2)).toEqual(["greeted true", "closed"]);
  });

  test("a listener that has stopped accepts nobody and keeps whom it has", () => {
    const { peers, listener, write, connections } = setUp();
    const peer = peers.connect({ pid: 9, uid: 8, gid: 7 });
    listener.stop();
    expect(() => peers.connect()).toThrow("connect: Connection refused");
    expect(write("answer")).toBe(true);
    expect(peer.received).toBe("helloanswer");
    expect(connections[0]?.credentials()).toEqual({ pid: 9, uid: 8, gid: 7 });
  });
});
