/**
 * This process: users, jail, watchdog, through the C library.
 *
 * libc's set*id functions change every thread of the process, capabilities included; Bun has started
 * several before our first line runs. (prctl(2), capset(2) and raw system calls would change only the
 * calling thread: don't build on those.) In the jail /etc/passwd can't be read, so users are looked up
 * before it.
 */
import { read as memory } from "bun:ffi";
import type { DaemonProcess, User } from "../effects/daemon_process.ts";
import { encodeUtf8, stringToBytes } from "../names/byte_string.ts";
import { check, errno, libc } from "./libc.ts";

/** Offsets in struct passwd of 64-bit glibc: two pointers, then uid and gid. */
const PASSWD_UID_OFFSET = 16;
const PASSWD_GID_OFFSET = 20;

/** Of Linux on x86 and ARM. */
const RLIMIT_NOFILE = 7;

/** HOST_NAME_MAX, and the closing zero. */
const HOST_NAME_BYTES_MAX = 65;

export function createDaemonProcess(): DaemonProcess {
  return {
    id: process.pid,
    executable: encodeUtf8(process.execPath),
    hostName,
    descriptorsMax,
    userId: () => libc.geteuid(),
    groupId: () => libc.getegid(),
    isTerminal: (descriptor) => libc.isatty(descriptor) === 1,
    workingDirectory: () => encodeUtf8(process.cwd()),
    changeDirectory: (path) => check(libc.chdir(cString(path)), errno[0], "chdir"),
    findUser,
    confine,
    // The program is built to wait longer with it (setup/build.ts).
    compileSooner: () => Bun.unsafe.setJITPolicy(1),
    end,
    armWatchdog: (seconds) => {
      libc.alarm(seconds);
    },
  };
}

function hostName(): string {
  const bytes = Buffer.alloc(HOST_NAME_BYTES_MAX);
  check(libc.gethostname(bytes, bytes.length), errno[0], "gethostname");
  return bytes.toString("latin1", 0, bytes.indexOf(0));
}

function descriptorsMax(): number {
  const limits = new BigUint64Array(2);
  check(libc.getrlimit(RLIMIT_NOFILE, limits), errno[0], "getrlimit");
  return Number(limits[0]);
}

function findUser(name: string): User | null {
  const entry = libc.getpwnam(cString(name));
  if (entry === null) {
    return null;
  }
  const uid = memory.u32(entry, PASSWD_UID_OFFSET);
  return { name, uid, gid: memory.u32(entry, PASSWD_GID_OFFSET) };
}

/** The order of spec section 7.6: while still root the groups and the jail, then the user. */
function confine(user: User | null, jail: string | null): void {
  if (user !== null) {
    check(libc.setgid(user.gid), errno[0], "setgid");
    check(libc.initgroups(cString(user.name), user.gid), errno[0], "initgroups");
  }
  if (jail !== null) {
    check(libc.chroot(cString(jail)), errno[0], "chroot");
    check(libc.chdir(cString("/")), errno[0], "chdir");
  }
  if (user !== null) {
    check(libc.setuid(user.uid), errno[0], "setuid");
  }
}

function end(status: number): never {
  libc._exit(status);
  throw new Error("_exit has returned");
}

function cString(text: string): Uint8Array {
  return stringToBytes(`${text}\0`);
}
