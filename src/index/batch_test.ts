/** When a batch is full: whatever its messages are made of, it is a few megabytes at most. */
import { expect, test } from "bun:test";
import { STAMP_WORDS } from "../effects/quick_looks.ts";
import { BatchBuilder } from "./batch.ts";
import { NoMessage } from "./no_message.ts";

const MEBIBYTE = 1024 ** 2;
const NO_STAMP = new Uint32Array(STAMP_WORDS);

type Add = (builder: BatchBuilder, text: string) => void;

/** A message of one recipient. */
function add(builder: BatchBuilder, words: { sender?: string; address?: string; reason?: string }) {
  const { sender = "", address = "u@one.example", reason = "" } = words;
  const recipients = [{ address, site: "one.example", status: "4.4.1", reason }];
  const times = { arrivalSeconds: 1, nextTrySeconds: 2, sizeBytes: 3 };
  builder.add("A1", NO_STAMP, 0, { queueId: "A1", sender, recipients, ...times });
}

const ROWS: ReadonlyArray<readonly [what: string, add: Add]> = [
  ["senders", (builder, sender) => add(builder, { sender })],
  ["addresses", (builder, address) => add(builder, { address })],
  ["reasons", (builder, reason) => add(builder, { reason })],
  ["why files can't be read", (builder, why) => builder.add("A1", NO_STAMP, 0, new NoMessage(why))],
];
for (const [what, addText] of ROWS) {
  test(`four mebibytes of ${what} fill it`, () => {
    const builder = new BatchBuilder();
    const isFull = ["a", "b", "c", "d"].map((letter) => {
      addText(builder, letter.repeat(MEBIBYTE));
      return builder.isFull;
    });
    expect(isFull).toEqual([false, false, false, true]);
  });
}

test("a reason counts once, however many wait for it", () => {
  const builder = new BatchBuilder();
  for (let count = 0; count < 10; count++) {
    add(builder, { reason: "r".repeat(MEBIBYTE) });
  }
  expect(builder.isFull).toBeFalse();
});
