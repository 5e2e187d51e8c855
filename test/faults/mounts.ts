/**
 * File systems of a test's own, mounted within the folder of a private instance, which unmounts them as it goes.
 *
 * Whether a machine (or its container) allows that is tried once, in a mount namespace that goes at once; a test
 * that needs it is skipped with the reason otherwise.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runOrThrow } from "../../lab/run.ts";

/** Each mounts itself at `$AT` with the options `$OPTIONS`; `$ROOM` is a folder for what it is made of. */
const SCRIPTS = {
  tmpfs: 'mount -t tmpfs -o "$OPTIONS" none "$AT"',
  ext4: 'truncate -s 64M "$ROOM/image"; mkfs.ext4 -q "$ROOM/image"; mount -o "loop,$OPTIONS" "$ROOM/image" "$AT"',
  /** What `$ROOM/lower` holds shows through. */
  overlay:
    'cd "$ROOM"; mkdir -p lower upper work; mount -t overlay -o "lowerdir=lower,upperdir=upper,workdir=work,$OPTIONS" none "$AT"',
  /** An export of a server somewhere, since kernels of containers seldom have one: FAULTS_NFS=SERVER:/PATH. */
  nfs: 'grep -qw nfs4 /proc/filesystems || { echo "this kernel has no NFS" >&2; exit 1; }; mount -t nfs4 -o "$OPTIONS" "$FAULTS_NFS" "$AT"',
} as const;

/** File systems that can be tried. */
export type FileSystem = keyof typeof SCRIPTS;

const PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

function environment(room: string, at: string, options: string): Record<string, string> {
  const nfs = process.env["FAULTS_NFS"];
  return {
    AT: at,
    ROOM: room,
    OPTIONS: options,
    ...(nfs === undefined ? {} : { FAULTS_NFS: nfs }),
  };
}

/** Why such a file system can't be mounted here, in some words; null where it can. */
export function whyNoMount(kind: FileSystem): string | null {
  const room = mkdtempSync("/var/tmp/fastflush-probe-");
  try {
    const at = join(room, "at");
    mkdirSync(at);
    const { exitCode, stderr } = Bun.spawnSync(["unshare", "-m", "sh", "-ec", SCRIPTS[kind]], {
      env: { PATH, LANG: "C", ...environment(room, at, "rw") },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const [line = ""] = stderr.toString().trim().split("\n");
    return exitCode === 0 ? null : `${kind}: ${line.replace(/^.*: /, "").replace(/[()]/g, "")}`;
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
}

/** A title with the reason why its test is skipped, if it is. */
export function titled(title: string, why_not: string | null): string {
  return why_not === null ? title : `${title} (skipped: ${why_not})`;
}

/** Mounts a new file system at `at`, which is made where it is missing; what it is made of goes to `room`. */
export async function mount(
  kind: FileSystem,
  { at, room, options }: { readonly at: string; readonly room: string; readonly options: string },
): Promise<void> {
  mkdirSync(at, { recursive: true });
  mkdirSync(room, { recursive: true });
  await runOrThrow(["sh", "-ec", SCRIPTS[kind]], { env: environment(room, at, options) });
}

/** Mounts what is at `at` anew, with other options: `ro`, `rw`. */
export async function remount(at: string, options: string): Promise<void> {
  await runOrThrow(["sh", "-ec", 'mount -o "remount,$0" "$1"', options, at]);
}
