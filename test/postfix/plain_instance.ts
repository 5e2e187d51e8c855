/**
 * An instance in which flush services have the queue to themselves: the queue manager is a stand-in that moves
 * nothing, and nobody delivers.
 */
import type { MainValues } from "../../lab/instance_files.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
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
