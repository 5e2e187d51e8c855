/** Which message is tried for all. */
import { describe, expect, test } from "bun:test";
import type { DeferredMessage } from "../index/deferred_mail.ts";
import { chooseTrial } from "./trial_message.ts";

interface Row {
  readonly id: string;
  readonly to: readonly string[];
  readonly size?: number;
  readonly arrived?: number;
}

function messages(rows: readonly Row[]): DeferredMessage[] {
  return rows.map(({ id, to, size = 100, arrived = 1000 }) => ({
    queueId: id,
    sender: `${id}@origin.example`,
    arrivalSeconds: arrived,
    sizeBytes: size,
    nextTrySeconds: 0,
    recipients: to.map((address) => ({
      address,
      site: address.slice(address.indexOf("@") + 1),
      status: "",
      reason: "",
    })),
  }));
}

describe("chooseTrial", () => {
  for (const [name, rows, tries, want] of [
    ["nothing of nothing", [], {}, null],
    [
      "the smallest",
      [
        { id: "A", to: ["u@a"], size: 9 },
        { id: "B", to: ["u@a"], size: 8 },
      ],
      {},
      "B",
    ],
    [
      "the oldest of those of one size",
      [
        { id: "A", to: ["u@a"], arrived: 9 },
        { id: "B", to: ["u@a"], arrived: 8 },
      ],
      {},
      "B",
    ],
    [
      "the first by its queue ID of the same",
      [
        { id: "B", to: ["u@a"] },
        { id: "A", to: ["u@a"] },
      ],
      {},
      "A",
    ],
    [
      "one that goes nowhere else, whatever its size",
      [
        { id: "A", to: ["u@a", "u@b"], size: 1 },
        { id: "B", to: ["u@a", "v@a"], size: 99 },
      ],
      {},
      "B",
    ],
    [
      "one that was not tried, whatever else",
      [
        { id: "A", to: ["u@a"] },
        { id: "B", to: ["u@a", "u@b"], size: 99 },
      ],
      { A: 1 },
      "B",
    ],
    [
      "one that was tried less often",
      [
        { id: "A", to: ["u@a"] },
        { id: "B", to: ["u@a"] },
      ],
      { A: 2, B: 1 },
      "B",
    ],
  ] as const) {
    test(name, () => {
      const trial = chooseTrial(messages(rows), "a", new Map(Object.entries(tries)));
      expect(trial?.queueId ?? null).toBe(want);
    });
  }

  test("tells its sender and the recipient at the site", () => {
    const all = messages([{ id: "A", to: ["v@b", "u@a", "w@a"] }]);
    expect(chooseTrial(all, "a", new Map())).toEqual({
      queueId: "A",
      sender: "A@origin.example",
      recipient: "u@a",
    });
  });
});
