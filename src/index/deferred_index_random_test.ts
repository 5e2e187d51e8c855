/** The index over queues in memory to which random things happen: it says what is there, always. */
import { describe, expect, test } from "bun:test";
import { IndexRig } from "../../test/support/index_rig.ts";
import { pick, randomFrom } from "../../test/support/random.ts";
import { happen, pauses } from "../../test/support/random_queue.ts";
import { expectSameMail } from "../../test/support/same_mail.ts";

describe("the index is what the queue is, whatever happened in between", () => {
  for (const depth of [0, 1, 2]) {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      test(`hashed over ${depth} levels, seed ${seed}`, async () => {
        const random = randomFrom(seed * 100 + depth);
        const rig = new IndexRig(depth);
        for (let round = 0; round < 25; round++) {
          const count = pick(random, [0, 1, 1, 2, 5, 20]);
          for (let step = 0; step < count; step++) {
            happen(rig, random);
            pauses(rig, random);
          }
          const mail = await rig.open();
          expectSameMail(mail, rig.expected(), Math.floor(rig.clock.wallMs() / 1000));
          mail.close();
          pauses(rig, random);
        }
        expect(rig.warnings).toEqual([]);
        expect(rig.files.openCount).toBe(0);
      });
    }
  }
});
