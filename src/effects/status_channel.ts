/**
 * The channel between master(8) and its children, which the siblings of a service share.
 *
 * `send` hands one whole message over, however long the channel is full; it does nothing once master
 * is gone. `onEnd` is called once, when master has closed its end: a reload, or its death.
 */
export interface StatusChannel {
  send(message: Uint8Array): void;
  onEnd(ended: () => void): void;
}
