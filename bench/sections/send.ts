/**
 * send_site over many messages: the original, ours without exactness (-E), and ours, over the same files.
 *
 * Three kinds: "plain", each message in the log once; "ten times each", with the log as the original's own adds
 * leave it after ten deferrals of each message; and, a tenth of the largest number of messages, those of which only
 * the defer file says that they are for the site, so that ours reads two files of each. What must hold after each turn: see send_turns.ts.
 */
import { readFileSync } from "node:fs";
import {
  type Contestant,
  ORIGINAL_LARGE,
  ORIGINAL_STOCK,
  OURS_NOT_EXACT,
  OURS_RECOMMENDED,
} from "../contestants.ts";
import { namedInDeferFile, namedInQueueFile, SITE, SITE_PREFIX } from "../deferred_messages.ts";
import type { Growth } from "../growth.ts";
import { type Line, ratioGoal } from "../lines.ts";
import { measureLoad } from "../load_generator.ts";
import { type MessageContent, MessageFiles } from "../message_files.ts";
import type { Results } from "../rounds.ts";
import type { Bench, Findings, SizeName } from "../section.ts";
import { playSends, type SendTurn } from "../send_turns.ts";
import { WrongResult } from "../wrong_result.ts";

const COUNTS: Readonly<Record<SizeName, readonly number[]>> = {
  small: [40, 120],
  normal: [1000, 100_000],
  large: [1000, 100_000, 1_000_000],
};

/** DESIGN's goals are for so many messages; with more the ratio should be no worse. */
const GOAL_COUNT_MIN = 100_000;

/** The kernel counts processor time in hundredths of a second: with fewer messages it says nothing. */
const CPU_COUNT_MIN = 10_000;

/** Deferrals of each message, of the kind that has been deferred often. */
const REPEATS = 10;

/** Of the largest number of messages, those of the third kind. */
const DEFER_FILE_SHARE = 0.1;

/** The kinds whose goals DESIGN has: -E and exact, as shares of the original's time. */
const PLAIN = { title: "plain", goals: [0.7, 0.9] } as const;
const REPEATED = { title: "ten times each", goals: [0.25, 0.35] } as const;

const OURS: readonly Contestant[] = [OURS_NOT_EXACT, OURS_RECOMMENDED];
const OURS_TITLES = ["-E", "exact"];

/** What was measured of one kind at one count. */
interface Measured {
  readonly kind: { readonly title: string; readonly goals?: readonly number[] };
  readonly count: number;
  readonly results: Results<SendTurn>;
}

const timeMs = (turn: SendTurn): number => turn.timeMs;
const cpuMs = (turn: SendTurn): number => turn.cpuMs;

/** Makes a log of the messages of `files` by adds to the original, REPEATS for each, and returns it. */
async function fillByOriginal({ arena, tell }: Bench, files: MessageFiles): Promise<Buffer> {
  files.restore("");
  for (let time = 1; time <= REPEATS; time++) {
    const report = await measureLoad(arena.programs.load, {
      socket: arena.socket(ORIGINAL_LARGE.service),
      kind: "add",
      clients: 64,
      requests: files.ids.length,
      site: SITE_PREFIX,
      sites: 1,
      firstId: 0,
    });
    tell(`fill the log, ${time} of ${REPEATS}: ${report.seconds.toFixed(1)} s`);
  }
  const log = readFileSync(files.logfile);
  const wanted = `${files.ids.join("\n")}\n`.length * REPEATS;
  const different = new Set(log.toString("latin1").split("\n").slice(0, -1)).size;
  if (log.length !== wanted || different !== files.ids.length) {
    throw new WrongResult(
      `fill a log: ${log.length} bytes, ${different} queue IDs, not ${wanted}, ${files.ids.length}`,
    );
  }
  return log;
}

/** Does `work` while so many messages are there. */
async function withMessages(
  { arena }: Bench,
  count: number,
  content: MessageContent,
  work: (files: MessageFiles) => Promise<void>,
): Promise<void> {
  const files = new MessageFiles(arena, SITE, count, content);
  files.create();
  await work(files);
  files.remove();
}

/** Plays one kind with the messages of `files`. */
async function measureKind(
  bench: Bench,
  kind: Measured["kind"],
  files: MessageFiles,
  log?: Buffer,
): Promise<Measured> {
  const count = files.ids.length;
  const players = [ORIGINAL_STOCK, ...OURS];
  const what = `send ${count}, ${kind.title}`;
  return { kind, count, results: await playSends(bench, what, players, files, log) };
}

function linesOf({ kind, count, results }: Measured): Line[] {
  return OURS.flatMap((ours, index) => {
    const what = `${count.toLocaleString("en")} messages, ${kind.title}, ${OURS_TITLES[index]}`;
    const goal = count < GOAL_COUNT_MIN ? undefined : kind.goals?.[index];
    const line = (which: string, pick: typeof timeMs): Line => ({
      what: `${what}${which}`,
      unit: "ms",
      original: results.values(ORIGINAL_STOCK, pick),
      ours: results.values(ours, pick),
    });
    const time = line("", timeMs);
    return [
      goal === undefined ? time : { ...time, goal: ratioGoal("≤", goal) },
      ...(count < CPU_COUNT_MIN ? [] : [line(", processor time", cpuMs)]),
    ];
  });
}

function growthOf(all: readonly Measured[], kind: Measured["kind"], ours: Contestant): Growth {
  const points = all
    .filter((each) => each.kind === kind)
    .map(({ count, results }) => ({
      count,
      originalMs: results.values(ORIGINAL_STOCK, timeMs),
      oursMs: results.values(ours, timeMs),
    }));
  const title = OURS_TITLES[OURS.indexOf(ours)];
  return { what: `send_site, ${kind.title}, ${title}`, each: "message", points };
}

/** Runs the section. */
export async function measureSends(bench: Bench): Promise<Findings> {
  const counts = COUNTS[bench.size];
  const all: Measured[] = [];
  for (const count of counts) {
    await withMessages(bench, count, namedInQueueFile(), async (files) => {
      all.push(await measureKind(bench, PLAIN, files));
      all.push(await measureKind(bench, REPEATED, files, await fillByOriginal(bench, files)));
    });
  }
  const fewer = Math.max(...counts) * DEFER_FILE_SHARE;
  await withMessages(bench, fewer, namedInDeferFile(), async (files) => {
    all.push(await measureKind(bench, { title: "only the defer file names the site" }, files));
  });
  const growths = [PLAIN, REPEATED].flatMap((kind) =>
    OURS.map((ours) => growthOf(all, kind, ours)),
  );
  return { lines: all.flatMap(linesOf), growths };
}
