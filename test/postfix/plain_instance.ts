/**
 * An instance in which flush services have the queue to themselves: the queue manager is a stand-in that moves
 * nothing, and nobody delivers.
 */
import { chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MainValues } from "../../lab/instance_files.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { hashedPath } from "../../src/names/hashed_path.ts";
import { REBUILT } from "../../src/record/rebuilt_marker.ts";
import { hashingOf } from "../contract/hashing.ts";
import { createSmallMaster, type SmallEntry } from "../contract/small_master.ts";
import { QueueManagerStandIn } from "../contract/stand_ins.ts";

/** How often the stand-in takes in what came: its backlog must not fill. */
const LOOK_MS = 1;

/** Flush services, and how main.cf differs from the lab's own. */
export interface PlainWorld {
  readonly entries: readonly SmallEntry[];
  readonly main: MainValues;
}

/** Runs `body` with an instance, started, and removed in any case. */
export async function withPlainInstance<Result>(
  { entries, main }: PlainWorld,
  body: (instance: PostfixInstance) => Promise<Result>,
): Promise<Result> {
  // Either program may be asked for, so that ours must be there.
  const instance = await createSmallMaster("fastflush/flush", entries, main);
  try {
    await instance.start();
    markRebuilt(instance, main);
    const queue_manager = new QueueManagerStandIn(instance.queue_folder, {});
    const looking = setInterval(() => queue_manager.look(), LOOK_MS);
    try {
      return await body(instance);
    } finally {
      clearInterval(looking);
      queue_manager.remove();
    }
  } finally {
    await instance.remove();
  }
}

/** Says that the record has been rebuilt: the messages here hold no mail, so that a rebuild could only complain. */
function markRebuilt({ queue_folder, owner }: PostfixInstance, main: MainValues): void {
  const path = hashedPath("flush", REBUILT, hashingOf(main));
  for (
    let slash = path.indexOf("/", "flush/".length);
    slash > 0;
    slash = path.indexOf("/", slash + 1)
  ) {
    const directory = join(queue_folder, path.slice(0, slash));
    mkdirSync(directory, { mode: 0o700 });
    chownSync(directory, owner.uid, owner.gid);
  }
  writeFileSync(join(queue_folder, path), "", { mode: 0o600 });
  chownSync(join(queue_folder, path), owner.uid, owner.gid);
}
