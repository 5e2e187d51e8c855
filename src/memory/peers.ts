/**
 * Clients in memory: effects/peers.ts, with both ends in the hands of a test.
 *
 * What the client does reaches the service at once, within the call; so does `closed`, when the service itself
 * closes. A client that has paused takes as many bytes as
 * the test says, as the kernel would for it; what waits behind them goes on when it reads on.
 */
import { OsError } from "../effects/os_error.ts";
import type {
  PeerConnection,
  PeerCredentials,
  PeerEvents,
  PeerListener,
  Peers,
} from "../effects/peers.ts";
import { bytesToString, stringToBytes } from "../names/byte_string.ts";

/** Postfix's own clients run as the mail owner or as root. */
const CREDENTIALS: PeerCredentials = { pid: 4711, uid: 0, gid: 0 };

type Accept = (connection: PeerConnection) => PeerEvents;

export class MemoryPeers implements Peers {
  #accept: Accept | null = null;

  listen(accept: Accept): PeerListener {
    if (this.#accept !== null) {
      throw new Error("listen: there is a listener already");
    }
    this.#accept = accept;
    return {
      stop: () => {
        this.#accept = null;
      },
    };
  }

  /** A client connects. Throws ECONNREFUSED where nobody listens (any more). */
  connect(credentials: PeerCredentials = CREDENTIALS): MemoryPeer {
    return this.#connectPeer(new MemoryPeer(credentials));
  }

  /** A client that is gone before it is greeted; what it sent before can still be delivered. */
  connectVanished(): MemoryPeer {
    const peer = new MemoryPeer(CREDENTIALS);
    peer.loseReader();
    return this.#connectPeer(peer);
  }

  #connectPeer(peer: MemoryPeer): MemoryPeer {
    if (this.#accept === null) {
      throw new OsError("ECONNREFUSED", "connect");
    }
    peer.start(this.#accept);
    return peer;
  }
}

/** The client's end of a connection. */
export class MemoryPeer {
  readonly #credentials: PeerCredentials;
  #events: PeerEvents | null = null;
  #receivedText = "";
  /** Written, but not taken yet. */
  #waitingText = "";
  #roomBytes = Number.POSITIVE_INFINITY;
  #isReading = true;
  #isClosing = false;
  #isClosedByService = false;
  #hasHeardClosed = false;

  constructor(credentials: PeerCredentials) {
    this.#credentials = credentials;
  }

  /** All that the service has written so far, as a byte string. */
  get received(): string {
    return this.#receivedText;
  }

  /** The service has closed the connection. */
  get isClosed(): boolean {
    return this.#isClosedByService;
  }

  /** How many bytes the service has to keep for this client. */
  get waitingBytes(): number {
    return this.#waitingText.length;
  }

  /** Sends a byte string; it arrives as one piece. */
  send(text: string): void {
    if (this.#isOpen()) {
      this.#events?.data(stringToBytes(text));
    }
  }

  /** Shuts down writing, and goes on reading. */
  end(): void {
    if (this.#isOpen()) {
      this.#events?.ended();
    }
  }

  /** The client dies: nothing can be written to it any more, and the service hears that it is gone. */
  vanish(): void {
    this.#isReading = false;
    this.#tellClosed();
  }

  /** The client stops reading without a sign: the service learns of it when it writes. */
  loseReader(): void {
    this.#isReading = false;
  }

  /** The client stops reading; so many bytes more can be written to it. */
  pause(roomBytes: number): void {
    this.#roomBytes = roomBytes;
  }

  /** The client reads, and takes so many bytes more; without a number, all that ever come. */
  readOn(roomBytes = Number.POSITIVE_INFINITY): void {
    this.#roomBytes = roomBytes;
    if (this.#waitingText === "" || !this.#isReading || !this.#isOpen()) {
      return;
    }
    const text = this.#waitingText;
    this.#waitingText = "";
    this.#append(text);
    if (this.#waitingText === "") {
      this.#events?.drained();
      if (this.#isClosing && !this.#isBehind()) {
        this.#closeByService();
      }
    }
  }

  /** Hands the connection to the service; MemoryPeers calls it once. */
  start(accept: Accept): void {
    const isBehind = () => this.#isBehind();
    this.#events = accept({
      get isBehind() {
        return isBehind();
      },
      write: (bytes) => this.#take(bytes),
      close: () => this.#close(),
      abort: () => this.#closeByService(),
      credentials: () => this.#tellCredentials(),
    });
    if (this.#hasHeardClosed) {
      // It was closed while it was accepted.
      this.#events.closed();
    }
  }

  #take(bytes: Uint8Array): boolean {
    if (!this.#isReading || this.#isClosing || !this.#isOpen()) {
      return false;
    }
    this.#append(bytesToString(bytes));
    return true;
  }

  #append(text: string): void {
    const taken = this.#waitingText === "" ? text.slice(0, this.#roomBytes) : "";
    this.#receivedText += taken;
    this.#roomBytes -= taken.length;
    this.#waitingText += text.slice(taken.length);
  }

  #tellCredentials(): PeerCredentials {
    if (!this.#isOpen()) {
      throw new OsError("EBADF", "getsockopt");
    }
    return this.#credentials;
  }

  #close(): void {
    this.#isClosing = true;
    if (this.#waitingText === "") {
      this.#closeByService();
    }
  }

  #closeByService(): void {
    this.#waitingText = "";
    if (this.#isOpen()) {
      this.#isClosedByService = true;
      this.#tellClosed();
    }
  }

  #tellClosed(): void {
    if (!this.#hasHeardClosed) {
      this.#hasHeardClosed = true;
      this.#waitingText = "";
      this.#events?.closed();
    }
  }

  #isBehind(): boolean {
    return this.#waitingText !== "";
  }

  #isOpen(): boolean {
    return !this.#isClosedByService && !this.#hasHeardClosed;
  }
}
