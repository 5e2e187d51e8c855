/**
 * What the flush service may ask of the kernel: an objection to each system call that is not among it.
 *
 * Two times are told apart: the start, as root, and what comes when the thread is confined. What the runtime and the C
 * library do for themselves is named below, with the reason.
 */
import type { SystemCall } from "./traced_process.ts";

/** Where the process is confined to, and whether by chroot(2). */
export interface Confinement {
  readonly queueFolder: string;
  readonly isJailed: boolean;
}

/** Nothing of the service has a use for them at any time. */
const NEVER = new Set(
  `bind socketpair sendmsg sendmmsg fork vfork ptrace process_vm_readv process_vm_writev mount umount2 pivot_root
  setns unshare bpf keyctl init_module finit_module delete_module kexec_load reboot swapon settimeofday clock_settime
  adjtimex clock_adjtime sethostname iopl ioperm link linkat symlink symlinkat mknod mknodat chmod fchmodat fchmodat2
  chown fchown truncate creat open_by_handle_at setxattr lsetxattr fsetxattr removexattr renameat2 renameat
  io_uring_setup memfd_create kill personality perf_event_open`.split(/\s+/),
);

/** Once confined, who it is and where it is are settled. */
const SETTLED = new Set(
  `execve execveat chroot chdir fchdir setuid setgid setgroups setresuid setresgid setreuid setregid setfsuid setfsgid
  capset`.split(/\s+/),
);

/** Of getpwnam(3) and initgroups(3), which every Postfix daemon calls as root: name service caches, if there are any. */
const NAME_SERVICES = /^\/(?:var\/)?run\/(?:nscd\/socket|systemd\/userdb\/.*)$/;

/** Read by the runtime, to know how much memory it has: not there in the jail. */
const RUNTIME_READS = /^\/(?:proc\/self\/|sys\/fs\/cgroup\/)/;

/**
 * Read while root: the configuration, and the original's program, for its version; by the C library its own, the time zone, users and groups (and what sources of
 * users nsswitch.conf names); by the runtime what the machine has.
 */
const START_READS =
  /^\/(?:.*\/main\.cf|.*\/fastflush\/\.\.\/flush|etc\/(?:ld\.so\.cache|localtime|nsswitch\.conf|passwd|group)|(?:usr\/)?lib.*\.so[.\d]*|usr\/share\/zoneinfo\/.*|(?:proc|sys)\/.*|run\/systemd\/userdb\/|var\/lib\/sss\/.*|var\/db\/.*)$/;

/** In the queue directory, which is the working directory: `(queue)/...`. */
const QUEUE_PATH = /^(flush|deferred|defer|incoming|active|hold)(?:\/[^/.][^/]*)*$/;

/** The mark of a rebuild has another name while that is in hand (record/rebuilt_marker.ts); nothing else in flush is renamed. */
const REBUILD_MARK = /^flush\/(?:[^/.]\/)*(?:REBUILT|REBUILDING)$/;

/** Which queues each change may touch. */
const CHANGES: Readonly<Record<string, readonly string[]>> = {
  rename: ["deferred", "incoming"],
  unlink: ["flush"],
  mkdir: ["flush", "incoming"],
  utimensat: ["flush", "deferred", "incoming"],
  // Gives a directory that it made to the mail owner's group.
  lchown: ["flush", "incoming"],
};

/** Which queues' open files each change may be made to. */
const CHANGES_OF_OPEN_FILES: Readonly<Record<string, readonly string[]>> = {
  pwrite64: ["flush"],
  ftruncate: ["flush"],
  fchmod: ["deferred", "incoming"],
};

/** Opened on these, a descriptor is written to: master's channel (5), clients, the log, the runtime's own. */
const WRITTEN_TO = /^\d+<(?:socket:\[\d+\]|anon_inode:\[eventfd\])>/;

/** What is wrong with each call, in order: "NAME(ARGS): WHY". `calls` are those of a process's first thread, then others. */
export function objectionsTo(calls: readonly SystemCall[], confinement: Confinement): string[] {
  const [first] = calls;
  const confined = new ConfinedThreads();
  const objections = calls.slice(1).flatMap((call) => {
    const why =
      always(call, confinement) ??
      (confined.makes(call) ? onceConfined(call, confinement) : atStart(call));
    return why === null ? [] : [`${call.name}(${call.args}): ${why}`];
  });
  return first !== undefined && confined.has(first.tid)
    ? objections
    : [...objections, "never confined"];
}

/**
 * Threads that are confined, as their calls are gone through. The first one's setuid(2) has the C library call it in all
 * threads that there are, and waits for them; one that is begun by a confined thread is confined from its beginning.
 */
class ConfinedThreads {
  readonly #tids = new Set<number>();

  has(tid: number): boolean {
    return this.#tids.has(tid);
  }

