/**
 * The requests that there are: one table of names on the wire, attributes and how they become a request.
 *
 * A new request is one more member of FlushRequest and one more row here; reading and writing follow.
 * Names are those of Postfix's clients: note `rfrsh`, and `W`, with which master(8) wakes a service. Those
 * that begin with `fastflush_` are our own (docs/PROTOCOL.md); each names its version before all else, since
 * what follows may be another list in another version.
 */
import { siteName } from "../names/names.ts";
import type { FlushRequest } from "./request.ts";

/** The attribute that opens every request; its value is the wire name of a kind. */
export const REQUEST_ATTRIBUTE = "request";

/** The attribute that opens what follows in a request of our own. */
export const VERSION_ATTRIBUTE = "version";

/** The one version of our own requests that there is so far. */
export const REQUEST_VERSION = "1";

/**
 * One kind of request. `build` and `values` are each other's inverse, and are methods, since a kind
 * of one request then is a kind of any (TypeScript compares methods' parameters both ways).
 */
export interface RequestKind<Named extends FlushRequest = FlushRequest> {
  /** Values of the `request` attribute that ask for it; the first is the one that we send. */
  readonly wireNames: readonly [string, ...string[]];
  /** What must follow, in this order. None: the rest of the list is not read. */
  readonly attributes: readonly string[];
  /** For root and the mail owner; to everybody else it is unknown. */
  readonly isReserved?: true;
  /** Makes the request of the attributes' values: as many as there are attributes, in their order. */
  build(...values: string[]): Named;
  /** The values of a request's attributes, in their order. */
  values(request: Named): readonly string[];
}

type RequestKinds = {
  readonly [Name in FlushRequest["name"]]: RequestKind<Extract<FlushRequest, { name: Name }>>;
};

/** The table. */
export const REQUEST_KINDS: RequestKinds = {
  add: {
    wireNames: ["add"],
    attributes: ["site", "queue_id"],
    build: (site, queueId) => ({ name: "add", site: siteName(site), queueId }),
    values: (request) => [request.site, request.queueId],
  },
  send_site: {
    wireNames: ["send_site"],
    attributes: ["site"],
    build: (site) => ({ name: "send_site", site: siteName(site) }),
    values: (request) => [request.site],
  },
  send_file: {
    wireNames: ["send_file"],
    attributes: ["queue_id"],
    build: (queueId) => ({ name: "send_file", queueId }),
    values: (request) => [request.queueId],
  },
  refresh: {
    wireNames: ["rfrsh", "W"],
    attributes: [],
    build: () => ({ name: "refresh" }),
    values: () => [],
  },
  purge: {
    wireNames: ["purge"],
    attributes: [],
    build: () => ({ name: "purge" }),
    values: () => [],
  },
  sites: {
    wireNames: ["fastflush_sites"],
    attributes: [VERSION_ATTRIBUTE],
    isReserved: true,
    build: (_version) => ({ name: "sites" }),
    values: () => [REQUEST_VERSION],
  },
  preview: {
    wireNames: ["fastflush_preview"],
    attributes: [VERSION_ATTRIBUTE, "sites"],
    isReserved: true,
    build: (_version, sites) => ({ name: "preview", sites }),
    values: (request) => [REQUEST_VERSION, request.sites],
  },
  send: {
    wireNames: ["fastflush_send"],
    attributes: [VERSION_ATTRIBUTE, "sites", "reason"],
    isReserved: true,
    build: (_version, sites, reason) => ({ name: "send", sites, reason }),
    values: (request) => [REQUEST_VERSION, request.sites, request.reason],
  },
  verify: {
    wireNames: ["fastflush_verify"],
    attributes: [VERSION_ATTRIBUTE, "sites"],
    isReserved: true,
    build: (_version, sites) => ({ name: "verify", sites }),
    values: (request) => [REQUEST_VERSION, request.sites],
  },
  compact: {
    wireNames: ["fastflush_compact"],
    attributes: [VERSION_ATTRIBUTE, "sites"],
    isReserved: true,
    build: (_version, sites) => ({ name: "compact", sites }),
    values: (request) => [REQUEST_VERSION, request.sites],
  },
  rebuild: {
    wireNames: ["fastflush_rebuild"],
    attributes: [VERSION_ATTRIBUTE],
    isReserved: true,
    build: (_version) => ({ name: "rebuild" }),
    values: () => [REQUEST_VERSION],
  },
};

const kindByWireName: ReadonlyMap<string, RequestKind> = kindsByWireName();

/** Loops: what the runtime needs for flatMap costs each new process 0.1 ms (docs/PERFORMANCE.md). */
function kindsByWireName(): Map<string, RequestKind> {
  const kinds = new Map<string, RequestKind>();
  for (const kind of Object.values<RequestKind>(REQUEST_KINDS)) {
    for (const wireName of kind.wireNames) {
      kinds.set(wireName, kind);
    }
  }
  return kinds;
}

/** The kind that a client asks for by this name (exact, case-sensitive), or undefined. */
export function requestKind(wireName: string): RequestKind | undefined {
  return kindByWireName.get(wireName);
}
