/**
 * Clients: a listener that hands over connections, and what can be done with one.
 *
 * Data flows in by the PeerEvents that the acceptor returns; after `closed` nothing more comes. What is
 * written is never lost in part: what the peer does not take at once is kept, and follows as it reads. How
 * much is kept is up to the writer, who sees `isBehind` and hears `drained`.
 */
export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** Our end of a connection. */
export interface PeerConnection {
  /**
   * Hands over all of the bytes, which must not change afterwards. False when the peer is already gone,
   * or the connection closed: then nothing was written, nor will be.
   */
  write(bytes: Uint8Array): boolean;
  /** Something that was written waits until the peer reads. */
  readonly isBehind: boolean;
  /** Closes after what was written has been handed over; a second call does nothing. */
  close(): void;
  /** Closes at once; what waits is dropped. */
  abort(): void;
  /** Who connected, by SO_PEERCRED. Throws OsError, always so once the connection is gone. */
  credentials(): PeerCredentials;
}

/** What the other end does. */
export interface PeerEvents {
  data(bytes: Uint8Array): void;
  /** The peer has shut down writing; it may still read. */
  ended(): void;
  /** All that had to wait has been handed over; not told of what never waited. */
  drained(): void;
  /** The connection is gone, whoever closed it. */
  closed(): void;
}

/** A listener at work. */
export interface PeerListener {
  /** Accepts no further connection; those accepted go on. Other processes' listeners stay. */
  stop(): void;
}

export interface Peers {
  listen(accept: (connection: PeerConnection) => PeerEvents): PeerListener;
}
