/**
 * The other ends of this project's sockets, made by the C library alone: listeners, clients, a pair, a log daemon's.
 *
 * Nothing waits: who has nothing to read gets null, and who could not write gets false.
 */
import { dlopen, FFIType } from "bun:ffi";
import { bytesToString, stringToBytes } from "../../src/names/byte_string.ts";

const int = FFIType.i32;
const pointer = FFIType.ptr;
const size = FFIType.u64;

const libc = dlopen("libc.so.6", {
  socket: { args: [int, int, int], returns: int },
  socketpair: { args: [int, int, int, pointer], returns: int },
  bind: { args: [int, pointer, FFIType.u32], returns: int },
  listen: { args: [int, int], returns: int },
  accept: { args: [int, pointer, pointer], returns: int },
  connect: { args: [int, pointer, FFIType.u32], returns: int },
  send: { args: [int, pointer, size, int], returns: FFIType.i64 },
  recv: { args: [int, pointer, size, int], returns: FFIType.i64 },
  shutdown: { args: [int, int], returns: int },
  close: { args: [int], returns: int },
}).symbols;

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const NON_BLOCKING = 0x800;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const SHUT_WR = 1;
const BACKLOG = 100;
const READ_BYTES = 64 * 1024;

/** A descriptor of a socket that listens at a path. */
export function listenAt(path: string): number {
  const socket = bindAt(path, SOCK_STREAM);
  check(libc.listen(socket, BACKLOG), "listen");
  return socket;
}

/** A log daemon's socket. */
export function bindDatagramsAt(path: string): number {
  return bindAt(path, SOCK_DGRAM);
}

/** A client of whoever listens at a path. */
export function connectTo(path: string): number {
  const socket = check(libc.socket(AF_UNIX, SOCK_STREAM, 0), "socket");
  const address = addressOf(path);
  check(libc.connect(socket, address, address.length), "connect");
  return socket;
}

/** The next client of a listener; null: there is none. */
export function acceptNext(listener: number): number | null {
  const client = libc.accept(listener, null, null);
  return client < 0 ? null : client;
}

/** Two ends of one stream. */
export function streamPair(): [one: number, other: number] {
  const ends = new Int32Array(2);
  check(libc.socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socketpair");
  return [ends[0] ?? -1, ends[1] ?? -1];
}

/** A byte string goes out whole. */
export function sendText(socket: number, text: string): void {
  const bytes = stringToBytes(text);
  check(Number(libc.send(socket, bytes, bytes.length, MSG_NOSIGNAL)), "send");
}

/** What there is to read, as a byte string; empty at the end; null: nothing yet. */
export function receiveText(socket: number): string | null {
  const bytes = new Uint8Array(READ_BYTES);
  const count = Number(libc.recv(socket, bytes, bytes.length, MSG_DONTWAIT));
  return count < 0 ? null : bytesToString(bytes.subarray(0, count));
}

/** Nothing more will be written. */
export function shutDownWriting(socket: number): void {
  check(libc.shutdown(socket, SHUT_WR), "shutdown");
}

/** Closes one of them. */
export function closeSocket(socket: number): void {
  libc.close(socket);
}

function bindAt(path: string, type: number): number {
  const socket = check(libc.socket(AF_UNIX, type | NON_BLOCKING, 0), "socket");
  const address = addressOf(path);
  check(libc.bind(socket, address, address.length), "bind");
  return socket;
}

function addressOf(path: string): Buffer {
  const bytes = Buffer.alloc(110);
  bytes.writeUInt16LE(AF_UNIX, 0);
  bytes.write(path, 2, "latin1");
  return bytes;
}

function check(result: number, call: string): number {
  if (result < 0) {
    throw new Error(`${call} failed`);
  }
  return result;
}
