/**
 * Files of a queue directory, made as Postfix would have them: the mail owner's, and the directories above them too.
 *
 * At once, without waiting. Throws what node:fs throws.
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

/** The file of a message in a queue that is hashed over one level, as deferred and defer are by default. */
export function hashedFile(
  { queue_folder }: QueuePlace,
  queue: "deferred" | "defer",
  id: string,
): string {
  return join(queue_folder, queue, id.charAt(0), id);
}

/** Makes a file of the mail owner's, and the directories that are missing; `text` takes the place of what it held. */
export function putFile(place: QueuePlace, path: string, text: string, mode: number): void {
  const { uid, gid } = place.owner;
  makeDirectory(place, dirname(path));
  const file = openSync(path, "w", mode);
  writeSync(file, text, null, "latin1");
  fchownSync(file, uid, gid);
  closeSync(file);
}

function makeDirectory(place: QueuePlace, directory: string): void {
  if (!existsSync(directory)) {
    makeDirectory(place, dirname(directory));
    mkdirSync(directory, { mode: 0o700 });
    chownSync(directory, place.owner.uid, place.owner.gid);
  }
}
