/**
 * The port of a nexthop: a number, or a name of /etc/services. Pure.
 */

const PORT_MAX = 65_535;

/** What mail's own services are called, where /etc/services is missing, as in a small container. */
const WELL_KNOWN: ReadonlyMap<string, number> = new Map([
  ["smtp", 25],
  ["lmtp", 24],
  ["submission", 587],
]);

/** The port; null: there is no such service. `services` is the text of /etc/services. */
export function portOf(service: string, services: string): number | null {
  if (/^\d+$/.test(service)) {
    const port = Number(service);
    return port >= 1 && port <= PORT_MAX ? port : null;
  }
  for (const line of services.split("\n")) {
    const [name, number = "", ...aliases] = line.replace(/#.*/, "").trim().split(/\s+/);
    const [, port] = /^(\d+)\/tcp$/.exec(number) ?? [];
    if (port !== undefined && (name === service || aliases.includes(service))) {
      return Number(port);
    }
  }
  return WELL_KNOWN.get(service) ?? null;
}
