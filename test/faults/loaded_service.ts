/**
 * A flush service of ours under a real master(8) and under load from all sides, and what must be true of its record
 * in the end, whatever happened to it meanwhile.
 *
 * Messages are plain files that nobody but the service and the load moves (plain_messages.ts), so that for every one
 * it is known whether it was answered and where it is.
 */
import { expect } from "bun:test";
import type { MainValues } from "../../lab/instance_files.ts";
import type { PostfixInstance } from "../../lab/postfix_instance.ts";
import { hashingOf } from "../contract/hashing.ts";
import { withPlainInstance } from "../postfix/plain_instance.ts";
import { PlainMessages } from "../postfix/plain_messages.ts";
import { lostEntries, recordFindings } from "../postfix/record_findings.ts";
import { type LoadPlan, SeededLoad } from "../postfix/seeded_load.ts";
import { wakeUp } from "./faulty_instance.ts";

/** Again with another one: LOAD_SEED=N. */
export const SEED = Number(process.env["LOAD_SEED"] ?? 1);

/** Some are sent all the time, two share a log. */
const SITES = ["busy.example", "a-b.example", "a.b.example", "quiet.example", "x-y.example"];
const SENT = SITES.slice(0, 3);

const CLIENTS = 8;

const MAIN: MainValues = {
  // A service that master(8) finds broken is started again soon: tests here break it on purpose.
  service_throttle_time: "1s",
  // Messages have names of both kinds: postsuper(1), which runs at each reload, would rename the long ones.
  enable_long_queue_ids: "yes",
};

/** What a test does with a service under load. */
export class LoadedService {
  readonly load: SeededLoad;
  #isOver = false;
  #running: Promise<void> = Promise.resolve();

  constructor(readonly instance: PostfixInstance) {
    this.load = new SeededLoad(SEED, new PlainMessages(instance, hashingOf(MAIN)));
  }

  /** Clients ask for everything, without pause, until `stop`. */
  begin(plan: Partial<LoadPlan> = {}): void {
    this.#isOver = false;
    this.#running = this.load.run({
      sockets: [this.instance.flushSocket()],
      sites: SITES,
      sent: SENT,
      purges: false,
      clients: CLIENTS,
      goesOn: () => !this.#isOver,
      ...plan,
    });
  }

  /** Returns once the clients have had so many more answers. */
  async answered(count: number): Promise<void> {
    const goal = this.load.answers + count;
    await this.instance.waitFor(`${count} answers`, () => this.load.answers >= goal);
  }

  /** Returns when all clients have all answers. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  /**
   * That the record is right: a wake-up goes over it first, which takes out what a killed process has left half done.
   */
  async expectRecord(): Promise<void> {
    await wakeUp(this.instance);
    const hashing = hashingOf(MAIN);
    expect(this.load.recorded.length).toBeGreaterThan(0);
    expect(lostEntries(this.instance, this.load, hashing)).toEqual([]);
    expect(recordFindings(this.instance, this.load.asked, hashing)).toEqual([]);
  }
}

/** Runs `body` with a service that is not loaded yet; `args` stand behind its command in master.cf. */
export async function withLoadedService(
  args: readonly string[],
  body: (service: LoadedService) => Promise<void>,
): Promise<void> {
  const entries = [
    { service: "flush", command: "fastflush/flush", chroot: true, wakeup: "1000?", args } as const,
  ];
  await withPlainInstance({ entries, main: MAIN }, async (instance) => {
    const service = new LoadedService(instance);
    try {
      await body(service);
    } finally {
      await service.stop();
    }
  });
}
