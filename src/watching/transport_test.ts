/** How transports connect, by main.cf and master.cf. */
import { describe, expect, test } from "bun:test";
import { addPostconf, type RouteConfiguration } from "../../test/support/route_postconf.ts";
import { Postconf, PostconfError } from "../installation/postconf.ts";
import { MemoryPrograms } from "../memory/programs.ts";
import { readTransport, type Transport, type TransportReading } from "./transport.ts";

async function read(name: string, configuration: RouteConfiguration): Promise<TransportReading> {
  const programs = new MemoryPrograms();
  addPostconf(programs, configuration);
  return await readTransport(new Postconf(programs, "/etc/postfix"), name);
}

const SMTP: Transport = {
  name: "smtp",
  protocol: "smtp",
  isJailed: true,
  port: "smtp",
  asksDns: true,
  asksHosts: false,
  families: [4, 6],
  addressesMax: 5,
  proxyAddresses: [],
  listenAddresses: null,
};

describe("readTransport", () => {
  for (const [what, name, configuration, want] of [
    ["as main.cf has it by default", "smtp", {}, SMTP],
    ["by its program, whatever its name", "relay", {}, { name: "relay", protocol: "smtp" }],
    ["for LMTP", "lmtp", {}, { protocol: "lmtp", port: "24", isJailed: false }],
    ["IPv4 alone", "smtp", { main: { inet_protocols: "ipv4" } }, { families: [4] }],
    ["IPv6 alone", "smtp", { main: { inet_protocols: "IPv6" } }, { families: [6] }],
    ["both by name", "smtp", { main: { inet_protocols: "ipv6, ipv4" } }, { families: [4, 6] }],
    [
      "without the DNS",
      "smtp",
      { main: { disable_dns_lookups: "yes" } },
      { asksDns: false, asksHosts: true },
    ],
    [
      "without the DNS by its support level",
      "smtp",
      { main: { smtp_dns_support_level: "disabled" } },
      { asksDns: false, asksHosts: true },
    ],
    [
      "with the machine's own names too",
      "smtp",
      { main: { smtp_host_lookup: "dns, native" } },
      { asksDns: true, asksHosts: true },
    ],
    [
      "LMTP by parameters of its own",
      "lmtp",
      { main: { smtp_dns_support_level: "disabled", lmtp_host_lookup: "native" } },
      { asksDns: true, asksHosts: true },
    ],
    [
      "with what its entry sets over main.cf",
      "relay",
      {
        main: { smtp_tcp_port: "26" },
        overrides: { "relay/unix": { smtp_tcp_port: "27" }, "smtp/unix": { smtp_tcp_port: "28" } },
      },
      { port: "27" },
    ],
    ["with a port by main.cf", "smtp", { main: { smtp_tcp_port: "26" } }, { port: "26" }],
    ["with a limit", "smtp", { main: { smtp_mx_address_limit: "0" } }, { addressesMax: 0 }],
    [
      "with this machine's addresses",
      "smtp",
      {
        main: {
          inet_interfaces: "192.0.2.1, [::1]",
          proxy_interfaces: "198.51.100.1 [ipv6:2001:db8::1]",
        },
      },
      { listenAddresses: ["192.0.2.1", "::1"], proxyAddresses: ["198.51.100.1", "2001:db8::1"] },
    ],
  ] as const) {
    test(what, async () => {
      const reading = await read(name, configuration);
      expect(reading.kind === "connects" ? reading.transport : reading).toMatchObject(
        want as object,
      );
    });
  }

  for (const [name, configuration, want] of [
    ["none", {}, { kind: "unknown", why: 'master.cf has no transport "none"' }],
    [
      "local",
      {},
      {
        kind: "does not connect",
        why: 'its transport "local" is local(8), which connects to nobody',
      },
    ],
    [
      "dovecot",
      {},
      {
        kind: "does not connect",
        why: 'its transport "dovecot" is pipe(8), which connects to nobody',
      },
    ],
    [
      "relay",
      { overrides: { "relay/unix": { smtp_tls_wrappermode: "yes" } } },
      {
        kind: "does not connect",
        why: 'its transport "relay" begins with TLS (smtp_tls_wrappermode), where nobody greets before',
      },
    ],
  ] as const) {
    test(`of ${name} says that nobody can connect`, async () => {
      expect(await read(name, configuration)).toEqual(want);
    });
  }

  test("fails where postconf does", async () => {
    const programs = new MemoryPrograms();
    programs.add("postconf", () => ({ status: 1, err: "postconf: fatal: no main.cf\n" }));
    const reading = readTransport(new Postconf(programs, "/etc/postfix"), "smtp");
    expect(await reading.catch((caught: unknown) => caught)).toEqual(
      new PostconfError("no main.cf"),
    );
  });
});
