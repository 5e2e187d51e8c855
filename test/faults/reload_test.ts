/**
 * `postfix reload` in a loop, under load from all sides: no client is refused, no answer is anything but OK, and the
 * record is right afterwards. One reload follows the other, so that processes of several generations serve at once.
 *
 * Short: a few reloads; long: a minute of them. Again with another seed: LOAD_SEED=N.
 */
import { expect, test } from "bun:test";
import { SEED, withLoadedService } from "./loaded_service.ts";
import { FAULT_LIMIT_MS, scaled, tellFigures } from "./scale.ts";

const RELOADS = scaled(5, 100);

/** Answers between two reloads: the new processes are at work by then. */
const ANSWERS_BETWEEN = 100;

test(
  `postfix reload in a loop under load - no client is refused (LOAD_SEED=${SEED})`,
  () =>
    withLoadedService(["-o", "max_use=1000"], async (service) => {
      const { instance, load } = service;
      const mark = instance.log.mark();
      service.begin({ purges: true });
      for (let reloads = 0; reloads < RELOADS; reloads++) {
        await service.answered(ANSWERS_BETWEEN);
        await instance.reload();
      }
      await service.stop();
      expect(load.failed).toEqual([]);
      await service.expectRecord();
      const texts = instance.log.linesSince(mark).map(({ text }) => text);
      expect(texts.filter((text) => text.startsWith("reload "))).toHaveLength(RELOADS);
      expect(texts.filter((text) => /^(warning|error|fatal|panic): /.test(text))).toEqual([]);
      tellFigures("postfix reload", { times: RELOADS, answers: load.answers });
    }),
  FAULT_LIMIT_MS,
);
