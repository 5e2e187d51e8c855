/** Who waits in a message, by its two files. */
import { expect, test } from "bun:test";
import type { DeferEntry } from "./defer_file.ts";
import type { QueuedRecipient } from "./queue_file.ts";
import { waitingRecipients } from "./waiting_recipients.ts";

function queued(address: string, offset: number, isDone = false): QueuedRecipient {
  return { address, offset, isDone };
}

function entry(recipient: string, offset: number): DeferEntry {
  return { recipient, offset, status: "4.4.1", reason: `of ${recipient}` };
}

const rows: ReadonlyArray<
  readonly [
    what: string,
    recipients: readonly QueuedRecipient[],
    entries: readonly DeferEntry[],
    waiting: readonly string[],
  ]
> = [
  ["nobody", [], [], []],
  ["one, tried", [queued("a", 10)], [entry("a", 10)], ["a of a"]],
  ["one, tried elsewhere", [queued("a", 10)], [entry("b", 10)], ["b of b"]],
  ["one, and the entry of another", [queued("a", 10)], [entry("b", 20)], ["a "]],
  ["one, without an entry", [queued("a", 10)], [], ["a "]],
  ["one that was served", [queued("a", 10, true)], [entry("a", 10)], []],
  ["an alias", [queued("a", 10)], [entry("b", 10), entry("c", 10)], ["b of b", "c of c"]],
  [
    "several",
    [queued("a", 10), queued("b", 20, true), queued("c", 30)],
    [entry("b", 20), entry("c", 30)],
    ["a ", "c of c"],
  ],
];
for (const [what, recipients, entries, waiting] of rows) {
  test(what, () => {
    const found = waitingRecipients(recipients, entries);
    expect(found.map(({ address, reason }) => `${address} ${reason}`)).toEqual([...waiting]);
    expect(found.map(({ status }) => status)).toEqual(
      found.map(({ reason }) => (reason === "" ? "" : "4.4.1")),
    );
  });
}
