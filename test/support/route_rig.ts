/**
 * For tests: a Postfix in memory that says where mail goes, and a network with servers that greet.
 */
import { MemoryClock } from "../../src/memory/clock.ts";
import { MemoryNetwork } from "../../src/memory/network.ts";
import { MemoryPrograms } from "../../src/memory/programs.ts";
import { MemoryTextFiles } from "../../src/memory/text_files.ts";
import { MemoryUnixSockets, type Serve } from "../../src/memory/unix_sockets.ts";
import type { RouteTools } from "../../src/watching/try_route.ts";
import { addPostconf, type RouteConfiguration } from "./route_postconf.ts";

/** The answer of a rewrite service. */
export function rewriteAnswer(transport: string, nexthop: string, flags = 4096): Serve {
  return (service) => () => {
    const list = ["flags", 0, "transport", transport, "nexthop", nexthop, "recipient", "x"];
    service.write(
      `protocol\0trivial_rewrite_protocol\0\0${[...list, "flags", flags].join("\0")}\0\0`,
    );
  };
}

/** A server that says this to whoever connects. */
export function greeter(text: string): Serve {
  return (service) => {
    queueMicrotask(() => service.write(text));
    return () => {};
  };
}

export class RouteRig {
  readonly network = new MemoryNetwork();
  readonly sockets = new MemoryUnixSockets();
  readonly programs = new MemoryPrograms();
  readonly textFiles = new MemoryTextFiles();
  readonly clock = new MemoryClock();

  constructor(configuration: RouteConfiguration = {}) {
    addPostconf(this.programs, configuration);
  }

  /** Where mail goes from now on. */
  route(transport: string, nexthop: string): void {
    this.sockets.listen("/queue/private/rewrite", rewriteAnswer(transport, nexthop));
  }

  get tools(): RouteTools {
    const { network, sockets, programs, textFiles, clock } = this;
    const directories = { configDirectory: "/etc/postfix", queueDirectory: "/queue" };
    return { network, sockets, programs, textFiles, clock, ...directories };
  }
}
