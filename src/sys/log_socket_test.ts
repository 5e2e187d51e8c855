/** A log daemon that is restarted, slow, or not there: its socket is that of the test. */

import { dlopen, FFIType } from "bun:ffi";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringToBytes } from "../names/byte_string.ts";
import { openLogSocket } from "./log_socket.ts";

const int = FFIType.i32;
const libc = dlopen("libc.so.6", {
  socket: { args: [int, int, int], returns: int },
  bind: { args: [int, FFIType.ptr, FFIType.u32], returns: int },
  recv: { args: [int, FFIType.ptr, FFIType.u64, int], returns: int },
  close: { args: [int], returns: int },
}).symbols;

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const MSG_DONTWAIT = 0x40;

const LINE = stringToBytes("a line");

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fastflush-log-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function listen(path: string): number {
  const address = Buffer.alloc(110);
  address.writeUInt16LE(AF_UNIX, 0);
  address.write(path, 2, "latin1");
  const socket = libc.socket(AF_UNIX, SOCK_DGRAM, 0);
  expect(libc.bind(socket, address, address.length)).toBe(0);
  return socket;
}

function received(socket: number): string | null {
  const bytes = Buffer.alloc(100);
  const count = libc.recv(socket, bytes, bytes.length, MSG_DONTWAIT);
  return count < 0 ? null : bytes.toString("latin1", 0, count);
}

describe("openLogSocket", () => {
  test("finds a log daemon that was restarted", () => {
    const path = join(folder, "log");
    const first = listen(path);
    const log = openLogSocket([path]);
    expect(log.send(LINE)).toBe("sent");
    expect(received(first)).toBe("a line");
    libc.close(first);
    expect(log.send(LINE)).toBe("gone");
    rmSync(path);
    const second = listen(path);
    expect(log.send(LINE)).toBe("sent");
    expect(received(second)).toBe("a line");
    libc.close(second);
    log.close();
  });

  test("goes to the second address where the first has nobody", () => {
    const path = join(folder, "inside");
    const socket = listen(path);
    const log = openLogSocket([join(folder, "outside"), path]);
    expect(log.send(LINE)).toBe("sent");
    expect(received(socket)).toBe("a line");
    libc.close(socket);
    log.close();
  });

  test("does not wait for a log daemon that is behind", () => {
    const path = join(folder, "log");
    const socket = listen(path);
    const log = openLogSocket([path]);
    let outcome = log.send(LINE);
    for (let count = 0; count < 100_000 && outcome === "sent"; count++) {
      outcome = log.send(LINE);
    }
    expect(outcome).toBe("full");
    received(socket);
    expect(log.send(LINE)).toBe("sent");
    libc.close(socket);
    log.close();
  });
});