  /** Whether it is a call of a confined thread; calls must come thread by thread, each behind the one that began it. */
  makes({ name, tid, result }: SystemCall): boolean {
    const isConfined = this.has(tid);
    if (name === "setuid") {
      this.#tids.add(tid);
    } else if (isConfined && name.startsWith("clone")) {
      this.#tids.add(Number(result.split(" ")[0]));
    }
    return isConfined;
  }
}

function always({ name, args }: SystemCall, { queueFolder }: Confinement): string | null {
  if (NEVER.has(name)) {
    return "is never made";
  }
  switch (name) {
    case "socket":
      return args.startsWith("AF_UNIX,") ? null : "no UNIX socket";
    case "connect": {
      const path = pathIn(/sun_path="([^"]*)"/, args);
      const ours = ["public/qmgr", `${queueFolder}/public/postlog`];
      return ours.includes(path) || NAME_SERVICES.test(path) ? null : "to a stranger";
    }
    case "accept":
    case "accept4":
    case "listen":
      return args.startsWith("6<socket:") ? null : "not on the listen socket";
    case "clone":
    case "clone3":
      return args.includes("CLONE_THREAD") ? null : "a process";
    case "write":
    case "writev":
      return WRITTEN_TO.test(args) ? null : "to a file";
    default:
      return null;
  }
}

function atStart(call: SystemCall): string | null {
  const { name, args } = call;
  if (name in CHANGES || name in CHANGES_OF_OPEN_FILES) {
    return "a change while root";
  }
  if (name === "accept" || name === "accept4") {
    return "a client while root";
  }
  if (!/^open(?:at)?$/.test(name)) {
    return null;
  }
  // O_PATH: walked through by nss_systemd on the way to its own folders, without being read.
  const isKnown = args.includes("O_PATH") || START_READS.test(pathIn(/"([^"]*)"/, args));
  return isKnown && !isForWriting(args) ? null : "not to be read, or for writing, while root";
}

function onceConfined(call: SystemCall, confinement: Confinement): string | null {
  const { name, args } = call;
  if (SETTLED.has(name)) {
    return "when confined";
  }
  switch (name) {
    case "open":
    case "openat":
      return objectionToOpen(args);
    case "connect":
      return NAME_SERVICES.test(pathIn(/sun_path="([^"]*)"/, args)) ? "when confined" : null;
    case "statx":
    case "newfstatat":
    case "access":
    case "readlink":
    case "readlinkat":
      return objectionToLook(args);
    default:
      return objectionToChange(name, args, confinement);
  }
}

function objectionToOpen(args: string): string | null {
  const path = pathIn(/"([^"]*)"/, args);
  if (RUNTIME_READS.test(path)) {
    return isForWriting(args) ? "for writing" : null;
  }
  const [, queue] = QUEUE_PATH.exec(path) ?? [];
  if (queue === undefined) {
    return "not in the queue";
  }
  if (!args.includes("O_NOFOLLOW")) {
    return "follows links";
  }
  // A message is opened for the mark that it is to be tried at once: never written.
  const mayWrite = ["flush", "deferred", "incoming"].includes(queue);
  return isForWriting(args) && !mayWrite ? "for writing" : null;
}

function objectionToLook(args: string): string | null {
  const path = pathIn(/"([^"]*)"/, args);
  const isOfDescriptor = path === "";
  return isOfDescriptor || path === "public/qmgr" || QUEUE_PATH.test(path)
    ? null
    : "not in the queue";
}

function objectionToChange(
  name: string,
  args: string,
  { queueFolder }: Confinement,
): string | null {
  const open = CHANGES_OF_OPEN_FILES[name];
  if (open !== undefined) {
    const path = pathIn(/^\d+<([^>]*)>/, args);
    const inside = path.startsWith(`${queueFolder}/`) ? path.slice(queueFolder.length + 1) : "";
    return isIn(inside, open) ? null : "not of such a file";
  }
  const queues = CHANGES[name];
  if (queues === undefined) {
    return null;
  }
  const paths = [...args.matchAll(/"([^"]*)"/g)].map(([, path = ""]) => path);
  if (name === "rename" && paths.length > 0 && paths.every((path) => REBUILD_MARK.test(path))) {
    return null;
  }
  // futimens(3): of an open file.
  const named = args.includes(", NULL, [") ? [pathOfOpen(args, queueFolder)] : paths;
  return named.length > 0 && named.every((path) => isIn(path, queues))
    ? null
    : "not of such a file";
}

function pathOfOpen(args: string, queueFolder: string): string {
  return pathIn(/^\d+<([^>]*)>/, args).replace(`${queueFolder}/`, "");
}

function isIn(path: string, queues: readonly string[]): boolean {
  return queues.includes(QUEUE_PATH.exec(path)?.[1] ?? "");
}

function isForWriting(args: string): boolean {
  return /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND/.test(args);
}

function pathIn(pattern: RegExp, args: string): string {
  return pattern.exec(args)?.[1] ?? "";
}
