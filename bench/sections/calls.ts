/**
 * System calls for each message (strace -c -f): adds by one client and by many, to few logs and to one each, sends, and a purge.
 * Beside adds, what the bare C server makes that keeps the record.
 *
 * Both programs have a large max_use and have done the same work once before, so that no start is counted. With many
 * clients the original has a process for each. Where strace(1) isn't installed there are no lines.
 */
import { describePlan } from "../add_turns.ts";
import { removeLogs } from "../arena.ts";
import { walk } from "../background.ts";
import { type Contestant, ORIGINAL_LARGE, OURS_LARGE, OURS_NOT_EXACT } from "../contestants.ts";
import { namedInQueueFile, SITE } from "../deferred_messages.ts";
import { number } from "../figures.ts";
import { type Line, ratioGoal } from "../lines.ts";
import { measureLoad } from "../load_generator.ts";
import { MessageFiles } from "../message_files.ts";
import { OutdatedLogs } from "../outdated_logs.ts";
import type { Bench, Findings, SizeName } from "../section.ts";
import { sendSite } from "../send_turns.ts";
import { countCalls, findStrace, type SystemCalls } from "../system_calls.ts";
import { startRecorder } from "../targets.ts";
import { WrongResult } from "../wrong_result.ts";

/** Adds, messages, and logs. */
const COUNTS: Readonly<Record<SizeName, number>> = {
  small: 64,
  medium: 500,
  normal: 2000,
  large: 10_000,
};

const CLIENTS = 64;

/** Or one for each add. */
const SITES = 10;

const ADD_SITE = "calls";
const PURGE_AGE_SECONDS = 10;

/** The original starts a process for each client that it finds none for: until it has them all. */
const TRIES_MAX = 5;

/** How many kinds of calls are named, the most frequent first. */
const NAMES_MAX = 12;

/** Some work that can be done by either program, again and again; `prepare` is not counted. */
interface Work {
  readonly title: string;
  readonly ours: Contestant;
  readonly prepare: () => void;
  readonly run: (player: Contestant) => Promise<unknown>;
  readonly clean: () => void;
  /** The calls of a bare C program for the same, where there is one that the benchmark measures by the clock, too. */
  readonly bare?: (strace: string) => Promise<SystemCalls>;
}

function addWork({ arena, size }: Bench, clients: number, sites: number): Work {
  let turns = 0;
  const requests = COUNTS[size];
  const add = (socket: string): Promise<unknown> =>
    measureLoad(arena.programs.load, {
      socket,
      kind: "add",
      clients,
      requests,
      site: ADD_SITE,
      sites,
      firstId: turns++ * requests,
    });
  return {
    title: `add, ${describePlan({ clients, sites })}`,
    ours: OURS_LARGE,
    prepare: () => {},
    run: (player) => add(arena.socket(player.service)),
    clean: () => removeLogs(arena.record_folder, ADD_SITE),
    bare: async (strace) => {
      const recorder = await startRecorder(arena, "record");
      try {
        await add(recorder.socket);
        return await countCalls(strace, [recorder.pid], arena.folder, () => add(recorder.socket));
      } finally {
        await recorder.stop();
        removeLogs(recorder.recordFolder, ADD_SITE);
      }
    },
  };
}

function sendWork({ arena, size }: Bench, title: string, ours: Contestant): Work {
  const files = new MessageFiles(arena, SITE, COUNTS[size], namedInQueueFile());
  let isCreated = false;
  return {
    title,
    ours,
    prepare: () => {
      if (!isCreated) {
        files.create();
        isCreated = true;
      }
      files.restore();
    },
    run: async (player) => {
      await sendSite(arena, SITE, player);
      files.check(player.title);
    },
    clean: () => files.remove(),
  };
}

function purgeWork({ arena, size }: Bench): Work {
  const logs = new OutdatedLogs(arena, COUNTS[size]);
  return {
    title: "purge, logs of one outdated entry",
    ours: OURS_LARGE,
    prepare: () => logs.fill(PURGE_AGE_SECONDS),
    run: async (player) => {
      await walk(arena, player, "purge");
      logs.check(player.title);
    },
    clean: () => logs.remove(),
  };
}

/** Counts the calls of one program. Where it has started processes meanwhile, it tries again. */
async function callsOf({ arena }: Bench, strace: string, work: Work, player: Contestant) {
  for (let left = TRIES_MAX; left > 0; left--) {
    work.prepare();
    await work.run(player);
    work.prepare();
    const pids = arena.pids(player);
    const calls = await countCalls(strace, pids, arena.folder, () => work.run(player));
    if (arena.pids(player).every((pid) => pids.includes(pid))) {
      return calls;
    }
  }
  throw new WrongResult(`count calls of ${player.title}: its processes came and went`);
}

function total(calls: SystemCalls): number {
  return [...calls.values()].reduce((sum, count) => sum + count, 0);
}

function describe(calls: SystemCalls, messages: number): string {
  return [...calls]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, NAMES_MAX)
    .map(([name, count]) => `${name} ${number(count / messages)}`)
    .join(", ");
}

/** Runs the section. */
export async function measureCalls(bench: Bench): Promise<Findings> {
  const strace = findStrace();
  if (strace === null) {
    bench.tell("calls: strace is not installed");
    return { lines: [] };
  }
  const messages = COUNTS[bench.size];
  const works = [
    addWork(bench, 1, SITES),
    addWork(bench, CLIENTS, SITES),
    addWork(bench, CLIENTS, messages),
    sendWork(bench, "send_site, -E", OURS_NOT_EXACT),
    sendWork(bench, "send_site, exact", OURS_LARGE),
    purgeWork(bench),
  ];
  const lines: Line[] = [];
  const rows: string[][] = [];
  for (const work of works) {
    const original = await callsOf(bench, strace, work, ORIGINAL_LARGE);
    const ours = await callsOf(bench, strace, work, work.ours);
    work.clean();
    const bare = (await work.bare?.(strace)) ?? null;
    lines.push({
      what: `system calls a message, ${work.title}`,
      unit: "calls",
      original: [total(original) / messages],
      ours: [total(ours) / messages],
      goal: ratioGoal("≤", 1),
      ...(bare !== null && { limit: [total(bare) / messages] }),
    });
    rows.push(
      [`${work.title}, original`, describe(original, messages)],
      [`${work.title}, ours`, describe(ours, messages)],
      ...(bare === null ? [] : [[`${work.title}, bare C`, describe(bare, messages)]]),
    );
    bench.tell(`calls, ${work.title}: ${total(original)}, ours ${total(ours)}`);
  }
  const title = `which calls, for each of ${messages} messages (the ${NAMES_MAX} most frequent)`;
  return { lines, tables: [{ title, head: ["what", "calls"], rows }] };
}
