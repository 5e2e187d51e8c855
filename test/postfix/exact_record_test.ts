/**
 * The record of real mail equals the queue at every quiet moment, whatever happened before: retries, deliveries
 * in part, flushes, messages deleted, held and renamed, killed processes, the original in between, a queue
 * restored from a backup or moved to another file system.
 *
 * Again with the seed that a title names, or another one: RECORD_SEED=N bun test ./test/postfix/exact_record_test.ts.
 * With more mail: RECORD_MESSAGES=5000. Says in the end what there was.
 */
import { describe, expect, test } from "bun:test";
import { chownSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MainValues } from "../../lab/instance_files.ts";
import { logfileOf } from "../../lab/mail_queue.ts";
import { PostfixInstance } from "../../lab/postfix_instance.ts";
import { askReport } from "../../lab/report_request.ts";
import { randomFrom } from "../support/random.ts";
import { Disturbances } from "./disturbances.ts";
import { MoodySites } from "./moody_sites.ts";
import { RELAYING } from "./queue_reading.ts";
import { quietMoment } from "./quiet_moment.ts";
import { MISSING, recordDifferences } from "./record_differences.ts";
import { type Chapter, RecordStory } from "./record_story.ts";

const SEED = Number(process.env["RECORD_SEED"] ?? 1);

/** In each test. */
const MESSAGES = Number(process.env["RECORD_MESSAGES"] ?? 60);
const SITES = MESSAGES > 1000 ? 300 : 40;

/** They come in so many parts. */
const PARTS = 6;

/** Ample: until the queue is at rest, and until a story ends. */
const REST_LIMIT_MS = 30 * 1000 + MESSAGES * 200;
const STORY_LIMIT_MS = 120 * 1000 + MESSAGES * 2000;

interface World {
  readonly name: string;
  readonly main: MainValues;
}

const WORLDS: readonly World[] = [
  { name: "short queue IDs, flat record", main: {} },
  {
    name: "long queue IDs, hashed record",
    main: {
      enable_long_queue_ids: "yes",
      hash_queue_names: "deferred, defer, incoming, flush",
      hash_queue_depth: "2",
    },
  },
];

const UNANSWERED = /^warning: (\w+): flush service failure/;

const VERIFY = ["request", "fastflush_verify", "version", "1", "sites", ""];

async function withMoodySites(
  main: MainValues,
  body: (instance: PostfixInstance, moody: MoodySites) => Promise<void>,
): Promise<void> {
  const moody = await MoodySites.open(SITES, SEED);
  const instance = await PostfixInstance.create({
    flush: { command: "fastflush/flush", chroot: true },
    name: "fastflush-record",
    main: {
      mydestination: RELAYING,
      // A service whose processes were killed is started again soon.
      service_throttle_time: "1s",
      default_process_limit: "40",
      ...main,
    },
  });
  try {
    const transports = join(instance.config_folder, "transports");
    writeFileSync(transports, moody.transports);
    instance.setMain({ transport_maps: `texthash:${transports}` });
    // While Postfix is stopped postsuper(1) itself writes to it, as the mail owner.
    writeFileSync(instance.log.path, "");
    chownSync(instance.log.path, instance.owner.uid, instance.owner.gid);
    await instance.start();
    await body(instance, moody);
  } finally {
    await instance.remove();
    moody.close();
  }
}

/**
 * What the service itself finds. It counts a message with a detour under both its domains; recorded, and so to be
 * there in any case, is the one at which it is tried. How far it is, it says on a machine that is slow.
 */
async function verified(instance: PostfixInstance): Promise<unknown[]> {
  const { items, end } = await askReport(instance.flushSocket(), VERIFY);
  expect(end?.status).toBe(0);
  return items.filter(
    ({ item, logfile }) => item !== "progress" && logfile !== logfileOf(RELAYING),
  );
}

/** What was compared, and found. */
interface Figures {
  messages: number;
  entries: number;
  /** Missing before the rebuild, by chapter. */
  readonly lost: Record<string, number>;
}

/** Compares record and queue at the next quiet moment. */
async function expectExact(
  instance: PostfixInstance,
  title: string,
  figures: Figures,
): Promise<void> {
  const { messages, record } = await quietMoment(instance, REST_LIMIT_MS);
  const found = recordDifferences(record, messages);
  expect({ title, found }).toEqual({ title, found: [] });
  const verify = await verified(instance);
  expect({ title, verify }).toEqual({ title, verify: [] });
  expect(messages.length).toBeGreaterThan(0);
  figures.messages += messages.length;
  figures.entries += [...record.values()].reduce((sum, lines) => sum + lines.length, 0);
}

/** The same, where entries may be missing before a rebuild: those that the chapter loses, and no others. */
async function expectNearlyExact(
  instance: PostfixInstance,
  { title, loses }: Chapter,
  mark: number,
  figures: Figures,
): Promise<void> {
  const { messages, record } = await quietMoment(instance, REST_LIMIT_MS);
  const all = recordDifferences(record, messages);
  const unanswered = unansweredSince(instance, mark);
  const found = all.filter((difference) => {
    const [kind, queue_id = ""] = difference.split(/:? /);
    return kind !== MISSING || (loses === "unanswered" && !unanswered.has(queue_id));
  });
  expect({ title, found }).toEqual({ title, found: [] });
  figures.lost[title] = all.length;
}

/** Messages of which a delivery agent says that an add failed. */
function unansweredSince(instance: PostfixInstance, mark: number): ReadonlySet<string> {
  const texts = instance.log.linesSince(mark).map(({ text }) => text);
  return new Set(texts.map((text) => UNANSWERED.exec(text)?.[1] ?? ""));
}

/** Log lines of rebuilds that read the whole queue. */
function rebuildsSince(instance: PostfixInstance, mark: number): string[] {
  const texts = instance.log.linesSince(mark).map(({ text }) => text);
  return texts.filter((text) => text.startsWith("rebuild: complete"));
}

describe("the record equals the queue at every quiet moment", () => {
  /** One world, from beginning to end. */
  const live = ({ name, main }: World): Promise<void> => {
    const body = async (instance: PostfixInstance, moody: MoodySites): Promise<void> => {
      const random = randomFrom(SEED);
      const disturbances = new Disturbances(instance, moody, random);
      const story = new RecordStory(instance, disturbances, random, Math.ceil(MESSAGES / PARTS));
      const figures: Figures = { messages: 0, entries: 0, lost: {} };
      for (const chapter of story.chapters) {
        let mark = instance.log.mark();
        await chapter.happens();
        if (chapter.loses !== undefined) {
          await expectNearlyExact(instance, chapter, mark, figures);
          mark = instance.log.mark();
          await story.askForRebuild();
        }
        await expectExact(instance, chapter.title, figures);
        if (chapter.loses !== undefined || chapter.asks_for_rebuild === true) {
          expect(rebuildsSince(instance, mark)).not.toEqual([]);
        }
      }
      console.log(name, figures, Object.fromEntries(disturbances.done));
    };
    return withMoodySites(main, body);
  };

  // Both at once: they mostly wait.
  const title = `${WORLDS.map(({ name }) => name).join("; ")} - ${MESSAGES} messages (RECORD_SEED=${SEED})`;
  const bothWorlds = async (): Promise<void> => {
    await Promise.all(WORLDS.map(live));
  };
  test(title, bothWorlds, STORY_LIMIT_MS);
});
