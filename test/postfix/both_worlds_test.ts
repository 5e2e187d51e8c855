/**
 * The original and ours at once, serving one queue directory under load: nothing is lost, nothing is torn.
 *
 * Run again with the seed that a title names, or another one: LOAD_SEED=N bun test ...
 */
import { describe, expect, test } from "bun:test";
import { FlushConnection } from "../../lab/flush_request.ts";
import type { FlushEntry } from "../../lab/instance_files.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import type { HashingRules } from "../../src/names/hashed_path.ts";
import { hashingOf } from "../contract/hashing.ts";
import { linesSince } from "../contract/small_master.ts";
import { complaints } from "./complaints.ts";
import { type PlainWorld, withPlainInstance } from "./plain_instance.ts";
import { PlainMessages } from "./plain_messages.ts";
import { entriesOf, lostEntries, recordFindings } from "./record_findings.ts";
import { type LoadPlan, SeededLoad } from "./seeded_load.ts";
import { TEST_LIMIT_MS } from "./services.ts";

const SEED = Number(process.env["LOAD_SEED"] ?? 1);

/** The two services of an instance: the one that Postfix's own programs ask, and the other. */
const FIRST = "flush";
const SECOND = "second";

/** Sites whose logs are sent all the time. Two of them share one. */
const BUSY = ["busy.example", "a-b.example", "a.b.example"];

/** Sites whose logs nobody sends at first. Two of them share one. */
const QUIET = ["quiet.example", "x-y.example", "x.y.example"];

const REQUESTS_EACH = 300;

/**
 * What the original says, rarely, of a message that the other service has released within the microseconds between two of its
 * looks (seen once, with the original twice): nothing is lost by that.
 */
const OVERTAKEN =
  /: flush_one_file: open .*: file status changed unexpectedly: No such file or directory$/;

/** So many messages at least must have been released and have come back, or nothing was at risk. */
const DEFERRED_AGAIN_MIN = 300;

const WORLDS: readonly (PlainWorld & { readonly name: string })[] = [
  {
    name: "the original twice, which shows that the test is right",
    entries: [entry(FIRST, "flush", true), entry(SECOND, "flush", false)],
    main: {},
  },
  {
    name: "the original first, in the jail; flat record",
    entries: [entry(FIRST, "flush", true), entry(SECOND, "fastflush/flush", false)],
    main: {},
  },
  {
    name: "ours first, in the jail; hashed record",
    entries: [entry(FIRST, "fastflush/flush", true), entry(SECOND, "flush", false)],
    main: { hash_queue_names: "deferred, incoming, flush", hash_queue_depth: "2" },
  },
];

function entry(service: string, command: FlushEntry["command"], chroot: boolean) {
  return { service, command, chroot, wakeup: "1000?", args: [] };
}

/** Entries that are missing though nobody sent their log. */
function missing(instance: PostfixInstance, load: SeededLoad, hashing: HashingRules): string[] {
  return load.recorded
    .filter(({ id, site }) => QUIET.includes(site) && !entriesOf(instance, site, hashing).has(id))
    .map(({ id, site }) => `${id} for ${site}`);
}

async function serveTogether(instance: PostfixInstance, world: PlainWorld): Promise<void> {
  const hashing = hashingOf({ ...world.main });
  const load = new SeededLoad(SEED, new PlainMessages(instance, hashing));
  const plan: LoadPlan = {
    sockets: [instance.flushSocket(FIRST), instance.flushSocket(SECOND)],
    sites: [...BUSY, ...QUIET],
    sent: BUSY,
    purges: false,
    clients: 12,
    goesOn: (answers) => answers < REQUESTS_EACH,
  };
  await load.run(plan);
  expect(load.failed).toEqual([]);
  expect(missing(instance, load, hashing)).toEqual([]);
  expect(lostEntries(instance, load, hashing)).toEqual([]);

  await load.run({ ...plan, sent: [...BUSY, ...QUIET], purges: true });
  expect(load.failed).toEqual([]);
  expect(lostEntries(instance, load, hashing)).toEqual([]);
  expect(recordFindings(instance, load.asked, hashing)).toEqual([]);
  expect(complaints(await linesSince(instance, 0)).filter((line) => !OVERTAKEN.test(line))).toEqual(
    [],
  );
  expect(load.deferred_again).toBeGreaterThan(DEFERRED_AGAIN_MIN);
  await expectPrograms(instance, world);
}

/** That behind the two sockets there are the programs of the entries. */
async function expectPrograms(instance: PostfixInstance, { entries }: PlainWorld): Promise<void> {
  const clients = await Promise.all(
    [FIRST, SECOND].map((service) => FlushConnection.open(instance.flushSocket(service))),
  );
  for (const command of ["flush", "fastflush/flush"] as const) {
    const isThere = entries.some((each) => each.command === command);
    expect(instance.flushPids(command).length > 0).toBe(isThere);
  }
  for (const client of clients) {
    client.close();
  }
}

describe("the original and ours serve one queue directory", () => {
  for (const { name, ...world } of WORLDS) {
    test(
      `${name} - no entry lost, no line torn (LOAD_SEED=${SEED})`,
      () => withPlainInstance(world, (instance) => serveTogether(instance, world)),
      TEST_LIMIT_MS,
    );
  }
});
