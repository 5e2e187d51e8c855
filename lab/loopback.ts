/**
 * Loopback addresses and ports for private instances and their destinations.
 *
 * Ports are drawn at random below the range from which Linux hands out ports of its own accord, tried, and kept from
 * others who draw one here, in whatever process, until this process ends: it may be a while before a port is bound, and an
 * instance that is started again wants the same one. Programs that don't draw their ports here may take one meanwhile.
 */
import { createServer } from "node:net";

/** Above the ports of well-known services. */
const FIRST_PORT = 20_000;

/** Linux's own choices start at 32768 (net.ipv4.ip_local_port_range). */
const LAST_PORT = 32_000;

/** So many ports taken in a row is no accident. */
const MAX_TRIES = 100;

function randomBetween(first: number, last: number): number {
  return first + Math.floor(Math.random() * (last - first + 1));
}

/** Whether `port` on `address` can be bound now. */
export function isFree(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen({ host: address, port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/**
 * Takes a port's name, which one process at a time can have; false: somebody has it. It is a socket's name without a file
 * (unix(7), abstract), so that the kernel gives it back when the process ends, however it does.
 */
function reserve(port: number): boolean {
  try {
    Bun.listen({ unix: `\0fastflush-port-${port}`, socket: { data() {} } }).unref();
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
      return false;
    }
    throw error;
  }
}

/** A port on `address` that nobody has now, and that nobody else is given for as long as this process runs. */
export async function freePort(address: string): Promise<number> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const port = randomBetween(FIRST_PORT, LAST_PORT);
    if (reserve(port) && (await isFree(address, port))) {
      return port;
    }
  }
  throw new Error(`find a free port on ${address}: ${MAX_TRIES} tries found none`);
}

/** A loopback address other than 127.0.0.1; seldom the same twice. */
export function randomLoopbackAddress(): string {
  return `127.${randomBetween(1, 254)}.${randomBetween(1, 254)}.${randomBetween(1, 254)}`;
}

/** Whether something accepts connections at `address`, `port`. */
export async function isListening(address: string, port: number): Promise<boolean> {
  try {
    const socket = await Bun.connect({ hostname: address, port, socket: { data() {} } });
    socket.end();
    return true;
  } catch {
    return false;
  }
}
