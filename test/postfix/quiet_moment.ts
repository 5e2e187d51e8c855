/**
 * A quiet moment: nothing moves in the queue, and a wake-up of the flush service has done all its work.
 */
import { readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { type Answer, FlushConnection } from "../../lab/flush_request.ts";
import type { FlushRecord } from "../../lab/mail_queue.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { waitFor } from "../../lab/wait.ts";
import { type ReadMessage, readQueue } from "./queue_reading.ts";

/** Where messages are that nobody is working on. */
const RESTING = ["deferred", "hold"];

/** One look may miss a message that changes queues: so many in a row don't. */
const LOOKS = 3;
const LOOK_PAUSE_MS = 100;

/**
 * So many looks later, the queue manager and pickup(8) are told again to look into their queues, as they do every few
 * minutes: a message may have been requeued, released from hold, or passed over while a killed queue manager's
 * delivery agents were still at it.
 */
const LOOKS_A_KICK = 15;

/** Of the log, where a queue does not come to rest. */
const EXPLAINING_LINES = 40;

/** A wake-up may have to rebuild, at a quarter of a processor. */
const WAKE_UP_LIMIT_MS = 5 * 60 * 1000;

/** So often a moment may turn out not to have been quiet. */
const TRIES = 10;

/** Queue and record in one quiet moment. */
interface QuietMoment {
  readonly messages: readonly ReadMessage[];
  readonly record: FlushRecord;
}

/**
 * Waits for a quiet moment, `limit_ms` at most each time that the queue has to come to rest. A moment in which a
 * delivery ended was none: delivery agents go on with a message that was deleted, and record it.
 */
export async function quietMoment(
  instance: PostfixInstance,
  limit_ms: number,
): Promise<QuietMoment> {
  for (let tries = 0; tries < TRIES; tries++) {
    await untilAtRest(instance, limit_ms);
    const mark = instance.log.mark();
    const answer = await wakeUp(instance);
    if (answer.kind !== "status" || answer.status !== 0) {
      const state = await instance.state();
      throw new Error(`wake the flush service: ${JSON.stringify(answer)}\n${state}`);
    }
    await untilAtRest(instance, limit_ms);
    const moment = { messages: await readQueue(instance), record: instance.record() };
    await Bun.sleep(LOOK_PAUSE_MS * LOOKS);
    if (!instance.log.linesSince(mark).some(({ text }) => text.includes(", status="))) {
      return moment;
    }
  }
  throw new Error(`find a quiet moment: none in ${TRIES} tries\n${await instance.state()}`);
}

async function untilAtRest(instance: PostfixInstance, limit_ms: number): Promise<void> {
  let looks = 0;
  let count = 0;
  let moving = "";
  const isQuiet = async (): Promise<boolean> => {
    if (count++ % LOOKS_A_KICK === 0) {
      looks = 0;
      await letTimePass(instance);
    }
    await Bun.sleep(LOOK_PAUSE_MS);
    const messages = (await instance.queue()).filter(
      ({ queue_name }) => !RESTING.includes(queue_name),
    );
    moving = messages.map(({ queue_name, queue_id }) => `${queue_name}/${queue_id}`).join(" ");
    looks = messages.length === 0 ? looks + 1 : 0;
    return looks >= LOOKS;
  };
  const explain = () => `moving: ${moving}\n${instance.log.tail(EXPLAINING_LINES)}`;
  await waitFor("the queue to be at rest", isQuiet, { deadline_ms: limit_ms, explain });
}

/** A queue manager that passes a message over puts its time off: the lab's waiting times are a day. */
async function letTimePass(instance: PostfixInstance): Promise<void> {
  const incoming = join(instance.queue_folder, "incoming");
  for (const entry of readdirSync(incoming, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) {
      makeDue(join(entry.parentPath, entry.name));
    }
  }
  await kick(instance, "pickup", "W");
  await kick(instance, "qmgr", "ID");
}

function makeDue(path: string): void {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // It has been taken up meanwhile.
  }
}

/** In a shell: these services hang up before postkick(1) has written its last byte, which may kill it. */
async function kick(instance: PostfixInstance, service: string, request: string): Promise<void> {
  await instance.command("sh", "-c", `postkick public ${service} ${request}; true`);
}

/** As master(8) does it, but waiting for the end of the work. */
async function wakeUp(instance: PostfixInstance): Promise<Answer> {
  const connection = await FlushConnection.open(instance.flushSocket(), WAKE_UP_LIMIT_MS);
  connection.write("W\0");
  return await connection.answer;
}
