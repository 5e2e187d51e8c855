/**
 * What a process has open, as proc(5) shows it. Needs root. Throws where the process is gone.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** One open descriptor. */
export interface OpenDescriptor {
  readonly number: number;
  /** A path, or such as `pipe:[N]`, `anon_inode:[eventpoll]`, `UNIX stream`, `UNIX datagram`. */
  readonly target: string;
}

/** In column "Type" of /proc/net/unix. */
const SOCKET_TYPES: Readonly<Record<string, string>> = { "0001": "stream", "0002": "datagram" };

/** All descriptors of process `pid`, by number. A socket that is no UNIX one stays `socket:[N]`. */
export function openDescriptors(pid: number): OpenDescriptor[] {
  const names = readdirSync(`/proc/${pid}/fd`).map(Number);
  const sockets = unixSockets();
  return names
    .toSorted((one, other) => one - other)
    .flatMap((number) => {
      const link = readlink(`/proc/${pid}/fd/${number}`);
      return link === null ? [] : [{ number, target: sockets.get(link) ?? link }];
    });
}

function readlink(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null; // Closed meanwhile.
  }
}

/** From `socket:[N]` to its kind. */
function unixSockets(): ReadonlyMap<string, string> {
  const lines = readFileSync("/proc/net/unix", "latin1").split("\n").slice(1, -1);
  return new Map(
    lines.map((line) => {
      const [, , , , type = "", , inode = ""] = line.trim().split(/\s+/);
      return [`socket:[${inode}]`, `UNIX ${SOCKET_TYPES[type] ?? type}`];
    }),
  );
}
