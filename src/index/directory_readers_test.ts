/**
 * Threads that read directories for the index over a queue in memory: together they say what one alone would, and what
 * becomes of one that fails is said.
 */
import { describe, expect, test } from "bun:test";
import { IndexRig } from "../../test/support/index_rig.ts";
import { randomFrom } from "../../test/support/random.ts";
import { drawId, drawMessage } from "../../test/support/random_queue.ts";
import { atRest, NOW_SECONDS, refused } from "../../test/support/resting_queue.ts";
import { expectSameMail } from "../../test/support/same_mail.ts";
import { OsError } from "../effects/os_error.ts";
import type { Threads } from "../effects/threads.ts";

test("as many as processors read as one does", async () => {
  const rig = new IndexRig(1);
  const random = randomFrom(7);
  for (let number = 0; number < 200; number++) {
    rig.arrive(drawMessage(random, drawId(random), NOW_SECONDS));
  }
  const threads = rig.threads(3);
  expectSameMail(await rig.open({ threads }), rig.expected(), NOW_SECONDS);
  // This thread reads as well.
  expect(threads.startedCount).toBe(2);
  const [done = 0, all = 0] = rig.progress.at(-1) ?? [];
  expect(done).toBeGreaterThanOrEqual(200);
  expect(all).toBeGreaterThanOrEqual(done);
});

test("they start before anything is written, where it is known that there is enough to do", async () => {
  const { rig } = await atRest(20);
  rig.retry(refused("1A00001", "other.example"));
  rig.clock.advance(1000);
  const { store } = rig;
  if (store === null) {
    throw new Error("nothing is kept");
  }
  const threads = rig.threads(3);
  const startedCounts: number[] = [];
  const beginWriting = store.beginWriting.bind(store);
  store.beginWriting = () => {
    startedCounts.push(threads.startedCount);
    return beginWriting();
  };
  expectSameMail(await rig.open({ threads }), rig.expected(), NOW_SECONDS);
  expect(startedCounts).toEqual([2]);
});

test("few names are read without them", async () => {
  const { rig } = await atRest(20);
  rig.retry(refused("1A00001", "other.example"));
  rig.clock.advance(1000);
  const threads = rig.threads(3);
  const mail = await rig.open({ threads, nameBytesHereMax: 0 });
  expectSameMail(mail, rig.expected(), NOW_SECONDS);
  expect(threads.startedCount).toBe(0);
});

test("on many processors there are four that read, this one among them", async () => {
  const rig = new IndexRig(1);
  rig.arrive(refused("1A00001", "one.example"));
  const threads = rig.threads(64);
  expectSameMail(await rig.open({ threads }), rig.expected(), NOW_SECONDS);
  expect(threads.startedCount).toBe(3);
});

// A thread that goes on keeps the command from ending.
describe("each that was started is ended", () => {
  for (const [processorCount, threadCount] of [
    [1, 0],
    [2, 1],
    [3, 2],
  ] as const) {
    test(`of ${processorCount} processors`, async () => {
      const { rig } = await atRest(5);
      rig.retry(refused("1A00001", "other.example"));
      const threads = rig.threads(processorCount);
      expectSameMail(await rig.open({ threads }), rig.expected(), NOW_SECONDS);
      expect([threads.startedCount, threads.endedCount]).toEqual([threadCount, threadCount]);
    });
  }

  test("where a directory can't be read", async () => {
    const { rig } = await atRest(5);
    rig.retry(refused("1A00001", "other.example"));
    rig.files.fault = ({ operation }) =>
      operation === "openDirectory" ? { error: new OsError("EACCES", "opendir") } : null;
    const threads = rig.threads(3);
    await expect(rig.open({ threads })).rejects.toThrow("opendir: Permission denied");
    expect([threads.startedCount, threads.endedCount]).toEqual([2, 2]);
  });

  test("where another command writes: those for the index as well as those for the answer", async () => {
    const { rig } = await atRest(5);
    rig.retry(refused("1A00001", "other.example"));
    if (rig.store !== null) {
      rig.store.beginWriting = () => false;
    }
    const threads = rig.threads(3);
    expectSameMail(await rig.open({ threads }), rig.expected(), NOW_SECONDS);
    expect([threads.startedCount, threads.endedCount]).toEqual([4, 4]);
  });

  test("where another command has written meanwhile, and nothing is left to do", async () => {
    const { rig } = await atRest(5);
    const { store } = rig;
    if (store === null) {
      throw new Error("nothing is kept");
    }
    const directories = store.directories.bind(store);
    let isKnown = false;
    store.directories = () => (isKnown ? directories() : []);
    store.beginWriting = () => {
      isKnown = true;
      return true;
    };
    const threads = rig.threads(3);
    expectSameMail(await rig.open({ threads }), rig.expected(), NOW_SECONDS);
    expect([threads.startedCount, threads.endedCount]).toEqual([2, 2]);
  });
});

test("a thread has its next directory before it is done, but not the one that another can begin", async () => {
  const most = await Promise.all(["12", "123"].map(mostAskedAtOnce));
  expect(most).toEqual([1, 2]);
});

