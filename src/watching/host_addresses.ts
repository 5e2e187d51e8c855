/**
 * The addresses that Postfix's client would connect to for a destination, in its order: mail exchangers by preference,
 * then their addresses; the name itself where it has none.
 *
 * Of exchangers of the same preference Postfix begins with one at random; here all are tried, as they came. Where this
 * machine is an exchanger itself, and the port is SMTP's own, only those before it are left, as with Postfix: a backup
 * server must not take itself for the destination that it waits for. Throws LookupFault where the DNS fails.
 */
import type { Network } from "../effects/network.ts";
import type { Place } from "./nexthop.ts";
import type { Transport } from "./transport.ts";

/** Where to connect. */
interface HostAddress {
  readonly host: string;
  readonly address: string;
}

/** The addresses; or why there are none, in words that follow a colon. */
export type AddressReading =
  | { readonly kind: "addresses"; readonly addresses: readonly HostAddress[] }
  | { readonly kind: "none"; readonly why: string };

const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/** At another port another server listens, on this machine too. */
const SMTP_PORT = 25;

/** Looks them up. */
export async function addressesOf(
  network: Network,
  transport: Transport,
  { host, hasExchangers }: Extract<Place, { kind: "host" }>,
  port: number,
): Promise<AddressReading> {
  if (!hasExchangers || !transport.asksDns) {
    return named(host, limited(transport, await hostAddresses(network, transport, host)));
  }
  const exchangers = [...(await network.mailExchangers(host))].sort(
    (one, other) => one.preference - other.preference,
  );
  if (exchangers.length === 0) {
    return named(host, limited(transport, await hostAddresses(network, transport, host)));
  }
  if (exchangers.some((exchanger) => exchanger.host === "")) {
    return { kind: "none", why: `${host} takes no mail, its MX record says` };
  }
  const own = port === SMTP_PORT ? ownAddresses(network, transport) : new Set<string>();
  const found: HostAddress[] = [];
  for (const [, group] of Map.groupBy(exchangers, ({ preference }) => preference)) {
    const addresses: HostAddress[] = [];
    for (const exchanger of group) {
      addresses.push(...(await hostAddresses(network, transport, exchanger.host)));
    }
    if (addresses.some(({ address }) => own.has(address))) {
      const why = `this machine itself is the first mail exchanger of ${host}`;
      return found.length === 0 ? { kind: "none", why } : named(host, limited(transport, found));
    }
    found.push(...addresses);
  }
  return named(host, limited(transport, found));
}

async function hostAddresses(
  network: Network,
  { families, asksDns, asksHosts }: Transport,
  host: string,
): Promise<HostAddress[]> {
  if (IPV4.test(host) || host.includes(":")) {
    return [{ host, address: host }];
  }
  const look = async (lookUp: Network["addressRecords"]): Promise<string[]> =>
    (await Promise.all(families.map((family) => lookUp(host, family)))).flat();
  const byDns = asksDns ? await look((name, family) => network.addressRecords(name, family)) : [];
  const addresses =
    byDns.length === 0 && asksHosts
      ? await look((name, family) => network.hostAddresses(name, family))
      : byDns;
  return addresses.map((address) => ({ host, address }));
}

function ownAddresses(network: Network, transport: Transport): ReadonlySet<string> {
  const listens = transport.listenAddresses ?? network.ownAddresses();
  return new Set([...listens, ...transport.proxyAddresses]);
}

function limited(
  { addressesMax }: Transport,
  addresses: readonly HostAddress[],
): readonly HostAddress[] {
  return addressesMax === 0 ? addresses : addresses.slice(0, addressesMax);
}

function named(host: string, addresses: readonly HostAddress[]): AddressReading {
  return addresses.length === 0
    ? { kind: "none", why: `no address is known of ${host}` }
    : { kind: "addresses", addresses };
}
