/**
 * What recording every destination costs the mail system: deferred deliveries a second through a real queue manager
 * and smtp(8), with fast_flush_domains empty, with the original, and with ours. Each is a mail system of its own for
 * its turn: the same master.cf, all processes new.
 *
 * Every message must be deferred again in each turn, and be in the record where there is to be one, under its site.
 */
import { type Contestant, ORIGINAL_STOCK, OURS_RECOMMENDED } from "../contestants.ts";
import type { Line } from "../lines.ts";
import { type Deferral, MailSystem } from "../mail_system.ts";
import { playRounds } from "../rounds.ts";
import type { Bench, Findings, SizeName } from "../section.ts";
import { WrongResult } from "../wrong_result.ts";

const MESSAGES: Readonly<Record<SizeName, number>> = {
  small: 20,
  medium: 300,
  normal: 1000,
  large: 10_000,
};

const NOBODY = { title: "fast_flush_domains empty", recorder: null };

/** One who takes turns: a contestant, or nobody. */
interface Player {
  readonly title: string;
  readonly recorder: Contestant | null;
}

function checkRecord(system: MailSystem, { title, recorder }: Player, messages: number): void {
  const ids = [...system.recorded().values()].flat();
  const wanted = recorder === null ? 0 : messages;
  if (new Set(ids).size !== wanted || ids.length !== wanted) {
    throw new WrongResult(
      `check the record, ${title}: ${wanted} messages were deferred, but ${ids.length} entries`,
    );
  }
}

/** Runs the section. */
export async function measureMail(bench: Bench): Promise<Findings> {
  const messages = MESSAGES[bench.size];
  const [original, ours] = [ORIGINAL_STOCK, OURS_RECOMMENDED].map(
    (recorder): Player => ({ title: recorder.title, recorder }),
  ) as [Player, Player];
  const system = await MailSystem.open(messages, bench.arena.control);
  try {
    const results = await playRounds(bench, {
      what: `defer ${messages} messages`,
      players: [NOBODY, original, ours],
      turn: async (player: Player) => {
        await system.record(player.recorder);
        const deferral = await system.deferAll();
        checkRecord(system, player, messages);
        return deferral;
      },
      describe: ({ seconds, cpuSeconds }) =>
        `${(messages / seconds).toFixed(0)}/s, ${cpuSeconds.toFixed(2)} s of processor time`,
    });
    const [complaint] = system.complaints.take();
    if (complaint !== undefined) {
      throw new WrongResult(`read the mail system's log: ${complaint}`);
    }
    const line = (what: string, unit: string, pick: (deferral: Deferral) => number): Line => ({
      what: `${what} with static:all (limit: with fast_flush_domains empty)`,
      unit,
      original: results.values(original, pick),
      ours: results.values(ours, pick),
      limit: results.values(NOBODY, pick),
    });
    const lines = [
      line("deferred deliveries", "/s", ({ seconds }) => messages / seconds),
      line("processor time of the mail system for each", "ms", ({ cpuSeconds }) => {
        return (cpuSeconds * 1000) / messages;
      }),
    ];
    return { lines };
  } finally {
    await system.close();
  }
}
