/**
 * Processes that are used up one after the other under load from all sides, each by its max_use clients and no more: a
 * successor is asked for before its predecessor ends, and no client is refused.
 *
 * Again with another seed: LOAD_SEED=N.
 */
import { expect, test } from "bun:test";
import type { LogLine } from "../../lab/maillog.ts";
import { SEED, withLoadedService } from "./loaded_service.ts";
import { FAULT_LIMIT_MS } from "./scale.ts";

const MAX_USE = 50;

/** As many processes as have ended, at the least, before the load does. */
const ENDED = 5;

const ACCEPTED = "connection established";

/** What a process says when it tells master that it is taken, and that it is not. */
const TAKEN = "master_notify: status 0";
const AVAILABLE = "master_notify: status 1";

/** The lines of each process of the service, in order. */
function byProcess(lines: readonly LogLine[]): string[][] {
  const ours = lines.filter(({ tag }) => tag === "postfix/flush");
  return [...Map.groupBy(ours, ({ pid }) => pid).values()].map((each) =>
    each.map(({ text }) => text),
  );
}

function clientsOf(texts: readonly string[]): number {
  return texts.filter((text) => text === ACCEPTED).length;
}

/** Whether a process has said so to stay at it, and has accepted clients behind that. */
function hasAskedEarly(texts: readonly string[]): boolean {
  const asked = texts.indexOf(TAKEN, texts.lastIndexOf(AVAILABLE) + 1);
  return asked >= 0 && clientsOf(texts.slice(asked)) > 0;
}

test(
  `max_use clients after max_use clients - each process asks for the next one early (LOAD_SEED=${SEED})`,
  () =>
    withLoadedService(["-v", "-o", `max_use=${MAX_USE}`], async (service) => {
      const { instance, load } = service;
      const mark = instance.log.mark();
      const processes = (): string[][] => byProcess(instance.log.linesSince(mark));
      service.begin();
      await instance.waitFor("processes to ask early, and to be used up", () => {
        const usedUp = processes().filter((texts) => clientsOf(texts) === MAX_USE);
        return usedUp.length >= ENDED && usedUp.some(hasAskedEarly);
      });
      await service.stop();
      expect(load.failed).toEqual([]);
      expect(Math.max(...processes().map(clientsOf))).toBe(MAX_USE);
      await service.expectRecord();
    }),
  FAULT_LIMIT_MS,
);
