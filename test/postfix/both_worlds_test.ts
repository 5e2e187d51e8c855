/**
 * The original and ours at once, serving one queue directory under load: nothing is lost, nothing is torn.
 *
 * Run again with the seed that a title names, or another one: LOAD_SEED=N bun test ...
 */
import { describe, expect, test } from "bun:test";
import type { FlushEntry } from "../../lab/instance_files.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import type { HashingRules } from "../../src/names/hashed_path.ts";
import { hashingOf } from "../contract/hashing.ts";
import { createSmallMaster, linesSince } from "../contract/small_master.ts";
import { QueueManagerStandIn } from "../contract/stand_ins.ts";
import { complaints } from "./complaints.ts";
import { PlainMessages } from "./plain_messages.ts";

import { entriesOf, recordFindings } from "./record_findings.ts";
import { type LoadPlan, SeededLoad } from "./seeded_load.ts";
import { TEST_LIMIT_MS } from "./services.ts";

const SEED = Number(process.env["LOAD_SEED"] ?? 1);

/** The two services of an instance: the one that Postfix's own programs ask, and the other. */
const FIRST = "flush";
const SECOND = "second";

/** How often the stand-in takes in what came: its backlog must not fill. */
const LOOK_MS = 1;

/** Sites whose logs are sent all the time. Two of them share one. */
const BUSY = ["busy.example", "a-b.example", "a.b.example"];

/** Sites whose logs nobody sends at first. Two of them share one. */
const QUIET = ["quiet.example", "x-y.example", "x.y.example"];

interface World {
  readonly first: FlushEntry["command"];
  readonly second: FlushEntry["command"];
  readonly chroot: { readonly first: boolean; readonly second: boolean };
  readonly main: Readonly<Record<string, string>>;
}

const WORLDS: readonly (World & { readonly name: string })[] = [
  {
    name: "the original first, in the jail; flat record",
    first: "flush",
    second: "fastflush/flush",
    chroot: { first: true, second: false },
    main: {},
  },
  {
    name: "ours first, in the jail; hashed record",
    first: "fastflush/flush",
    second: "flush",
    chroot: { first: true, second: false },
    main: { hash_queue_names: "deferred, incoming, flush", hash_queue_depth: "2" },
  },
];

/** An instance in which the queue manager is a stand-in that moves nothing. */
async function withoutQueueManager(
  { first, second, chroot, main }: World,
  body: (instance: PostfixInstance) => Promise<void>,
): Promise<void> {
  const rest = { wakeup: "1000?", args: [] };
  const entries = [
    { service: FIRST, command: first, chroot: chroot.first, ...rest },
    { service: SECOND, command: second, chroot: chroot.second, ...rest },
  ];
  const instance = await createSmallMaster("fastflush/flush", entries, main);
  try {
    await instance.start();
    const queue_manager = new QueueManagerStandIn(instance.queue_folder, {});
    const looking = setInterval(() => queue_manager.look(), LOOK_MS);
    try {
      await body(instance);
    } finally {
      clearInterval(looking);
      queue_manager.remove();
    }
  } finally {
    await instance.remove();
  }
}

/** Messages whose entry was lost: recorded, not released, and no longer in the record. */
function lost(instance: PostfixInstance, load: SeededLoad, hashing: HashingRules): string[] {
  return load.recorded.flatMap(({ id, site }) => {
    const queues = load.messages.queuesOf(id);
    const is_recorded = entriesOf(instance, site, hashing).has(id);
    const is_right = queues.length === 1 && (is_recorded || queues[0] === "incoming");
    return is_right ? [] : [`${id} for ${site}: in ${queues.join(" and ")}`];
  });
}

/** Entries that are missing though nobody sent their log. */
function missing(instance: PostfixInstance, load: SeededLoad, hashing: HashingRules): string[] {
  return load.recorded
    .filter(({ id, site }) => QUIET.includes(site) && !entriesOf(instance, site, hashing).has(id))
    .map(({ id, site }) => `${id} for ${site}`);
}

describe("the original and ours serve one queue directory", () => {
  for (const world of WORLDS) {
    const title = `${world.name} - no entry lost, no line torn (LOAD_SEED=${SEED})`;
    const body = async (instance: PostfixInstance): Promise<void> => {
      const hashing = hashingOf(world.main);
      const load = new SeededLoad(SEED, new PlainMessages(instance, hashing));
      const plan: LoadPlan = {
        sockets: [instance.flushSocket(FIRST), instance.flushSocket(SECOND)],
        sites: [...BUSY, ...QUIET],
        sent: BUSY,
        purges: false,
        clients: 12,
        requests_each: 100,
      };
      await load.run(plan);
      expect(load.failed).toEqual([]);
      expect(missing(instance, load, hashing)).toEqual([]);
      expect(lost(instance, load, hashing)).toEqual([]);

      await load.run({ ...plan, sent: [...BUSY, ...QUIET], purges: true });
      expect(load.failed).toEqual([]);
      expect(lost(instance, load, hashing)).toEqual([]);
      expect(recordFindings(instance, load.recorded, hashing)).toEqual([]);
      expect(complaints(await linesSince(instance, 0))).toEqual([]);
      // Enough has been released, and come back, to have been at risk.
      expect(load.deferred_again).toBeGreaterThan(100);
    };
    test(title, () => withoutQueueManager(world, body), TEST_LIMIT_MS);
  }
});
