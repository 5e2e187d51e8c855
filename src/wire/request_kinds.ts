/**
 * The requests that there are: one table of names on the wire, attributes and how they become a request.
 *
 * A new request is one more member of FlushRequest and one more row here; reading and writing follow.
 * Names are those of Postfix's clients: note `rfrsh`, and `W`, with which master(8) wakes a service.
 */
import { siteName } from "../names/names.ts";
import type { FlushRequest } from "./request.ts";

/** The attribute that opens every request; its value is the wire name of a kind. */
export const REQUEST_ATTRIBUTE = "request";

/**
 * One kind of request. `build` and `values` are each other's inverse, and are methods, since a kind
 * of one request then is a kind of any (TypeScript compares methods' parameters both ways).
 */
export interface RequestKind<Named extends FlushRequest = FlushRequest> {
  /** Values of the `request` attribute that ask for it; the first is the one that we send. */
  readonly wireNames: readonly [string, ...string[]];
  /** What must follow, in this order. None: the rest of the list is not read. */
  readonly attributes: readonly string[];
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
};

const kindByWireName: ReadonlyMap<string, RequestKind> = new Map(
  Object.values(REQUEST_KINDS).flatMap((kind: RequestKind) =>
    kind.wireNames.map((wireName) => [wireName, kind] as const),
  ),
);

/** The kind that a client asks for by this name (exact, case-sensitive), or undefined. */
export function requestKind(wireName: string): RequestKind | undefined {
  return kindByWireName.get(wireName);
}
