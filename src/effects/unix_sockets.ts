/**
 * Connections that we make: to a service that listens on a UNIX-domain stream socket of this machine.
 *
 * The other side of effects/peers.ts. After `closed` nothing more comes.
 */
export interface OutgoingConnection {
  /** Sends bytes, at most a few thousand; a connection that does not take them is closed. */
  write(bytes: Uint8Array): void;
  /** Closes at once; `closed` follows. */
  abort(): void;
}

/** What the service does. */
export interface OutgoingEvents {
  data(bytes: Uint8Array): void;
  /** The connection is gone, whoever closed it. */
  closed(): void;
}

export interface UnixSockets {
  /**
   * Connects to the socket at `path`, a byte string, and asks `open` what to do with what comes. Rejects with
   * OsError: ENOENT and ECONNREFUSED where nobody listens, EAGAIN where too many clients wait already.
   */
  connect(path: string, open: (connection: OutgoingConnection) => OutgoingEvents): Promise<void>;
}
