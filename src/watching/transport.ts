/**
 * How a transport of master.cf delivers, as far as it takes to connect as it would: main.cf's values, with what its entry
 * sets by `-o` over them, as postconf(1) tells them.
 *
 * What can't be known by connecting is no fault: local(8), pipe(8) and the like deliver, and have no place to connect to.
 */
import type { MasterEntry, Postconf } from "../installation/postconf.ts";
import type { MailProtocol } from "./nexthop.ts";

/** How its client finds hosts and connects. */
export interface Transport {
  readonly name: string;
  readonly protocol: MailProtocol;
  /** Its paths begin at the queue directory. */
  readonly isJailed: boolean;
  /** A number or a service's name. */
  readonly port: string;
  /** Mail exchangers, and addresses, are asked for in the DNS. */
  readonly asksDns: boolean;
  /** Where else names are looked up; with `asksDns`, where that has found nothing. */
  readonly asksHosts: boolean;
  /** IPv4 and IPv6, as far as they are used at all. */
  readonly families: readonly (4 | 6)[];
  /** At most so many addresses of a destination are tried; 0: all. */
  readonly addressesMax: number;
  /** Addresses that are this machine's own to the outside: proxy_interfaces. */
  readonly proxyAddresses: readonly string[];
  /** The addresses that it receives mail on; null: all that the machine has. */
  readonly listenAddresses: readonly string[] | null;
}

/** A transport; or why nobody can connect as it does, in words that follow a colon. */
export type TransportReading =
  | { readonly kind: "connects"; readonly transport: Transport }
  | { readonly kind: "does not connect" | "unknown"; readonly why: string };

const NAMES = [
  "inet_protocols",
  "inet_interfaces",
  "proxy_interfaces",
  "disable_dns_lookups",
] as const;

/** Of the client: parameters of LMTP have the same names with another beginning. */
const OWN_NAMES = [
  "host_lookup",
  "dns_support_level",
  "tcp_port",
  "mx_address_limit",
  "tls_wrappermode",
] as const;

type Values = Readonly<Record<(typeof NAMES)[number] | (typeof OWN_NAMES)[number], string>>;

/** Reads how a transport delivers. Throws PostconfError. */
export async function readTransport(postconf: Postconf, name: string): Promise<TransportReading> {
  const entries = await postconf.entries();
  const entry = entries.find(({ service, type }) => service === name && type === "unix");
  if (entry === undefined) {
    return { kind: "unknown", why: `master.cf has no transport "${name}"` };
  }
  const protocol = protocolOf(entry);
  if (protocol === null) {
    const why = `its transport "${name}" is ${programOf(entry)}(8), which connects to nobody`;
    return { kind: "does not connect", why };
  }
  return transportOf(entry, protocol, await valuesFor(postconf, name, protocol));
}

function programOf({ command }: MasterEntry): string {
  const [path = ""] = command.split(" ");
  return path.slice(path.lastIndexOf("/") + 1);
}

function protocolOf(entry: MasterEntry): MailProtocol | null {
  const program = programOf(entry);
  return program === "smtp" || program === "lmtp" ? program : null;
}

async function valuesFor(
  postconf: Postconf,
  name: string,
  protocol: MailProtocol,
): Promise<Values> {
  const owns = OWN_NAMES.map((own) => [own, `${protocol}_${own}`] as const);
  const main: Readonly<Record<string, string>> = await postconf.values(
    ...NAMES,
    ...owns.map(([, full]) => full),
  );
  const overrides = (await postconf.overridesEverywhere()).get(`${name}/unix`);
  const settingOf = (full: string): string => overrides?.get(full) ?? main[full] ?? "";
  const pairs = [
    ...NAMES.map((each) => [each, settingOf(each)] as const),
    ...owns.map(([own, full]) => [own, settingOf(full)] as const),
  ];
  return Object.fromEntries(pairs) as Values;
}

function transportOf(entry: MasterEntry, protocol: MailProtocol, values: Values): TransportReading {
  const { service: name, chroot } = entry;
  if (values.tls_wrappermode === "yes") {
    const why = `its transport "${name}" begins with TLS (${protocol}_tls_wrappermode), where nobody greets before`;
    return { kind: "does not connect", why };
  }
  const isDnsOff = values.disable_dns_lookups === "yes" || values.dns_support_level === "disabled";
  const lookups = new Set(listOf(values.host_lookup));
  const listens = listOf(values.inet_interfaces);
  return {
    kind: "connects",
    transport: {
      name,
      protocol,
      isJailed: chroot === "y",
      port: values.tcp_port,
      asksDns: !isDnsOff,
      asksHosts: isDnsOff || lookups.has("native"),
      families: familiesOf(values.inet_protocols),
      addressesMax: Number(values.mx_address_limit) || 0,
      proxyAddresses: listOf(values.proxy_interfaces).map(withoutBrackets),
      listenAddresses: listens.includes("all") ? null : listens.map(withoutBrackets),
    },
  };
}

function familiesOf(protocols: string): readonly (4 | 6)[] {
  const names = listOf(protocols);
  const isUsed = (name: string): boolean => names.includes(name) || names.includes("all");
  return ([4, 6] as const).filter((family) => isUsed(`ipv${family}`));
}

function listOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== "");
}

/** `[::1]` and `[ipv6:::1]`. */
function withoutBrackets(address: string): string {
  return address.replace(/^\[(?:ipv6:)?|\]$/g, "");
}
