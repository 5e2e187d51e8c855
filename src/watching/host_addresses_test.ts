/** Where Postfix would connect: exchangers, addresses, and their order. */
import { describe, expect, test } from "bun:test";
import { LookupFault } from "../effects/network.ts";
import { MemoryNetwork } from "../memory/network.ts";
import { addressesOf } from "./host_addresses.ts";
import type { Place } from "./nexthop.ts";
import type { Transport } from "./transport.ts";

const TRANSPORT: Transport = {
  name: "smtp",
  protocol: "smtp",
  isJailed: false,
  port: "smtp",
  asksDns: true,
  asksHosts: false,
  families: [4, 6],
  addressesMax: 5,
  proxyAddresses: [],
  listenAddresses: null,
};

const DOMAIN = { kind: "host", host: "a.example", hasExchangers: true, port: null } as const;
const HOST = { ...DOMAIN, hasExchangers: false };

function network(): MemoryNetwork {
  const made = new MemoryNetwork();
  made.exchangers.set("a.example", [
    { host: "second.example", preference: 20 },
    { host: "first.example", preference: 10 },
    { host: "also-first.example", preference: 10 },
  ]);
  made.exchangers.set("none.example", [{ host: "", preference: 0 }]);
  made.addresses.set("first.example", ["192.0.2.1", "2001:db8::1"]);
  made.addresses.set("also-first.example", ["192.0.2.2"]);
  made.addresses.set("second.example", ["192.0.2.3"]);
  made.addresses.set("a.example", ["192.0.2.9"]);
  made.addresses.set("bare.example", ["192.0.2.8"]);
  made.hosts.set("a.example", ["127.0.0.9", "::9"]);
  made.hosts.set("only-hosts.example", ["127.0.0.8"]);
  return made;
}

interface Row {
  readonly name: string;
  readonly place?: Extract<Place, { kind: "host" }>;
  readonly transport?: Partial<Transport>;
  readonly own?: readonly string[];
  readonly port?: number;
  /** Addresses, or why there are none. */
  readonly want: readonly string[] | string;
}

const ROWS: readonly Row[] = [
  {
    name: "exchangers by preference, as they came",
    want: ["192.0.2.1", "2001:db8::1", "192.0.2.2", "192.0.2.3"],
  },
  {
    name: "IPv4 alone",
    transport: { families: [4] },
    want: ["192.0.2.1", "192.0.2.2", "192.0.2.3"],
  },
  { name: "IPv6 alone", transport: { families: [6] }, want: ["2001:db8::1"] },
  {
    name: "no more than smtp_mx_address_limit",
    transport: { addressesMax: 2 },
    want: ["192.0.2.1", "2001:db8::1"],
  },
  {
    name: "all without a limit",
    transport: { addressesMax: 0 },
    want: ["192.0.2.1", "2001:db8::1", "192.0.2.2", "192.0.2.3"],
  },
  { name: "a host in brackets", place: HOST, want: ["192.0.2.9"] },
  {
    name: "a domain without exchangers",
    place: { ...DOMAIN, host: "bare.example" },
    want: ["192.0.2.8"],
  },
  { name: "an address", place: { ...HOST, host: "192.0.2.77" }, want: ["192.0.2.77"] },
  { name: "an IPv6 address", place: { ...HOST, host: "2001:db8::77" }, want: ["2001:db8::77"] },
  {
    name: "a domain that takes no mail",
    place: { ...DOMAIN, host: "none.example" },
    want: "none.example takes no mail, its MX record says",
  },
  {
    name: "a domain that is not there",
    place: { ...DOMAIN, host: "x.example" },
    want: "no address is known of x.example",
  },
  {
    name: "no DNS: the machine's own names",
    transport: { asksDns: false, asksHosts: true },
    want: ["127.0.0.9", "::9"],
  },
  {
    name: "the DNS before the machine's own names",
    place: HOST,
    transport: { asksHosts: true },
    want: ["192.0.2.9"],
  },
  {
    name: "the machine's own names where the DNS has none",
    place: { ...HOST, host: "only-hosts.example" },
    transport: { asksHosts: true },
    want: ["127.0.0.8"],
  },
  {
    name: "not the machine's own names unless asked for",
    place: { ...HOST, host: "only-hosts.example" },
    want: "no address is known of only-hosts.example",
  },
  {
    name: "what comes before this machine",
    own: ["192.0.2.3"],
    want: ["192.0.2.1", "2001:db8::1", "192.0.2.2"],
  },
  {
    name: "all at another port, where another server listens on this machine",
    own: ["192.0.2.3"],
    port: 2525,
    want: ["192.0.2.1", "2001:db8::1", "192.0.2.2", "192.0.2.3"],
  },
  {
    name: "nothing where this machine is first",
    own: ["192.0.2.2"],
    want: "this machine itself is the first mail exchanger of a.example",
  },
  {
    name: "an address of inet_interfaces is this machine",
    transport: { listenAddresses: ["192.0.2.1"] },
    want: "this machine itself is the first mail exchanger of a.example",
  },
  {
    name: "another interface is not, then",
    own: ["192.0.2.1"],
    transport: { listenAddresses: ["192.0.2.5"] },
    want: ["192.0.2.1", "2001:db8::1", "192.0.2.2", "192.0.2.3"],
  },
  {
    name: "an address of proxy_interfaces is this machine",
    transport: { proxyAddresses: ["192.0.2.3"] },
    want: ["192.0.2.1", "2001:db8::1", "192.0.2.2"],
  },
];

describe("addressesOf", () => {
  for (const { name, place = DOMAIN, transport, own = [], port = 25, want } of ROWS) {
    test(name, async () => {
      const lab = network();
      lab.own = own;
      const got = await addressesOf(lab, { ...TRANSPORT, ...transport }, place, port);
      expect(got.kind === "none" ? got.why : got.addresses.map(({ address }) => address)).toEqual(
        want as string[],
      );
    });
  }

  test("names the host of each address", async () => {
    const got = await addressesOf(network(), TRANSPORT, DOMAIN, 25);
    expect(got).toMatchObject({
      addresses: [{ host: "first.example", address: "192.0.2.1" }, {}, {}, {}],
    });
  });

  for (const faulty of ["a.example", "first.example"]) {
    test(`fails where the DNS does, for ${faulty}`, async () => {
      const lab = network();
      lab.faulty.add(faulty);
      const looking = addressesOf(lab, TRANSPORT, DOMAIN, 25);
      expect(await looking.catch((caught: unknown) => caught)).toBeInstanceOf(LookupFault);
    });
  }
});
