/** How far the reading of a queue is, as it is told. */
import { expect, test } from "bun:test";
import { IndexRig, type PlannedMessage } from "../../test/support/index_rig.ts";

const ARRIVAL_SECONDS = 1_767_225_600;

function refused(id: string): PlannedMessage {
  const address = "u@one.example";
  return {
    id,
    sender: "s@origin.example",
    arrivalSeconds: ARRIVAL_SECONDS,
    nextTrySeconds: ARRIVAL_SECONDS + 1000,
    lines: ["Subject: x"],
    recipients: [{ address, tries: [{ address, status: "4.4.1", reason: "refused" }] }],
  };
}

test("how many messages there are is not guessed from few directories", async () => {
  const rig = new IndexRig(1);
  for (const digit of "0123456789ABCDEF") {
    for (let number = 10; number < 30; number++) {
      rig.arrive(refused(`${digit}A000${number}`));
    }
  }
  rig.clock.advance(1000);
  await rig.open();
  expect(rig.progress.slice(0, 8).map(([, all]) => all)).toEqual(Array(8).fill(null));
  const guesses = rig.progress.flatMap(([, all]) => all ?? []);
  expect(guesses.length).toBeGreaterThan(0);
  expect(guesses.filter((all) => all !== 320)).toEqual([]);
  // Of a queue of which little has changed, what is read tells nothing of the rest.
  rig.progress.splice(0);
  rig.clock.advance(1000);
  rig.retry(refused("0A00010"));
  await rig.open();
  expect(rig.progress).toEqual([[20, null]]);
});
