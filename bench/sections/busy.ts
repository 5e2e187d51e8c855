/**
 * How long adds take while many messages are being sent: adds of the same site, and of another one.
 *
 * Two clients add at a pace, one for each site, from before the send until after it. Afterwards every message must
 * have been moved, and every add must have its entry, once. Of those to the site that was being sent, the first may
 * have met the log before the send did: what it took with it is no loss, since there are no such messages. But from
 * the first entry that is left, none may be missing.
 */
import { dirname } from "node:path";
import { takeEntries } from "../arena.ts";
import { type Contestant, ORIGINAL_STOCK, OURS_RECOMMENDED } from "../contestants.ts";
import { namedInQueueFile, SITE, SITE_PREFIX } from "../deferred_messages.ts";
import { type Line, oursGoal } from "../lines.ts";
import { type LoadReport, withPacedLoads } from "../load_generator.ts";
import { MessageFiles, queueIdNumber } from "../message_files.ts";
import { playRounds } from "../rounds.ts";
import type { Bench, Findings, SizeName } from "../section.ts";
import { sendSite } from "../send_turns.ts";
import { checkEntries } from "../targets.ts";
import { WrongResult } from "../wrong_result.ts";

const MESSAGES: Readonly<Record<SizeName, number>> = {
  small: 200,
  medium: 10_000,
  normal: 100_000,
  large: 1_000_000,
};

const OTHER_PREFIX = "another";

const GOAL_MS = 10;

/** Adds to the two sites, and the send. */
interface BusyTurn {
  readonly same: LoadReport;
  readonly other: LoadReport;
  readonly sendMs: number;
}

/** Throws WrongResult unless `entries` are the last of those up to number `end`, each once. */
function checkLast(title: string, entries: readonly string[], end: number): void {
  const numbers = entries.map(queueIdNumber).toSorted((a, b) => a - b);
  const wrong = numbers.find((number, index) => number !== end - numbers.length + index);
  if (wrong !== undefined) {
    throw new WrongResult(`check the log of ${title}: not the last adds before ${end}: ${numbers}`);
  }
}

async function busyTurn(
  { arena }: Bench,
  files: MessageFiles,
  player: Contestant,
): Promise<BusyTurn> {
  files.restore();
  await arena.settle();
  const socket = arena.socket(player.service);
  const firstId = files.ids.length; // None of the messages' own.
  const { result, reports } = await withPacedLoads(
    arena.programs.load,
    [SITE_PREFIX, OTHER_PREFIX].map((site) => ({ socket, site, firstId })),
    () => sendSite(arena, SITE, player),
  );
  const [same, other] = reports as readonly [LoadReport, LoadReport];
  files.checkMoved(player.title);
  const record = dirname(files.logfile);
  checkLast(player.title, takeEntries(record, SITE_PREFIX), firstId + same.requests);
  checkEntries(player.title, takeEntries(record, OTHER_PREFIX), other.requests);
  return { same, other, sendMs: result };
}

/** Runs the section. */
export async function measureBusyAdds(bench: Bench): Promise<Findings> {
  const count = MESSAGES[bench.size];
  const files = new MessageFiles(bench.arena, SITE, count, namedInQueueFile());
  files.create();
  const results = await playRounds(bench, {
    what: `add while ${count} messages are sent`,
    players: [ORIGINAL_STOCK, OURS_RECOMMENDED],
    turn: (player) => busyTurn(bench, files, player),
    describe: ({ same, other, sendMs }) =>
      `${same.requests} and ${other.requests} adds, slowest ${same.max_us} and ${other.max_us} µs, sent in ${sendMs.toFixed(0)} ms`,
  });
  files.remove();
  const line = (what: string, unit: string, pick: (turn: BusyTurn) => number): Line => ({
    what,
    unit,
    original: results.values(ORIGINAL_STOCK, pick),
    ours: results.values(OURS_RECOMMENDED, pick),
  });
  const messages = `${count.toLocaleString("en")} messages`;
  const sites = [
    ["of that site", (turn: BusyTurn) => turn.same],
    ["of another site", (turn: BusyTurn) => turn.other],
  ] as const;
  const lines = sites.flatMap(([whose, of]) => {
    const what = `add while ${messages} ${whose} are sent`;
    return [
      line(`${what}, median`, "µs", (turn) => of(turn).p50_us),
      line(`${what}, 99 of 100`, "µs", (turn) => of(turn).p99_us),
      {
        ...line(`${what}, slowest`, "ms", (turn) => of(turn).max_us / 1000),
        goal: oursGoal(GOAL_MS),
      },
    ];
  });
  return {
    lines: [...lines, line(`the send of ${messages} meanwhile`, "ms", (turn) => turn.sendMs)],
  };
}
