/** What nexthops of transport_maps and relayhost mean. */
import { expect, test } from "bun:test";
import { type MailProtocol, type Place, parseNexthop } from "./nexthop.ts";

function host(name: string, port: string | null, hasExchangers = false): Place {
  return { kind: "host", host: name, hasExchangers, port };
}

const ROWS: ReadonlyArray<readonly [MailProtocol, string, readonly Place[] | null]> = [
  ["smtp", "example.com", [host("example.com", null, true)]],
  ["smtp", "example.com:587", [host("example.com", "587", true)]],
  ["smtp", "example.com:submission", [host("example.com", "submission", true)]],
  ["smtp", "[mx.example.com]", [host("mx.example.com", null)]],
  ["smtp", "[mx.example.com]:2525", [host("mx.example.com", "2525")]],
  ["smtp", "[192.0.2.1]:25", [host("192.0.2.1", "25")]],
  ["smtp", "[ipv6:2001:db8::1]", [host("2001:db8::1", null)]],
  ["smtp", "[IPv6:2001:db8::1]:26", [host("2001:db8::1", "26")]],
  ["smtp", "[2001:db8::1]", [host("2001:db8::1", null)]],
  ["smtp", "[a.example]:26, b.example", [host("a.example", "26"), host("b.example", null, true)]],
  ["smtp", "a.example,[b.example]", [host("a.example", null, true), host("b.example", null)]],
  ["smtp", "", null],
  ["smtp", " , ", null],
  ["smtp", "[a.example", null],
  ["smtp", "a.example:", null],
  ["smtp", "a.example, [b", null],
  ["lmtp", "unix:private/lmtp", [{ kind: "unix", path: "private/lmtp" }]],
  ["lmtp", "unix:/run/dovecot/lmtp", [{ kind: "unix", path: "/run/dovecot/lmtp" }]],
  ["lmtp", "unix:", null],
  ["lmtp", "inet:host.example:24", [host("host.example", "24")]],
  ["lmtp", "inet:[192.0.2.1]:2003", [host("192.0.2.1", "2003")]],
  ["lmtp", "host.example", [host("host.example", null)]],
];

test.each(ROWS)("%s of %p", (protocol, nexthop, expected) => {
  expect(parseNexthop(protocol, nexthop)).toEqual(expected as readonly Place[]);
});
