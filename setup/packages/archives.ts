/**
 * The archives that packages are made of: the same files make the same bytes, whoever packs them, wherever, and when.
 *
 * Throws RunError where tar(1) or xz(1) fails.
 */
import { readFile, rm, writeFile } from "node:fs/promises";
import { runOrThrow } from "../../lab/run.ts";

/**
 * The window is larger than a program: the second one, with the same runtime in it, then costs next to nothing. Whoever
 * unpacks it needs as much memory. Preset 6 makes it smaller by a tenth in five times the time: docs/PACKAGING.md.
 */
const XZ = "xz --threads=1 --lzma2=preset=1,dict=128MiB";

/** A minute of a processor's time, on a machine that may be busy with other things. */
const COMPRESSION_MS = 30 * 60 * 1000;

/** A file of an archive of ar(1)'s. */
export interface Member {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Packs what is in a folder, root's whoever owns it here. */
export async function tarXz(folder: string, seconds: number): Promise<Uint8Array> {
  const path = `${folder}.tar.xz`;
  await runOrThrow(
    [
      ...["tar", "--create", `--file=${path}`, `--use-compress-program=${XZ}`, "--format=gnu"],
      ...["--sort=name", `--mtime=@${seconds}`, "--owner=root:0", "--group=root:0"],
      ...["-C", folder, "."],
    ],
    { time_limit_ms: COMPRESSION_MS },
  );
  const bytes = await readFile(path);
  await rm(path);
  return bytes;
}

/** An archive as deb(5) has it. */
export async function writeAr(
  path: string,
  members: readonly Member[],
  seconds: number,
): Promise<void> {
  const pieces = members.flatMap(({ name, bytes }) => [
    Buffer.from(arHeader(name, bytes.length, seconds)),
    bytes,
    Buffer.alloc(bytes.length % 2, "\n"),
  ]);
  await writeFile(path, Buffer.concat([Buffer.from("!<arch>\n"), ...pieces]));
}

/** Name, time, owner, group, mode, size; all in text, padded. */
function arHeader(name: string, sizeBytes: number, seconds: number): string {
  const columns: ReadonlyArray<readonly [text: string | number, width: number]> = [
    [name, 16],
    [seconds, 12],
    [0, 6],
    [0, 6],
    ["100644", 8],
    [sizeBytes, 10],
  ];
  return `${columns.map(([text, width]) => String(text).padEnd(width)).join("")}\`\n`;
}
