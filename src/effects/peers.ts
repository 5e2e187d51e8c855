/**
 * Clients: a listener that hands over connections, and what can be done with one.
 *
 * Data flows in by the PeerEvents that the acceptor returns; after `closed` nothing more comes.
 */
export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** Our end of a connection. */
export interface PeerConnection {
  /** False when the peer is already gone: then nothing was written, nor will be. */
  write(bytes: Uint8Array): boolean;
  /** Closes after what was written has been handed over; a second call does nothing. */
  close(): void;
  /** Who connected, by SO_PEERCRED. */
  credentials(): PeerCredentials;
}

/** What the other end does. */
export interface PeerEvents {
  data(bytes: Uint8Array): void;
  /** The peer has shut down writing; it may still read. */
  ended(): void;
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
