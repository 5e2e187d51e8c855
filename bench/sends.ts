/**
 * Measures send_site over many deferred messages: the original and ours in turns, over the same files.
 *
 * Before each turn, untimed: the messages are back in deferred, the site's logfile holds their queue IDs
 * once each, and the file system has nothing left to write. After it: all messages are in incoming, the
 * log is empty, and the queue manager was asked; else the benchmark fails (WrongResult, WaitError).
 */
import { runOrThrow } from "../lab/run.ts";
import { waitFor } from "../lab/wait.ts";
import type { Arena } from "./arena.ts";
import { effortOf } from "./background.ts";
import { type Contestant, ORIGINAL_STOCK, OURS_RECOMMENDED } from "./contestants.ts";
import { measureLoad } from "./load_generator.ts";
import { MessageFiles } from "./message_files.ts";

/** How much is measured, of sends. */
export interface SendPlan {
  readonly messages: number;
  readonly rounds: number;
  /** Rounds before those, which do not count. */
  readonly warm_up_rounds: number;
}

/** One turn. */
interface SendTurn {
  /** From connect to the answer. */
  readonly time_ms: number;
  /** Processor time of the service. */
  readonly cpu_ms: number;
}

/** By title, a turn for each round. */
export type SendTimes = ReadonlyMap<string, readonly SendTurn[]>;

const SITE = "customer.bench.example";

const SIDES: readonly Contestant[] = [ORIGINAL_STOCK, OURS_RECOMMENDED];

/** Forget the throttled destinations, then look at incoming: anything may stand around those two. */
const TRIGGERS_OF_A_SEND = /F.*I/;

/** One timed send; milliseconds. */
async function sendSite(arena: Arena, site: string, contestant: Contestant): Promise<number> {
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

/** One turn: what comes before the send, the send, what must hold after it. */
async function sendTurn(arena: Arena, files: MessageFiles, side: Contestant): Promise<SendTurn> {
  files.restore();
  await runOrThrow(["sync", "--file-system", arena.queue_folder]);
  const { result, cpu_seconds } = await effortOf(arena, side, () =>
    sendSite(arena, files.site, side),
  );
  files.check(side.title);
  return { time_ms: result, cpu_ms: cpu_seconds * 1000 };
}

/** Rounds of turns of these sides over the same files; says how each went through `tell`. */
export async function playSends(
  arena: Arena,
  files: MessageFiles,
  sides: readonly Contestant[],
  plan: SendPlan,
  tell: (line: string) => void,
): Promise<SendTimes> {
  const times = new Map<string, SendTurn[]>(sides.map(({ title }) => [title, []]));
  files.create();
  for (let round = 1 - plan.warm_up_rounds; round <= plan.rounds; round++) {
    for (const side of sides) {
      const turn = await sendTurn(arena, files, side);
      const what = `send_site of ${files.site}, round ${round} of ${plan.rounds}`;
      const figures = `${turn.time_ms.toFixed(1)} ms, ${turn.cpu_ms.toFixed(0)} ms of processor time`;
      tell(`${what}, ${side.title}: ${figures}`);
      if (round > 0) {
        times.get(side.title)?.push(turn);
      }
    }
  }
  files.remove();
  return times;
}

/** Runs the whole measurement. */
export async function measureSends(
  arena: Arena,
  plan: SendPlan,
  tell: (line: string) => void,
): Promise<SendTimes> {
  return await playSends(arena, new MessageFiles(arena, SITE, plan.messages), SIDES, plan, tell);
}
