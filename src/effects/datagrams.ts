/**
 * A datagram socket to a log daemon, connected once and again when its other end has come back.
 *
 * `send` never blocks and never throws. "full": the receiver is behind, try later. "gone": nobody
 * listens at the address now; the next call tries to connect anew.
 */
export interface DatagramSocket {
  send(bytes: Uint8Array): "sent" | "full" | "gone";
  /** Gives the descriptor back; nothing is sent any more. */
  close(): void;
}
