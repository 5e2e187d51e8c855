/**
 * A network in memory: effects/network.ts for tests that say which names, hosts and servers there are.
 */
import { LookupFault, type MailExchanger, type Network } from "../effects/network.ts";
import { OsError } from "../effects/os_error.ts";
import type { OutgoingConnection, OutgoingEvents } from "../effects/unix_sockets.ts";
import { MemoryUnixSockets, type Serve } from "./unix_sockets.ts";

export class MemoryNetwork implements Network {
  /** MX records by domain. */
  readonly exchangers = new Map<string, readonly MailExchanger[]>();
  /** A and AAAA records by host. */
  readonly addresses = new Map<string, readonly string[]>();
  /** /etc/hosts. */
  readonly hosts = new Map<string, readonly string[]>();
  /** Names whose lookup fails. */
  readonly faulty = new Set<string>();
  own: readonly string[] = [];
  /** Where was connected to, in this order: ADDRESS:PORT. */
  readonly connections: string[] = [];
  readonly #servers = new MemoryUnixSockets();

  /** From now on there is a server at ADDRESS:PORT. */
  listen(place: string, serve: Serve): void {
    this.#servers.listen(place, serve);
  }

  /** From now on connecting to ADDRESS:PORT fails; unless said, it is refused. */
  fail(place: string, code: string): void {
    this.#servers.fail(place, code);
  }

  async mailExchangers(domain: string): Promise<readonly MailExchanger[]> {
    return this.#look(this.exchangers, domain);
  }

  async addressRecords(host: string, family: 4 | 6): Promise<readonly string[]> {
    return this.#look(this.addresses, host).filter((address) => familyOf(address) === family);
  }

  async hostAddresses(host: string, family: 4 | 6): Promise<readonly string[]> {
    return this.#look(this.hosts, host).filter((address) => familyOf(address) === family);
  }

  ownAddresses(): readonly string[] {
    return this.own;
  }

  async connect(
    address: string,
    port: number,
    _limitMs: number,
    open: (connection: OutgoingConnection) => OutgoingEvents,
  ): Promise<void> {
    const place = `${address}:${port}`;
    this.connections.push(place);
    try {
      await this.#servers.connect(place, open);
    } catch (caught) {
      const isNobody = caught instanceof OsError && caught.code === "ENOENT";
      throw isNobody ? new OsError("ECONNREFUSED", "connect") : caught;
    }
  }

  #look<Record>(records: ReadonlyMap<string, readonly Record[]>, name: string): readonly Record[] {
    if (this.faulty.has(name)) {
      throw new LookupFault(`${name} can't be looked up in the DNS (ESERVFAIL)`);
    }
    return records.get(name) ?? [];
  }
}

function familyOf(address: string): 4 | 6 {
  return address.includes(":") ? 6 : 4;
}
