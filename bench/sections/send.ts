/**
 * send_site over many messages: the original, ours without exactness (-E), and ours, over the same files. The limits
 * are a bare C program that makes the system calls without which it can't be done (release.c).
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
import { type Results, warm } from "../rounds.ts";
import type { Bench, Findings, SizeName } from "../section.ts";
import {
  bareSender,
  bareTitle,
  contestantSender,
  type FilesRead,
  playSends,
  type SendTurn,
} from "../send_turns.ts";
import { WrongResult } from "../wrong_result.ts";

const COUNTS: Readonly<Record<SizeName, readonly number[]>> = {
  small: [40, 120],
  medium: [1000, 10_000],
  normal: [1000, 100_000],
  large: [1000, 100_000, 1_000_000],
};

/** DESIGN's goals are for so many messages, and are shown for the most that there are where those are fewer. */
const GOAL_COUNT = 100_000;

/** The kernel counts processor time in hundredths of a second: with fewer messages it says nothing. */
const CPU_COUNT_MIN = 10_000;

/** Deferrals of each message, of the kind that has been deferred often. */
const REPEATS = 10;

/** Of the largest number of messages, those of the third kind. */
const DEFER_FILE_SHARE = 0.1;

/** A kind of messages. */
interface Kind {
  readonly title: string;
  /** DESIGN's, as shares of the original's time. */
  readonly goals?: { readonly notExact: number; readonly exact: number };
  /** How many files of each say whether it is the site's. */
  readonly filesRead: FilesRead;
}

const PLAIN: Kind = { title: "plain", goals: { notExact: 0.7, exact: 0.9 }, filesRead: 1 };
const REPEATED: Kind = {
  title: "ten times each",
  goals: { notExact: 0.25, exact: 0.35 },
  filesRead: 1,
};
const BY_DEFER_FILE: Kind = { title: "only the defer file names the site", filesRead: 2 };

/** One of the two ways in which ours sends. */
interface Manner {
  readonly title: string;
  readonly ours: Contestant;
  readonly goalOf: (kind: Kind) => number | undefined;
  /** What it must read at the least. */
  readonly filesReadOf: (kind: Kind) => FilesRead;
}

const MANNERS: readonly Manner[] = [
  {
    title: "-E",
    ours: OURS_NOT_EXACT,
    goalOf: ({ goals }) => goals?.notExact,
    filesReadOf: () => 0,
  },
  {
    title: "exact",
    ours: OURS_RECOMMENDED,
    goalOf: ({ goals }) => goals?.exact,
    filesReadOf: ({ filesRead }) => filesRead,
  },
];

/** What was measured of one kind at one count. */
interface Measured {
  readonly kind: Kind;
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
  kind: Kind,
  files: MessageFiles,
  log?: Buffer,
): Promise<Measured> {
  const count = files.ids.length;
  const { arena } = bench;
  const players = [
    contestantSender(arena, ORIGINAL_STOCK),
    ...MANNERS.map(({ ours }) => contestantSender(arena, ours)),
    ...MANNERS.map(({ filesReadOf }) => bareSender(arena, filesReadOf(kind))),
  ];
  const what = `send ${count}, ${kind.title}`;
  return { kind, count, results: await playSends(bench, what, players, files, log) };
}

function linesOf({ kind, count, results }: Measured, goalCountMin: number): Line[] {
  return MANNERS.flatMap(({ title, ours, goalOf, filesReadOf }) => {
    const what = `${count.toLocaleString("en")} messages, ${kind.title}, ${title}`;
    const goal = count < goalCountMin ? undefined : goalOf(kind);
    const line = (which: string, pick: typeof timeMs): Line => ({
      what: `${what}${which}`,
      unit: "ms",
      original: results.values(ORIGINAL_STOCK, pick),
      ours: results.values(ours, pick),
      limit: results.values(bareTitle(filesReadOf(kind)), pick),
    });
    const time = line("", timeMs);
    return [
      goal === undefined ? time : { ...time, goal: ratioGoal("≤", goal) },
      ...(count < CPU_COUNT_MIN ? [] : [line(", processor time", cpuMs)]),
    ];
  });
}

function growthOf(all: readonly Measured[], kind: Kind, { title, ours }: Manner): Growth {
  const points = all
    .filter((each) => each.kind === kind)
    .map(({ count, results }) => ({
      count,
      originalMs: results.values(ORIGINAL_STOCK, timeMs),
      oursMs: results.values(ours, timeMs),
    }));
  return { what: `send_site, ${kind.title}, ${title}`, each: "message", points };
}

/** Runs the section. */
export async function measureSends(bench: Bench): Promise<Findings> {
  const counts = COUNTS[bench.size];
  const all: Measured[] = [];
  for (const [index, count] of counts.entries()) {
    // The smallest number warms up.
    const played = index === 0 ? bench : warm(bench);
    await withMessages(bench, count, namedInQueueFile(), async (files) => {
      all.push(await measureKind(played, PLAIN, files));
      all.push(await measureKind(played, REPEATED, files, await fillByOriginal(bench, files)));
    });
  }
  const fewer = Math.max(...counts) * DEFER_FILE_SHARE;
  await withMessages(bench, fewer, namedInDeferFile(), async (files) => {
    all.push(await measureKind(warm(bench), BY_DEFER_FILE, files));
  });
  const growths = [PLAIN, REPEATED].flatMap((kind) =>
    MANNERS.map((manner) => growthOf(all, kind, manner)),
  );
  const goalCountMin = Math.min(GOAL_COUNT, ...counts.slice(-1));
  return { lines: all.flatMap((each) => linesOf(each, goalCountMin)), growths };
}
