/**
 * For tests: a postconf(1) in memory that answers what a route takes to be known.
 */
import type { MemoryPrograms } from "../../src/memory/programs.ts";

/** Entries of master.cf: name, chroot, command; `-o` settings are those of `overrides`, by entry. */
export interface RouteConfiguration {
  readonly main?: Readonly<Record<string, string>>;
  readonly entries?: ReadonlyArray<readonly [name: string, chroot: string, command: string]>;
  readonly overrides?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const DEFAULTS: Readonly<Record<string, string>> = {
  rewrite_service_name: "rewrite",
  inet_protocols: "all",
  inet_interfaces: "all",
  proxy_interfaces: "",
  disable_dns_lookups: "no",
  ...ownDefaults("smtp", "smtp"),
  ...ownDefaults("lmtp", "24"),
};

const ENTRIES = [
  ["smtp", "y", "smtp"],
  ["relay", "y", "smtp -o syslog_name=postfix/relay"],
  ["lmtp", "n", "lmtp"],
  ["local", "n", "local"],
  ["dovecot", "n", "pipe flags=DRhu user=vmail argv=/usr/lib/dovecot/deliver"],
] as const;

function ownDefaults(protocol: string, port: string): Record<string, string> {
  return {
    [`${protocol}_host_lookup`]: "dns",
    [`${protocol}_dns_support_level`]: "",
    [`${protocol}_tcp_port`]: port,
    [`${protocol}_mx_address_limit`]: "5",
    [`${protocol}_tls_wrappermode`]: "no",
  };
}

/** Installs it. */
export function addPostconf(
  programs: MemoryPrograms,
  { main = {}, entries = ENTRIES, overrides = {} }: RouteConfiguration = {},
): void {
  const values = { ...DEFAULTS, ...main };
  programs.add("postconf", ([, , option, ...names]) => {
    if (option === "-F") {
      const lines = entries.flatMap(([name, chroot, command]) => [
        `${name}/unix/service = ${name}`,
        `${name}/unix/type = unix`,
        `${name}/unix/chroot = ${chroot}`,
        `${name}/unix/command = ${command}`,
      ]);
      return { out: `smtp/inet/service = smtp\nsmtp/inet/type = inet\n${lines.join("\n")}\n` };
    }
    const lines =
      option === "-P"
        ? Object.entries(overrides).flatMap(([entry, own]) =>
            Object.entries(own).map(([name, value]) => `${entry}/${name} = ${value}`),
          )
        : names.map((name) => `${name} = ${values[name as keyof typeof values] ?? ""}`);
    return { out: `${lines.join("\n")}\n` };
  });
}
