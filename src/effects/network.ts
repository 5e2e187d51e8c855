/**
 * The network as a mail client sees it: which hosts take a domain's mail, where they are, and connections to them.
 *
 * For the operator's command: the service talks to no network. Names, addresses and exchangers' names are ASCII text.
 */
import type { OutgoingConnection, OutgoingEvents } from "./unix_sockets.ts";

/** A host that takes a domain's mail; of those of a lower preference the first is tried. */
export interface MailExchanger {
  /** Empty: the domain takes no mail (RFC 7505). */
  readonly host: string;
  readonly preference: number;
}

/** A lookup that has not failed and found nothing is an empty list; one that failed throws this. */
export class LookupFault extends Error {
  override readonly name = "LookupFault";
}

export interface Network {
  /** MX records, in no order. Throws LookupFault. */
  mailExchangers(domain: string): Promise<readonly MailExchanger[]>;
  /** A records (4) or AAAA records (6). Throws LookupFault. */
  addressRecords(host: string, family: 4 | 6): Promise<readonly string[]>;
  /** As this machine resolves names: /etc/hosts and whatever nsswitch.conf(5) says. Throws LookupFault. */
  hostAddresses(host: string, family: 4 | 6): Promise<readonly string[]>;
  /** Addresses of this machine's interfaces. */
  ownAddresses(): readonly string[];
  /**
   * Connects by TCP, within so long, and asks `open` what to do with what comes. Rejects with OsError: ETIMEDOUT where
   * it took too long.
   */
  connect(
    address: string,
    port: number,
    limitMs: number,
    open: (connection: OutgoingConnection) => OutgoingEvents,
  ): Promise<void>;
}
