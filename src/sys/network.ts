/**
 * The network for real: effects/network.ts over node:dns and node:net.
 *
 * Names are asked of the servers of resolv.conf(5), as it is at each lookup. For the operator's command alone, which
 * loads these modules when it first needs them: other commands have no use for the time that takes.
 */
import type * as Dns from "node:dns/promises";
import type * as Net from "node:net";
import { networkInterfaces } from "node:os";
import { LookupFault, type MailExchanger, type Network } from "../effects/network.ts";
import { OsError } from "../effects/os_error.ts";
import type { OutgoingConnection, OutgoingEvents } from "../effects/unix_sockets.ts";

/** As resolv.conf(5) has it by default: so long for each server, and so often. */
const DNS_TIMEOUT_MS = 5000;
const DNS_TRIES = 2;

/** There is no such name, or it has no such records. */
const NOTHING: ReadonlySet<string> = new Set(["ENOTFOUND", "ENODATA"]);

/** The machine's own; `nameServers`, ADDRESS:PORT each, instead of those of resolv.conf(5). */
export function createNetwork(nameServers: readonly string[] | null = null): Network {
  const resolver = (): Dns.Resolver => {
    const made = new (dns().Resolver)({ timeout: DNS_TIMEOUT_MS, tries: DNS_TRIES });
    if (nameServers !== null) {
      made.setServers([...nameServers]);
    }
    return made;
  };
  return {
    mailExchangers: async (domain) => {
      const records = await found(domain, () => resolver().resolveMx(domain));
      return records.map(
        ({ exchange, priority }): MailExchanger => ({
          host: exchange.replace(/\.$/, ""),
          preference: priority,
        }),
      );
    },
    addressRecords: (host, family) =>
      found(host, () => (family === 4 ? resolver().resolve4(host) : resolver().resolve6(host))),
    hostAddresses: async (host, family) => {
      const all = await found(host, () => dns().lookup(host, { all: true, family }));
      return all.map(({ address }) => address);
    },
    ownAddresses: () =>
      Object.values(networkInterfaces()).flatMap((each) =>
        (each ?? []).map(({ address }) => address),
      ),
    connect,
  };
}

/** What a lookup finds; what is not there is an empty list. */
async function found<Record>(name: string, look: () => Promise<Record[]>): Promise<Record[]> {
  try {
    return await look();
  } catch (caught) {
    const code = (caught as { readonly code?: unknown }).code;
    if (typeof code !== "string") {
      throw caught;
    }
    if (NOTHING.has(code)) {
      return [];
    }
    throw new LookupFault(`${name} can't be looked up in the DNS (${code})`);
  }
}

function connect(
  address: string,
  port: number,
  limitMs: number,
  open: (connection: OutgoingConnection) => OutgoingEvents,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let events: OutgoingEvents | null = null;
    const socket = net().connect({ host: address, port });
    const timer = setTimeout(() => {
      reject(new OsError("ETIMEDOUT", "connect"));
      socket.destroy();
    }, limitMs);
    socket.once("connect", () => {
      clearTimeout(timer);
      events = open({
        write: (bytes) => void socket.write(bytes),
        abort: () => socket.destroy(),
      });
      resolve();
    });
    socket.on("data", (bytes: Buffer) => events?.data(bytes));
    // `close` follows. Once connected, that is all there is to say.
    socket.on("error", (error: NodeJS.ErrnoException) => {
      reject(new OsError(error.code ?? "EIO", "connect"));
    });
    socket.on("close", () => {
      clearTimeout(timer);
      events?.closed();
      events = null;
    });
  });
}

function dns(): typeof Dns {
  return require("node:dns/promises") as typeof Dns;
}

function net(): typeof Net {
  return require("node:net") as typeof Net;
}
