/**
 * What running a case takes whichever way it is run: stand-ins, a client, and somebody who looks at them all
 * the time.
 */
import { join } from "node:path";
import type { MailOwner } from "../../lab/machine.ts";
import { Client } from "./client.ts";
import type { ContractCase, Step } from "./contract_case.ts";
import { initialState } from "./initial_state.ts";
import { type Descriptor, FileEvents } from "./kernel.ts";
import { layOutQueue, readTree, type Tree, wallSecond } from "./queue_tree.ts";
import { QueueManagerStandIn } from "./stand_ins.ts";
import { until } from "./until.ts";

const LOOK_MS = 1;

/** Tries to be done within one second of the clock. */
const TRIES_WITHIN_SECOND = 20;

/** How long before that second a case is laid out and its program started, at most: more with each try. */
const LEAD_SECONDS_MAX = 8;

/** By so much time(2) and the times of files lag behind: a tick of the kernel, of 10 ms at most, and a reserve. */
const CLOCK_LAG_MS = 20;

/** One case, from the lay-out of its state on. */
export class CaseRun {
  /** From when the state's ages count. */
  readonly #second: number;
  readonly row: ContractCase;
  readonly queue: string;
  readonly queueManager: QueueManagerStandIn;
  readonly #owner: MailOwner;
  readonly #events: FileEvents | null;
  #client: Client | null = null;
  #endSecond = 0;

  /** Lays the state out in the queue directory `queue`, as it is to be so many seconds later. */
  constructor(row: ContractCase, queue: string, owner: MailOwner, leadSeconds: number) {
    this.row = row;
    this.queue = queue;
    this.#owner = owner;
    this.#second = wallSecond() + leadSeconds;
    const state = initialState(row);
    layOutQueue(queue, state, owner, this.#second);
    this.queueManager = new QueueManagerStandIn(queue, state);
    this.#events = row.want.events === undefined ? null : watchQueue(queue, row);
  }

  /** Has the client on `socket` do what needs no wait; returns the steps that are left. */
  begin(socket: Descriptor): readonly Step[] {
    this.#client = new Client(socket, this.queue, () => this.queueManager.makeRoom());
    return this.row.withinSecond === true ? this.row.send : this.#client.begin(this.row.send);
  }

  /** Resolves when the second has begun from which the state's ages count, by every clock, where that matters. */
  async awaitSecond(): Promise<void> {
    if (this.row.withinSecond === true) {
      await until("its second", () => Date.now() >= this.#second * 1000 + CLOCK_LAG_MS);
    }
  }

  get client(): Client {
    if (this.#client === null) {
      throw new Error("not begun");
    }
    return this.#client;
  }

  /** Looks at everything, and at `others`, for as long as the work goes on, and once behind it. */
  async whileLooking(work: () => Promise<void>, lookAtOthers: () => void): Promise<void> {
    const look = (): void => {
      this.client.look();
      this.queueManager.look();
      lookAtOthers();
    };
    const timer = setInterval(look, LOOK_MS);
    try {
      await work();
      this.#endSecond = wallSecond();
    } finally {
      clearInterval(timer);
    }
    look();
  }

  /** Whether the work was done in the second from which the state's ages count. */
  get isInTime(): boolean {
    return this.#endSecond === this.#second;
  }

  /** What is in the queue directory now. */
  tree(): Tree {
    return readTree(this.queue, this.#owner, { first: this.#second, last: wallSecond() });
  }

  /** What happened to files. */
  events(): string[] {
    return this.#events?.take() ?? [];
  }

  remove(): void {
    this.#client?.remove();
    this.queueManager.remove();
    this.#events?.close();
  }
}

/**
 * Runs a case, again where it must be done within a second and was not. What takes its time, such as the program's start,
 * is done before that second: `run` is told how long before.
 */
export async function withinSecond<T>(
  row: ContractCase,
  run: (leadSeconds: number) => Promise<{ readonly isInTime: boolean; readonly outcome: T }>,
): Promise<T> {
  if (row.withinSecond !== true) {
    return (await run(0)).outcome;
  }
  for (let tries = 1; tries <= TRIES_WITHIN_SECOND; tries++) {
    const { isInTime, outcome } = await run(Math.min(tries, LEAD_SECONDS_MAX));
    if (isInTime) {
      return outcome;
    }
  }
  throw new Error(`${row.name}: not done within a second in ${TRIES_WITHIN_SECOND} tries`);
}

/** Watches the queue manager's FIFO, the record and the directories of the state's messages. */
function watchQueue(queue: string, row: ContractCase): FileEvents {
  const events = new FileEvents();
  const directories = Object.keys(row.state ?? {}).map((path) => path.replace(/\/[^/]*$/, ""));
  for (const directory of new Set(["public", "flush", "incoming", ...directories])) {
    events.watch(join(queue, directory), directory);
  }
  return events;
}
