/**
 * Where the benchmark's messages are made: a queue directory whose deferred and defer are hashed over one level, as
 * Postfix's defaults have it.
 */
import {
  chownSync,
  closeSync,
  existsSync,
  fchownSync,
  mkdirSync,
  openSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** Where the queue is, and whose. */
export interface QueuePlace {
  readonly queue_folder: string;
  readonly owner: { readonly uid: number; readonly gid: number };
}

/** The file of a message in a hashed queue. */
export function hashedFile(
  { queue_folder }: QueuePlace,
  queue: "deferred" | "defer",
  id: string,
): string {
  return join(queue_folder, queue, id.charAt(0), id);
}

/** Makes a file of the mail owner's, and its directory where that is missing; `text` takes the place of what it held. */
export function putFile({ owner }: QueuePlace, path: string, text: string, mode: number): void {
  const folder = dirname(path);
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chownSync(folder, owner.uid, owner.gid);
  }
  const file = openSync(path, "w", mode);
  writeSync(file, text, null, "latin1");
  fchownSync(file, owner.uid, owner.gid);
  closeSync(file);
}
