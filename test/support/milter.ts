/**
 * For tests: a mail filter that edits what it is told to, over Postfix's Milter protocol (version 6).
 *
 * It looks at the subject only. Where that begins with `edit`, it adds two recipients, takes one back, adds a
 * header and makes another longer; with `edit all`, it also changes the sender and replaces the body by a longer
 * one. So each kind of edit that moves records about in a queue file is made. Listens on 127.0.0.1.
 */
import type { Socket, TCPSocketListener } from "bun";

/** Added to a message that is edited. */
export const ADDED_RECIPIENTS = ["first@added.example", "second@added.example"] as const;

/** Taken back from a message that is edited. */
export const REMOVED_RECIPIENT = "removed@one.example";

/** Instead of the sender, with `edit all`. */
export const NEW_SENDER = "new@changed.example";

/** A length, then a letter that says what it is, then the data. */
const LENGTH_BYTES = 4;
const VERSION = 6;
/** Add and change headers, change the body, add and remove recipients, change the sender. */
const WANTED_ACTIONS = 0x01 | 0x02 | 0x04 | 0x08 | 0x10 | 0x80;

const LONG_SUBJECT = "Longer than what stood in its place. ".repeat(5);
const BODY_PART = "Instead of what was there.\r\n".repeat(1_000);
const BODY_PARTS = 4;

interface Conversation {
  unread: Buffer;
  subject: string;
}

/** Starts the filter; `stop(true)` ends it. */
export function startMilter(port: number): TCPSocketListener<Conversation> {
  return Bun.listen<Conversation>({
    hostname: "127.0.0.1",
    port,
    socket: {
      open: (socket) => {
        socket.data = { unread: Buffer.alloc(0), subject: "" };
      },
      data: (socket, chunk) => {
        socket.data.unread = Buffer.concat([socket.data.unread, chunk]);
        takePackets(socket);
      },
    },
  });
}

function takePackets(socket: Socket<Conversation>): void {
  for (;;) {
    const { unread } = socket.data;
    const end = LENGTH_BYTES + (unread.length < LENGTH_BYTES ? 0 : unread.readUInt32BE());
    if (unread.length < LENGTH_BYTES || unread.length < end) {
      return;
    }
    socket.data.unread = unread.subarray(end);
    answer(socket, unread.toString("latin1", LENGTH_BYTES, end));
  }
}

/** `O` options, `L` a header, `E` the message's end; `D` macros, `A` abort and `Q` quit get no answer. */
function answer(socket: Socket<Conversation>, packet: string): void {
  switch (packet[0]) {
    case "O":
      send(socket, "O", number(VERSION) + number(WANTED_ACTIONS) + number(0));
      return;
    case "D":
    case "A":
      return;
    case "Q":
      socket.end();
      return;
    case "L": {
      const [name = "", value = ""] = packet.slice(1).split("\0");
      socket.data.subject = name === "Subject" ? value.trim() : socket.data.subject;
      break;
    }
    case "E":
      edit(socket);
      break;
  }
  send(socket, "c", "");
}

function edit(socket: Socket<Conversation>): void {
  const { subject } = socket.data;
  if (!subject.startsWith("edit")) {
    return;
  }
  for (const recipient of ADDED_RECIPIENTS) {
    send(socket, "+", `<${recipient}>\0`);
  }
  send(socket, "-", `<${REMOVED_RECIPIENT}>\0`);
  send(socket, "h", "X-Added\0yes\0");
  send(socket, "m", `${number(1)}Subject\0${LONG_SUBJECT}\0`);
  if (subject === "edit all") {
    send(socket, "e", `<${NEW_SENDER}>\0`);
    for (let count = 0; count < BODY_PARTS; count++) {
      send(socket, "b", BODY_PART);
    }
  }
}

function send(socket: Socket<Conversation>, letter: string, data: string): void {
  const bytes = Buffer.from(number(1 + data.length) + letter + data, "latin1");
  if (socket.write(bytes) !== bytes.length) {
    throw new Error("answer Postfix: the socket took only part of it");
  }
}

function number(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes.toString("latin1");
}
