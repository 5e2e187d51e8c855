/**
 * What a nexthop means to Postfix's SMTP and LMTP client: where to connect, in which order. Pure.
 *
 * The syntax is that of smtp(8) and lmtp(8): `domain`, `[host]`, each perhaps with `:port`; several of them parted by
 * commas or blanks, tried in that order; for LMTP also `unix:path` and `inet:host:port`. Byte strings.
 */

/** The client that delivers, by the program of its entry in master.cf. */
export type MailProtocol = "smtp" | "lmtp";

/** One place to connect to. */
export type Place =
  /** A UNIX socket. */
  | { readonly kind: "unix"; readonly path: string }
  | {
      readonly kind: "host";
      readonly host: string;
      /** Its mail exchangers are asked for: a domain that is not in brackets, over SMTP. */
      readonly hasExchangers: boolean;
      /** A number or a service's name; null: none is said. */
      readonly port: string | null;
    };

const IPV6_LITERAL = /^ipv6:/i;

/** The places, in their order; null: this is no nexthop of such a client. */
export function parseNexthop(protocol: MailProtocol, nexthop: string): readonly Place[] | null {
  const parts = nexthop.split(/[\s,]+/).filter((part) => part !== "");
  const places = parts.map((part) => parsePlace(protocol, part));
  return places.length === 0 || places.includes(null) ? null : (places as Place[]);
}

function parsePlace(protocol: MailProtocol, text: string): Place | null {
  if (protocol === "smtp") {
    return parseHost(text, true);
  }
  if (text.startsWith("unix:")) {
    const path = text.slice("unix:".length);
    return path === "" ? null : { kind: "unix", path };
  }
  return parseHost(text.startsWith("inet:") ? text.slice("inet:".length) : text, false);
}

function parseHost(text: string, asksForExchangers: boolean): Place | null {
  const [, bracketed, plain, port = null] =
    /^(?:\[([^\][]+)\]|([^\][:]+))(?::([^:\][]+))?$/.exec(text) ?? [];
  const host = bracketed?.replace(IPV6_LITERAL, "") ?? plain;
  return host === undefined
    ? null
    : { kind: "host", host, hasExchangers: asksForExchangers && bracketed === undefined, port };
}
