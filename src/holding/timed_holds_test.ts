/** What is kept of timed holds: written and read back, and refused where it isn't whole. */
import { describe, expect, test } from "bun:test";
import { queueId } from "../../test/support/hold_rig.ts";
import { formatHolds, parseHolds, type QueueHolds, type TimedHold } from "./timed_holds.ts";

function hold(
  id: string,
  untilSeconds: number,
  heldNs: bigint | null,
): [TimedHold["queueId"], TimedHold] {
  const inode = 2n ** 63n + 1n;
  return [queueId(id), { queueId: queueId(id), inode, arrivalSeconds: 5, untilSeconds, heldNs }];
}

const HOLDS: QueueHolds = {
  configDirectory: '/etc/post"fix\\',
  queueDirectory: "/var/spool/\xc3\xa4",
  holds: new Map([
    hold("A1", 10, 1_795_710_787_720_192_829n),
    hold("B2", 10, null),
    hold("C3", 20, 0n),
  ]),
};

test("comes back as it was, numbers that no JavaScript number holds too", () => {
  expect(parseHolds(formatHolds(HOLDS))).toEqual(HOLDS);
});

test("what is written has only bytes, and a line for each end", () => {
  const text = formatHolds(HOLDS);
  expect(/^[\0-\xff]*$/.test(text)).toBeTrue();
  expect(text.split("\n").filter((line) => line.startsWith('{"until"'))).toHaveLength(2);
});

const ROW = '["A1","12",5,"7"]';
const file = (holds: string, format = 1, rest = '"queue_directory":"/q"'): string =>
  `{"format":${format},"config_directory":"/c",${rest},"holds":${holds}}`;

describe("is refused", () => {
  for (const text of [
    "",
    "null",
    "[]",
    formatHolds(HOLDS).slice(0, -4),
    file("[]", 2),
    file("[]", 1, '"queue_directory":1'),
    file("{}"),
    file("[null]"),
    file('[{"until":1.5,"messages":[]}]'),
    file('[{"until":1,"messages":{}}]'),
    file('[{"until":1,"messages":[null]}]'),
    file(`[{"until":1,"messages":[${ROW.replace("A1", "../A1")}]}]`),
    file(`[{"until":1,"messages":[${ROW.replace('"12"', "12")}]}]`),
    file(`[{"until":1,"messages":[${ROW.replace("5", '"5"')}]}]`),
    file(`[{"until":1,"messages":[${ROW.replace('"7"', '"-7"')}]}]`),
    file(`[{"until":1,"messages":[${ROW.replace('"7"', "null")}]}]`),
  ]) {
    test(JSON.stringify(text), () => {
      expect(parseHolds(text)).toBeNull();
    });
  }

  test("nothing that is whole", () => {
    expect(parseHolds(file(`[{"until":1,"messages":[${ROW}]}]`))?.holds.size).toBe(1);
  });
});
