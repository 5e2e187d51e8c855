/**
 * Moves a queue file from one queue to another, making the hashed directories that are missing.
 *
 * Guarantees: the file is either at its old or at its new place. New directories have mode 0700 and
 * this process's group. A rename that failed although it has happened (an NFS server answering a
 * repeated call) counts as done. Throws OsError, ENOENT where the message has gone meanwhile.
 */
import type { Path } from "../effects/files.ts";
import { errorCode, OsError } from "../effects/os_error.ts";
import type { QueueTools } from "./queue_tools.ts";

const DIRECTORY_MODE = 0o700;

/** rename(2) with missing directories made; `to` ends in the file's name. */
export function moveMessage(tools: QueueTools, from: Path, to: Path): void {
  try {
    tools.files.rename(from, to);
  } catch (caught) {
    // The original tries once more after any error: a directory may have come or gone meanwhile.
    if (!(caught instanceof OsError)) {
      throw caught;
    }
    makeParents(tools, String(to));
    renameOrFindItDone(tools, from, to);
  }
}

function renameOrFindItDone(tools: QueueTools, from: Path, to: Path): void {
  try {
    tools.files.rename(from, to);
  } catch (caught) {
    if (!(caught instanceof OsError) || exists(tools, from) || !exists(tools, to)) {
      throw caught;
    }
    tools.log.info(`sane_rename(${from},${to}): worked around spurious NFS error`);
  }
}

function exists(tools: QueueTools, path: Path): boolean {
  try {
    tools.files.statusOf(path);
    return true;
  } catch (caught) {
    if (errorCode(caught) === "") {
      throw caught;
    }
    return false;
  }
}

/** Makes the directories above `path` that are missing, from the top down. */
function makeParents(tools: QueueTools, path: string): void {
  for (let slash = path.indexOf("/"); slash !== -1; slash = path.indexOf("/", slash + 1)) {
    const directory = path.slice(0, slash);
    if (directory !== "" && !exists(tools, directory)) {
      makeOne(tools, directory);
    }
  }
}

function makeOne(tools: QueueTools, directory: string): void {
  try {
    tools.files.makeDirectory(directory, DIRECTORY_MODE);
    if (tools.files.statusOf(directory).gid !== tools.groupId) {
      tools.files.changeGroup(directory, tools.groupId);
    }
  } catch (caught) {
    // Another process made it first.
    if (errorCode(caught) === "EEXIST") {
      return;
    }
    if (!(caught instanceof OsError) || !caught.operation.includes("chown")) {
      throw caught;
    }
    tools.log.warning(`make_dirs: chgrp ${directory}: ${caught.text}`);
  }
}
