/**
 * Tries whether a destination takes mail again, without sending any: connects where Postfix would, in its order, until one
 * server greets with 220.
 *
 * The route is asked for anew with each try, as somebody may have changed it. smtp_fallback_relay is not tried: that it
 * takes mail says nothing of the destination. Changes nothing, and sends no more than QUIT.
 */
import type { Clock } from "../effects/clock.ts";
import { LookupFault, type Network } from "../effects/network.ts";
import { OsError } from "../effects/os_error.ts";
import type { Programs } from "../effects/programs.ts";
import type { TextFiles } from "../effects/text_files.ts";
import type { UnixSockets } from "../effects/unix_sockets.ts";
import { Postconf, PostconfError } from "../installation/postconf.ts";
import { readGreeting } from "./greeting.ts";
import { addressesOf } from "./host_addresses.ts";
import { type Place, parseNexthop } from "./nexthop.ts";
import { type Route, resolveAddress } from "./resolve_address.ts";
import { portOf } from "./service_port.ts";
import { readTransport, type Transport } from "./transport.ts";

/** Of a message whose route is that of its destination. Byte strings. */
interface Envelope {
  /** Empty: a bounce. */
  readonly sender: string;
  readonly recipient: string;
}

/** What a try came to. `why` follows a colon, and is a byte string. */
export interface RouteTry {
  /** "never": nobody can connect there, now or later. */
  readonly kind: "ready" | "not yet" | "never";
  readonly why: string;
}

/** What it takes. Paths are byte strings. */
export interface RouteTools {
  readonly network: Network;
  readonly sockets: UnixSockets;
  readonly programs: Programs;
  readonly textFiles: TextFiles;
  readonly clock: Clock;
  readonly configDirectory: string;
  readonly queueDirectory: string;
}

/** As long as Postfix's own client waits for a connection (smtp_connect_timeout). */
const CONNECT_MS = 30_000;

const SERVICES_PATH = "/etc/services";

/** Where Postfix would connect for a message, or why nobody can. */
export type Destination =
  | { readonly kind: "places"; readonly transport: Transport; readonly places: readonly Place[] }
  | RouteTry;

/** Asks Postfix for the route, and how its transport connects. */
export async function findDestination(tools: RouteTools, envelope: Envelope): Promise<Destination> {
  try {
    return await ask(tools, new Postconf(tools.programs, tools.configDirectory), envelope);
  } catch (caught) {
    if (!(caught instanceof PostconfError)) {
      throw caught;
    }
    return { kind: "not yet", why: `postconf(1) says: ${caught.message}` };
  }
}

async function ask(
  tools: RouteTools,
  postconf: Postconf,
  { sender, recipient }: Envelope,
): Promise<Destination> {
  const { rewrite_service_name: service } = await postconf.values("rewrite_service_name");
  const path = `${tools.queueDirectory}/private/${service}`;
  const answer = await resolveAddress({ ...tools, path }, { sender, address: recipient });
  if (answer.kind === "none") {
    return { kind: "not yet", why: answer.why };
  }
  const reading = await readTransport(postconf, answer.transport);
  if (reading.kind !== "connects") {
    return { kind: reading.kind === "unknown" ? "not yet" : "never", why: reading.why };
  }
  const { transport } = reading;
  const places = parseNexthop(transport.protocol, answer.nexthop);
  return places === null
    ? { kind: "not yet", why: `${routeText(answer)} is no place to connect to` }
    : { kind: "places", transport, places };
}

/** Tries once. */
export async function tryRoute(tools: RouteTools, envelope: Envelope): Promise<RouteTry> {
  const destination = await findDestination(tools, envelope);
  if (destination.kind !== "places") {
    return destination;
  }
  let last: RouteTry = { kind: "not yet", why: "there is no place to connect to" };
  for (const place of destination.places) {
    last = await tryPlace(tools, destination.transport, place);
    if (last.kind === "ready") {
      return last;
    }
  }
  return last;
}

function routeText({ transport, nexthop }: Route): string {
  return `${transport}:${nexthop}`;
}

async function tryPlace(tools: RouteTools, transport: Transport, place: Place): Promise<RouteTry> {
  if (place.kind === "unix") {
    const path = socketPath(tools.queueDirectory, transport, place.path);
    const greeting = await readGreeting(tools.clock, (open) => tools.sockets.connect(path, open));
    return tryOf(greeting, place.path);
  }
  const port = portOf(place.port ?? transport.port, readServices(tools.textFiles));
  if (port === null) {
    return { kind: "not yet", why: `no service is called ${place.port ?? transport.port}` };
  }
  try {
    const reading = await addressesOf(tools.network, transport, place, port);
    return reading.kind === "none"
      ? { kind: "not yet", why: reading.why }
      : await tryAddresses(tools, reading.addresses, port);
  } catch (caught) {
    if (!(caught instanceof LookupFault)) {
      throw caught;
    }
    return { kind: "not yet", why: caught.message };
  }
}

async function tryAddresses(
  { network, clock }: RouteTools,
  addresses: readonly { readonly host: string; readonly address: string }[],
  port: number,
): Promise<RouteTry> {
  let last: RouteTry = { kind: "not yet", why: "" };
  for (const { host, address } of addresses) {
    const greeting = await readGreeting(clock, (open) =>
      network.connect(address, port, CONNECT_MS, open),
    );
    last = tryOf(greeting, placeText(host, address, port));
    if (last.kind === "ready") {
      return last;
    }
  }
  return last;
}

/** As Postfix writes it, but that what has no name but its address is not said twice. */
function placeText(host: string, address: string, port: number): string {
  return `${host === address ? "" : host}[${address}]:${port}`;
}

function tryOf({ isReady, text }: { isReady: boolean; text: string }, where: string): RouteTry {
  return isReady
    ? { kind: "ready", why: `${where} greets: ${text}` }
    : { kind: "not yet", why: `${where}: ${text}` };
}

/** Postfix's clients work in the queue directory, and may be jailed there. */
function socketPath(queueDirectory: string, { isJailed }: Transport, path: string): string {
  if (path.startsWith("/")) {
    return isJailed ? `${queueDirectory}${path}` : path;
  }
  return `${queueDirectory}/${path}`;
}

function readServices(textFiles: TextFiles): string {
  try {
    return textFiles.read(SERVICES_PATH).text;
  } catch (caught) {
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    return "";
  }
}
