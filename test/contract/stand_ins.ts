/**
 * Stand-ins for the other Postfix daemons: a queue manager that notes its letters, and a postlogd that notes
 * its lines. Neither works by itself: whoever runs the case lets them look.
 */
import { chmodSync, closeSync, constants, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { State } from "./contract_case.ts";
import {
  accept,
  close,
  connectTo,
  type Descriptor,
  datagramSocketAt,
  listenerAt,
  readAvailable,
  receive,
} from "./kernel.ts";

/** Anybody may connect, as to master's own sockets. */
const MODE = 0o666;

const QUEUE_MANAGER = "public/qmgr";

/** The queue manager: a listening socket, or what the state has in its place. */
export class QueueManagerStandIn {
  readonly #path: string;
  readonly #listener: Descriptor | null;
  readonly #fifo: Descriptor | null;
  /** Whoever keeps others out of a full backlog. */
  #crowd: Descriptor | null = null;
  readonly #open = new Map<Descriptor, number>();
  readonly #letters: string[] = [];

  /** Takes its place in the queue directory `queue`, which is laid out already. */
  constructor(queue: string, state: State) {
    this.#path = join(queue, QUEUE_MANAGER);
    const entry = state[QUEUE_MANAGER];
    const kind = typeof entry === "object" ? entry.kind : entry === undefined ? "socket" : "file";
    this.#fifo = kind === "fifo" ? openFifo(this.#path) : null;
    this.#listener = this.#listen(kind ?? "file");
  }

  #listen(kind: string): Descriptor | null {
    if (!["socket", "dead socket", "full socket"].includes(kind)) {
      return null;
    }
    const listener = listenerAt(this.#path, kind === "full socket" ? 0 : undefined);
    chmodSync(this.#path, MODE);
    if (kind === "dead socket") {
      close(listener);
      return null;
    }
    // With a backlog of 0 one client may wait, and no second.
    this.#crowd = kind === "full socket" ? connectTo(this.#path) : null;
    return listener;
  }

  /** What it got, a string a connection, and a letter a string from a FIFO. */
  get letters(): readonly string[] {
    return this.#letters;
  }

  /** Takes in what has come, unless its backlog is full. */
  look(): void {
    if (this.#fifo !== null) {
      this.#letters.push(...readAvailable(this.#fifo));
    }
    if (this.#listener === null || this.#crowd !== null) {
      return;
    }
    let socket = accept(this.#listener);
    for (; socket !== null; socket = accept(this.#listener)) {
      this.#open.set(socket, this.#letters.push("") - 1);
    }
    for (const [client, index] of this.#open) {
      this.#readLetters(client, index);
    }
  }

  /** Lets those in whom the crowd kept out. */
  makeRoom(): void {
    if (this.#crowd !== null && this.#listener !== null) {
      close(this.#crowd);
      close(accept(this.#listener) ?? -1);
      this.#crowd = null;
    }
  }

  remove(): void {
    for (const descriptor of [this.#crowd, this.#listener, ...this.#open.keys()]) {
      close(descriptor ?? -1);
    }
    if (this.#fifo !== null) {
      closeSync(this.#fifo);
    }
    rmSync(this.#path, { recursive: true, force: true });
  }

  /** As the real one does: reads, and closes when the NUL has come. */
  #readLetters(client: Descriptor, index: number): void {
    const text = receive(client);
    if (text === null) {
      return;
    }
    this.#letters[index] += text;
    if (text === "" || text.endsWith("\0")) {
      close(client);
      this.#open.delete(client);
    }
  }
}

function openFifo(path: string): Descriptor {
  return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
}

/** A line as it came, taken apart; `text` is the whole datagram where it is no line. */
export interface ReceivedLine {
  readonly host: string;
  readonly tag: string;
  readonly pid: number;
  readonly text: string;
}

/** What a daemon sends to postlogd(8): `Mon dd HH:MM:SS HOST TAG[PID]: TEXT`, without a newline. */
const LINE = /^[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d (\w+) ([^[\] ]+)\[(\d+)\]: ([^\n]*)$/;

/** postlogd(8): a datagram socket. */
export class PostlogStandIn {
  readonly path: string;
  readonly #socket: Descriptor;
  readonly lines: ReceivedLine[] = [];

  /** Takes its place in the queue directory `queue`. */
  constructor(queue: string) {
    this.path = join(queue, "public/postlog");
    this.#socket = datagramSocketAt(this.path);
    chmodSync(this.path, MODE);
  }

  /** Takes in what has come. */
  look(): void {
    for (let text = receive(this.#socket); text !== null; text = receive(this.#socket)) {
      const [, host = "", tag = "malformed", pid = "0", rest = text] = LINE.exec(text) ?? [];
      this.lines.push({ host, tag, pid: Number(pid), text: rest });
    }
  }

  remove(): void {
    close(this.#socket);
    rmSync(this.path, { force: true });
  }
}
