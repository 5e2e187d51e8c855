/** What has become of the directories of a queue, and how far the reading of it is, as it is told. */
import { expect, test } from "bun:test";
import { IndexRig, type PlannedMessage } from "../../test/support/index_rig.ts";
import { expectSameMail } from "../../test/support/same_mail.ts";

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

test("a directory two levels down that has gone has no messages", async () => {
  const rig = new IndexRig(2);
  for (const id of ["1A00001", "1A00002", "1B00001", "2A00001"]) {
    rig.arrive(refused(id));
  }
  rig.clock.advance(1000);
  (await rig.open()).close();
  rig.files.rename("deferred/1/A", "elsewhere");
  rig.plans.delete("1A00001");
  rig.plans.delete("1A00002");
  rig.clock.advance(1000);
  expectSameMail(await rig.open(), rig.expected(), ARRIVAL_SECONDS);
});

test("what is below a directory that has changed is not read again", async () => {
  const rig = new IndexRig(2);
  rig.arrive(refused("1A00001"));
  rig.clock.advance(1000);
  (await rig.open()).close();
  rig.clock.advance(1000);
  rig.arrive(refused("1B00001"));
  rig.clock.advance(1000);
  const opened: string[] = [];
  rig.files.fault = ({ operation, path }) => {
    opened.push(...(operation === "open" && path.startsWith("deferred") ? [path] : []));
    return null;
  };
  expectSameMail(await rig.open(), rig.expected(), ARRIVAL_SECONDS);
  expect(opened).toEqual(["deferred/1/B/1B00001"]);
});

for (const hashed of ["deferred", "defer"]) {
  test(`reasons are found where only ${hashed} is hashed`, async () => {
    const rig = new IndexRig(1, [hashed]);
    for (const id of ["1A00001", "2A00001", "3A00001"]) {
      rig.arrive(refused(id));
    }
    rig.clock.advance(1000);
    expectSameMail(await rig.open(), rig.expected(), ARRIVAL_SECONDS);
  });
}
