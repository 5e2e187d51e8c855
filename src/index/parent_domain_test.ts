/** Registered domains, and names that have none. */
import { expect, test } from "bun:test";
import { parentDomain } from "./parent_domain.ts";

const ROWS: ReadonlyArray<readonly [site: string, parent: string]> = [
  ["example.com", "example.com"],
  ["a.b.example.com", "example.com"],
  ["mail.example.co.uk", "example.co.uk"],
  ["under_score.example.com", "example.com"],
  ["mail.xn--bcher-kva.de", "xn--bcher-kva.de"],
  ["customer.github.io", "github.io"],
  // Public suffixes: nobody's.
  ["com", "com"],
  ["co.uk", "co.uk"],
  // The list has no rule for these.
  ["corp.internal", "corp.internal"],
  ["mx.corp.internal", "corp.internal"],
  ["a.b.printers.lan", "printers.lan"],
  ["nas.local", "nas.local"],
  ["mail.one.example", "one.example"],
  ["internal", "internal"],
  ["a..internal", "a..internal"],
  ["localhost", "localhost"],
  ["", ""],
  ["192.0.2.1", "192.0.2.1"],
  ["[192.0.2.1]", "[192.0.2.1]"],
  ["[ipv6:2001:db8::1]", "[ipv6:2001:db8::1]"],
];

for (const [site, parent] of ROWS) {
  test(`"${site}" belongs to "${parent}"`, () => {
    expect(parentDomain(site)).toBe(parent);
  });
}
