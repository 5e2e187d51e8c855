/**
 * Turns of send_site over many deferred messages: contestants in turns, over the same files.
 *
 * Before each turn, untimed: the messages are back in deferred, the log holds what it is to hold, and the file
 * system has nothing left to write. After it: all messages are in incoming, the log is empty, and the queue manager
 * was asked; else the turn fails (WrongResult, WaitError).
 */
import { runOrThrow } from "../lab/run.ts";
import { waitFor } from "../lab/wait.ts";
import type { Arena } from "./arena.ts";
import { effortOf } from "./background.ts";
import type { Contestant } from "./contestants.ts";
import { measureLoad } from "./load_generator.ts";
import type { MessageFiles } from "./message_files.ts";
import { playRounds, type Results } from "./rounds.ts";
import type { Bench } from "./section.ts";

/** One turn. */
export interface SendTurn {
  /** From connect to the answer. */
  readonly timeMs: number;
  /** Processor time of the service. */
  readonly cpuMs: number;
}

/** Forget the throttled destinations, then look at incoming: anything may stand around those two. */
const TRIGGERS_OF_A_SEND = /F.*I/;

/** For a million messages on a busy machine. */
const BARE_LIMIT_MS = 10 * 60 * 1000;

/** One timed send; milliseconds. */
export async function sendSite(
  arena: Arena,
  site: string,
  contestant: Contestant,
): Promise<number> {
  arena.queue_manager.takeTriggers();
  const report = await measureLoad(arena.programs.load, {
    socket: arena.socket(contestant.service),
    kind: "send_site",
    clients: 1,
    requests: 1,
    site,
    sites: 1,
    firstId: 0,
  });
  let triggers = "";
  await waitFor("the queue manager to be told F, then I", () => {
    triggers += arena.queue_manager.takeTriggers();
    return TRIGGERS_OF_A_SEND.test(triggers);
  });
  return report.max_us / 1000;
}

/** Who sends, in turns. */
interface Sender {
  readonly title: string;
  readonly send: (files: MessageFiles) => Promise<SendTurn>;
}

/** A contestant, asked over its socket. */
export function contestantSender(arena: Arena, contestant: Contestant): Sender {
  return {
    title: contestant.title,
    async send(files) {
      const effort = await effortOf(arena, contestant, () =>
        sendSite(arena, files.site, contestant),
      );
      return { timeMs: effort.result, cpuMs: effort.cpu_seconds * 1000 };
    },
  };
}

/** How many files of each message are read. */
export type FilesRead = 0 | 1 | 2;

/** Under which the bare program's turns are found. */
export function bareTitle(filesRead: FilesRead): { readonly title: string } {
  return { title: `bare C program, reads ${filesRead} files a message` };
}

/** The C program that does the least that there is to do, and reads so many files of each message. */
export function bareSender(arena: Arena, filesRead: FilesRead): Sender {
  return {
    ...bareTitle(filesRead),
    async send(files) {
      const { stdout } = await runOrThrow(
        [arena.programs.release, arena.queue_folder, files.logfile, String(filesRead)],
        { time_limit_ms: BARE_LIMIT_MS },
      );
      const { seconds, cpu_seconds } = JSON.parse(stdout) as Record<string, number>;
      return { timeMs: Number(seconds) * 1000, cpuMs: Number(cpu_seconds) * 1000 };
    },
  };
}

/** Rounds of turns over the same messages, which are there; their log holds `log` before each. */
export async function playSends(
  bench: Bench,
  what: string,
  players: readonly Sender[],
  files: MessageFiles,
  log?: Buffer,
): Promise<Results<SendTurn>> {
  return await playRounds(bench, {
    what,
    players,
    turn: async (player): Promise<SendTurn> => {
      files.restore(log);
      await bench.arena.settle();
      const turn = await player.send(files);
      files.check(player.title);
      return turn;
    },
    describe: ({ timeMs, cpuMs }) =>
      `${timeMs.toFixed(1)} ms, ${cpuMs.toFixed(0)} ms of processor time`,
  });
}
