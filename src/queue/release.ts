/**
 * Releases one deferred message: makes it due now and hands it to the queue manager's incoming queue.
 *
 * Due: atime and mtime become now, since the queue manager passes over files from the future, and a
 * deferred file's mtime is its next try. Handed over: renamed from deferred to incoming. A message
 * that is in incoming already is made due and stays. Nothing else of the file is touched, but the
 * permission bit with which one message alone asks for unthrottling (postqueue -i).
 *
 * Races are part of life here: the queue manager moves the same files. A message that is elsewhere is
 * "absent", and the caller decides what that means. Trouble with one file is one warning and
 * "failed": the message is still where it was. Never throws OsError.
 */
import { wallSeconds } from "../effects/clock.ts";
import type { PathParts } from "../effects/files.ts";
import { errorCode, OsError } from "../effects/os_error.ts";
import { hashedPathParts } from "../names/hashed_path.ts";
import type { QueueId } from "../names/names.ts";
import { moveMessage } from "./move_message.ts";
import { openQueueFile } from "./open_queue_file.ts";
import type { QueueTools } from "./queue_tools.ts";

/** Owner may read, write and execute: the message was received completely. */
export const MODE_READY = 0o700;
/** Group may read: the queue manager forgets what it held against this message's destinations. */
const MODE_UNTHROTTLE = 0o040;

export type ReleaseOutcome =
  | "released"
  /** In neither deferred nor incoming: looked for in this order. */
  | "absent"
  /** Warned of; the message is still where it was, or was not looked at. */
  | "failed";

/**
 * Releases a message as part of a site's flush: spec section 3.3 without its second step. "left": it was in deferred,
 * and had gone from there before it could be moved.
 */
export function releaseMessage(tools: QueueTools, id: QueueId): ReleaseOutcome | "left" {
  const paths = pathsOf(tools, id);
  const found = makeDue(tools, paths);
  if (found !== "deferred") {
    return found === "incoming" ? "released" : found;
  }
  return moveToIncoming(tools, paths);
}

/**
 * Releases a single message and marks it so that its destinations are unthrottled with it. "not-ready": it is not yet
 * received completely.
 */
export function releaseAlone(tools: QueueTools, id: QueueId): ReleaseOutcome | "not-ready" {
  const paths = pathsOf(tools, id);
  const found = makeDue(tools, paths);
  if (found !== "deferred" && found !== "incoming") {
    return found;
  }
  const marked = markUnthrottled(tools, paths, found);
  if (marked !== "marked") {
    return marked;
  }
  // Somebody who moved it first has done what was wanted, mark included.
  return found === "deferred" && moveToIncoming(tools, paths) === "failed" ? "failed" : "released";
}

/** Where a message is before its release and after it. */
interface Paths {
  readonly deferred: PathParts;
  readonly incoming: PathParts;
}

function pathsOf({ hashing }: QueueTools, id: QueueId): Paths {
  return {
    deferred: hashedPathParts("deferred", id, hashing),
    incoming: hashedPathParts("incoming", id, hashing),
  };
}

/** Sets the time stamps; says in which queue the message was. */
function makeDue(
  tools: QueueTools,
  paths: Paths,
): "deferred" | "incoming" | Exclude<ReleaseOutcome, "released"> {
  const now = wallSeconds(tools.clock);
  let trouble = false;
  for (const queue of ["deferred", "incoming"] as const) {
    const path = paths[queue];
    try {
      if (tools.files.setTimes(path, now)) {
        return queue;
      }
    } catch (caught) {
      warn(tools, `flush_one_file: update ${path} time stamps`, caught);
      trouble = true;
    }
  }
  return trouble ? "failed" : "absent";
}

function moveToIncoming(
  tools: QueueTools,
  { deferred, incoming }: Paths,
): "released" | "left" | "failed" {
  try {
    moveMessage(tools, deferred, incoming);
    return "released";
  } catch (caught) {
    // ENOENT, without a word as in the original: somebody moved it first, or its new directory could not
    // be made, which has been warned of. Where it is now, the caller may want to look.
    if (errorCode(caught) === "ENOENT") {
      return "left";
    }
    warn(tools, `${deferred}: rename from deferred to incoming`, caught);
    return "failed";
  }
}

function markUnthrottled(
  tools: QueueTools,
  paths: Paths,
  queue: keyof Paths,
): "marked" | "absent" | "failed" | "not-ready" {
  let path = paths[queue];
  let opened = openQueueFile(tools.files, path);
  if (opened.kind === "absent" && queue === "deferred") {
    path = paths.incoming;
    opened = openQueueFile(tools.files, path);
  }
  if (opened.kind !== "open") {
    const why =
      opened.kind === "refused" ? opened.why : "cannot open file: No such file or directory";
    tools.log.warning(`flush_one_file: open ${path}: ${why}`);
    return opened.kind === "absent" ? "absent" : "failed";
  }
  try {
    if ((opened.status.mode & MODE_READY) !== MODE_READY) {
      return "not-ready";
    }
    tools.files.changeMode(opened.file, opened.status.mode | MODE_UNTHROTTLE);
  } catch (caught) {
    // The message is still released; only its destinations stay throttled.
    warn(tools, `flush_one_file: fchmod ${path}`, caught);
  } finally {
    tools.files.close(opened.file);
  }
  return "marked";
}

function warn(tools: QueueTools, action: string, caught: unknown): void {
  if (!(caught instanceof OsError)) {
    throw caught;
  }
  tools.log.warning(`${action}: ${caught.text}`);
}