for (const processorCount of [1, 2]) {
  test(`what has gone when one of ${processorCount} comes to it keeps nobody from the rest`, async () => {
    const rig = new IndexRig(1);
    for (const digit of "123456") {
      rig.arrive(refused(`${digit}A10000`, "one.example"));
    }
    const gone = ["deferred/2", "deferred/3", "deferred/4"];
    rig.files.fault = ({ operation, path }) =>
      operation === "openDirectory" && gone.includes(path ?? "")
        ? { error: new OsError("ENOENT", "opendir") }
        : null;
    const mail = await rig.open({ threads: rig.threads(processorCount) });
    const all = { isOfSite: null, isOfReason: null, arrivedBySeconds: null };
    expect([...mail.messages(all)].map(({ queueId }) => queueId)).toEqual([
      "1A10000",
      "5A10000",
      "6A10000",
    ]);
  });
}

test("what they find changed is read, however much that is", async () => {
  const rig = new IndexRig(1);
  const ids = Array.from({ length: 300 }, (_, number) => `1A${10_000 + number}`);
  for (const id of [...ids, "2B10000"]) {
    rig.arrive(refused(id, "one.example"));
  }
  rig.clock.advance(1000);
  await rig.open();
  for (const id of ids) {
    rig.retry(refused(id, "other.example"));
  }
  rig.clock.advance(1000);
  expectSameMail(await rig.open({ threads: rig.threads(2) }), rig.expected(), NOW_SECONDS);
});

test("what they find changed, and the disk refuses, is read when the disk lets it", async () => {
  const rig = new IndexRig(1);
  for (const id of ["1A10000", "1A10001"]) {
    rig.arrive(refused(id, "one.example"));
  }
  rig.clock.advance(1000);
  await rig.open();
  rig.retry(refused("1A10000", "other.example"));
  rig.clock.advance(1000);
  rig.files.fault = ({ operation, path }) =>
    operation === "open" && path === "deferred/1/1A10000"
      ? { error: new OsError("EIO", "open") }
      : null;
  const mail = await rig.open({ threads: rig.threads(2) });
  expect(mail.unreadable(2).map(({ path }) => path)).toEqual(["deferred/1/1A10000"]);
  rig.files.fault = null;
  expectSameMail(await rig.open({ threads: rig.threads(2) }), rig.expected(), NOW_SECONDS);
});

for (const [when, dies] of [
  ["once it is asked", "asked"],
  ["before it is asked anything", "started"],
] as const) {
  test(`one that dies is an error, not an empty directory: ${when}`, async () => {
    const rig = new IndexRig(1);
    rig.arrive(refused("1A00001", "one.example"));
    const threads: Threads = {
      processorCount: 2,
      turn: () => Promise.resolve(),
      start: (_, onDeath) => {
        const die = (): void => onDeath(new Error("out of memory"));
        queueMicrotask(() => dies === "started" && die());
        return { send: () => dies === "asked" && setImmediate(die), end: () => {} };
      },
    };
    // Who waits for a thread that is no more waits for ever: nothing would end the test.
    const waiting = Bun.sleep(3000).then(() => "still waiting");
    await expect(Promise.race([rig.open({ threads }), waiting])).rejects.toThrow("out of memory");
  });
}

test("nobody reads on where one of them has failed", async () => {
  const rig = new IndexRig(1);
  rig.arrive(refused("1A00001", "one.example"));
  for (let number = 10_000; number < 11_000; number++) {
    rig.arrive(refused(`2B${number}`, "one.example"));
  }
  let readCount = 0;
  rig.files.fault = ({ operation, path }) => {
    readCount += operation === "open" ? 1 : 0;
    return operation === "openDirectory" && path === "deferred/1"
      ? { error: new OsError("EACCES", "opendir") }
      : null;
  };
  const threads = rig.threads(2);
  await expect(rig.open({ threads })).rejects.toThrow("opendir: Permission denied");
  const readBefore = readCount;
  for (let turns = 0; turns < 20; turns++) {
    await threads.turn();
  }
  expect(readCount).toBe(readBefore);
  expect(rig.files.openCount).toBe(0);
});

test("a directory that one of them can't read is said", async () => {
  const rig = new IndexRig(1);
  rig.arrive(refused("1A00001", "one.example"));
  rig.files.fault = ({ operation, path }) =>
    operation === "openDirectory" && path === "deferred/1"
      ? { error: new OsError("EACCES", "opendir") }
      : null;
  await expect(rig.open({ threads: rig.threads(2) })).rejects.toThrow("opendir: Permission denied");
});

/** How many questions a thread had not answered at most, where there are directories with these names. */
async function mostAskedAtOnce(digits: string): Promise<number> {
  const rig = new IndexRig(1);
  for (const digit of digits) {
    rig.arrive(refused(`${digit}A10000`, "one.example"));
  }
  const threads = rig.threads(2);
  let askedCount = 0;
  let most = 0;
  const mail = await rig.open({
    threads: {
      ...threads,
      start: (onValue, onDeath) => {
        const thread = threads.start((value) => {
          askedCount -= (value as { readonly kind: string }).kind === "done" ? 1 : 0;
          onValue(value);
        }, onDeath);
        const send = (value: unknown): void => {
          askedCount++;
          most = Math.max(most, askedCount);
          thread.send(value);
        };
        return { ...thread, send };
      },
    },
  });
  expectSameMail(mail, rig.expected(), NOW_SECONDS);
  return most;
}
