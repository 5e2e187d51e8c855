/** What became of each recipient, by the queue and by the log: the table of cases. */
import { describe, expect, test } from "bun:test";
import { parseQueueId, type QueueId } from "../names/names.ts";
import type { DeliveryLine } from "./log_line.ts";
import { addressKey, type Ending, resolve } from "./outcome.ts";

function id(text: string): QueueId {
  const parsed = parseQueueId(text);
  if (parsed === null) {
    throw new Error(text);
  }
  return parsed;
}

const A1 = id("A1");
const siteOf = (address: string): string => address.slice(address.lastIndexOf("@") + 1);

function to(...addresses: readonly string[]) {
  return addresses.map((address) => ({ address, site: siteOf(address) }));
}

function waits(address: string, reason = "later") {
  return { address, site: siteOf(address), status: "4.4.1", reason };
}

function line(address: string, outcome: DeliveryLine["outcome"]): DeliveryLine {
  return {
    kind: "delivery",
    queueId: A1,
    address,
    relay: "mx",
    status: "2.0.0",
    outcome,
    response: `${outcome} it`,
  };
}

type Case = Partial<Omit<Ending, "lines">> & { readonly lines?: readonly DeliveryLine[] };

/** `ADDRESS OUTCOME REASON`, a recipient each, and whether all is known. */
function resolved({ lines = [], ...rest }: Case): [string[], boolean] {
  const { outcomes, isComplete } = resolve({
    queueId: A1,
    released: [],
    isExpired: false,
    waiting: [],
    otherwise: "left",
    siteOf,
    lines: new Map(lines.map((each) => [addressKey(each.address), each])),
    ...rest,
  });
  return [
    outcomes.map(({ address, outcome, reason }) => `${address} ${outcome} ${reason}`.trim()),
    isComplete,
  ];
}

describe("a message that has left", () => {
  const rows: ReadonlyArray<readonly [what: string, given: Case, want: [string[], boolean]]> = [
    [
      "each recipient by its line",
      { released: to("a@x", "b@y"), lines: [line("a@x", "delivered"), line("b@y", "bounced")] },
      [["a@x delivered delivered it", "b@y bounced bounced it"], true],
    ],
    [
      "without a line, as far as it goes",
      { released: to("a@x", "b@y"), lines: [line("a@x", "delivered")] },
      [["a@x delivered delivered it", "b@y left"], false],
    ],
    [
      "a deferral is no last word",
      { released: to("a@x"), lines: [line("a@x", "deferred")] },
      [["a@x left"], false],
    ],
    [
      "unless it was in the queue for too long",
      { released: to("a@x", "b@x"), lines: [line("a@x", "deferred")], isExpired: true },
      [
        ["a@x bounced too long in the queue: deferred it", "b@x bounced too long in the queue"],
        false,
      ],
    ],
    [
      "a recipient twice, and one line for both",
      { released: to("a@x", "a@x"), lines: [line("a@x", "delivered")] },
      [["a@x delivered delivered it", "a@x delivered delivered it"], true],
    ],
    [
      "whatever the case, and what the log can't print",
      { released: to("\xfc@X"), lines: [line("?@x", "delivered")] },
      [["\xfc@X delivered delivered it"], true],
    ],
    [
      "under another address than before",
      { released: to("a@x"), lines: [line("b@y", "delivered")] },
      [["b@y delivered delivered it"], true],
    ],
    [
      "recipients that nobody knew",
      { lines: [line("b@y", "delivered")] },
      [["b@y delivered delivered it"], true],
    ],
    ["nothing is known at all", {}, [["left"], false]],
  ];
  for (const [what, given, want] of rows) {
    test(what, () => expect(resolved(given)).toEqual(want));
  }
});

describe("a message that is deferred again", () => {
  const rows: ReadonlyArray<readonly [what: string, given: Case, want: [string[], boolean]]> = [
    [
      "who waits, by the queue; who doesn't, by the log",
      {
        released: to("a@x", "b@y"),
        waiting: [waits("b@y")],
        lines: [line("a@x", "delivered"), line("b@y", "deferred")],
      },
      [["b@y deferred later", "a@x delivered delivered it"], true],
    ],
    [
      "the log's reason where the queue has none",
      {
        released: to("a@x"),
        waiting: [waits("a@x", "")],
        lines: [line("a@x", "deferred")],
      },
      [["a@x deferred deferred it"], true],
    ],
    [
      "a line that says delivered does not count for who waits",
      { released: to("a@x"), waiting: [waits("a@x", "")], lines: [line("a@x", "delivered")] },
      [["a@x deferred"], true],
    ],
    [
      "who waits under another address stands for who waited",
      { released: to("a@x", "c@z"), waiting: [waits("b@y")], lines: [line("c@z", "bounced")] },
      [["b@y deferred later", "c@z bounced bounced it"], true],
    ],
    [
      "who is missing is waited for",
      { released: to("a@x", "b@y"), waiting: [waits("b@y")] },
      [["b@y deferred later", "a@x left"], false],
    ],
  ];
  for (const [what, given, want] of rows) {
    test(what, () => expect(resolved(given)).toEqual(want));
  }
});

test("the queue's DSN status goes before the log's", () => {
  const lines = new Map([["a@x", line("a@x", "deferred")]]);
  const ending = { queueId: A1, released: to("a@x"), lines, isExpired: false, siteOf } as const;
  for (const [status, want] of [
    ["4.4.1", "4.4.1"],
    ["", "2.0.0"],
  ] as const) {
    const waiting = [{ ...waits("a@x"), status }];
    expect(resolve({ ...ending, waiting, otherwise: "left" }).outcomes[0]?.status).toBe(want);
  }
});

test("a message that is still tried: what is known of some, and the rest", () => {
  const given: Case = {
    released: to("a@x", "b@y"),
    lines: [line("a@x", "delivered"), line("b@y", "deferred")],
    otherwise: "trying",
  };
  expect(resolved(given)[0]).toEqual(["a@x delivered delivered it", "b@y trying"]);
});

test("a log with lines by the thousand takes no long time", () => {
  const released = to(...Array.from({ length: 20_000 }, (_, index) => `u${index}@x`));
  const lines = released.map(({ address }) => line(address, "delivered"));
  expect(resolved({ released, lines })[0]).toHaveLength(20_000);
});
