/**
 * Which sockets a flush service may have, whatever it is configured to do: an objection to each call that is about another.
 *
 * It is call_rules.ts for a run in which everything happens: services that look up in tables, which start Postfix's
 * own programs while they are root, services without a master, and such as end before they are confined.
 */
import type { SystemCall } from "./traced_process.ts";

/** The calls that these rules are about, for strace's `-e trace=`. */
export const SOCKET_CALLS = [
  ...["socket", "socketpair", "connect", "bind", "listen", "accept", "accept4"],
  ...["sendto", "sendmsg", "sendmmsg", "execve", "execveat"],
  ...["clone", "clone3", "fork", "vfork", "setuid"],
];

/**
 * Of the queue directory: the queue manager, proxymap(8), the lookup helper's own, and the log daemon, which a test's
 * postlog_service_name calls `absent`.
 */
const QUEUE_SOCKET =
  /^(?:public\/qmgr|private\/proxymap|pid\/lookup\.\d+|(?:\/.*)?\/?public\/(?:postlog|absent))$/;

/** The log daemon where Postfix has none of its own, and name service caches, which the C library asks. */
const SYSTEM_SOCKET = /^(?:\/dev\/log|\/(?:var\/)?run\/(?:nscd\/socket|systemd\/userdb\/.*))$/;

const HELPER_SOCKET = /^pid\/lookup\.\d+$/;

/** What is wrong with each call, in order: "NAME(ARGS): WHY". `calls` are those of a process's first thread, then others. */
export function socketObjections(calls: readonly SystemCall[]): string[] {
  const [first] = calls;
  const main = calls.filter(({ tid }) => tid === first?.tid);
  const confinedAt = main.findIndex(({ name }) => name === "setuid");
  return calls.slice(1).flatMap((call) => {
    const isConfined = confinedAt >= 0 && main.indexOf(call) > confinedAt;
    const why = objectionTo(call, isConfined);
    return why === null ? [] : [`${call.name}(${call.args}): ${why}`];
  });
}

function objectionTo({ name, args }: SystemCall, isConfined: boolean): string | null {
  switch (name) {
    case "socket":
      return args.startsWith("AF_UNIX,") ? null : "no UNIX socket";
    case "connect":
      return objectionToConnect(args);
    case "sendto":
      return args.includes("sa_family") ? "to whom it is not connected" : null;
    case "socketpair":
      return isConfined || !args.startsWith("AF_UNIX,") ? "for another process" : null;
    case "bind":
      return HELPER_SOCKET.test(pathIn(args)) && !isConfined ? null : "a socket of its own";
    case "accept":
    case "accept4":
      return isConfined ? null : "a client while root";
    case "listen":
    case "execve":
    case "fork":
    case "vfork":
      return isConfined ? "when confined" : null;
    case "clone":
    case "clone3":
      return isConfined && !args.includes("CLONE_THREAD") ? "a process" : null;
    case "setuid":
      return null;
    default:
      return "is never made";
  }
}

function objectionToConnect(args: string): string | null {
  const path = pathIn(args);
  return QUEUE_SOCKET.test(path) || SYSTEM_SOCKET.test(path) ? null : "to a stranger";
}

function pathIn(args: string): string {
  return /sa_family=AF_UNIX, sun_path="([^"]*)"/.exec(args)?.[1] ?? "";
}
