/** The table of preview: which messages it has, in which order, and whom it names. */
import { expect, test } from "bun:test";
import { CommandRig, end, item } from "../../../test/support/command_rig.ts";

function previewed(queueId: string, arrivedSeconds: number, recipients = "u@a.example", count = 1) {
  return item(
    "message",
    ["queue_id", queueId],
    ["size", 100],
    ["arrived", arrivedSeconds],
    ["recipients", recipients],
    ["recipients_count", count],
    ["outcome", "release"],
  );
}

async function rowsOf(...messages: readonly string[]): Promise<string[]> {
  const rig = new CommandRig();
  rig.replies.push(messages.join("") + end(0, ["release", messages.length], ["unreadable", 0]));
  expect(await rig.run("preview", "a.example")).toBe(0);
  return rig.terminal.outText.split("\n").slice(1, -2);
}

test("the oldest comes first, and what has no age last", async () => {
  const unread = item("message", ["queue_id", "A1"], ["outcome", "unreadable"]);
  const rows = await rowsOf(
    unread,
    previewed("A2", 2000),
    previewed("A4", 1000),
    previewed("A3", 1000),
  );
  expect(rows.map((row) => row.slice(0, 2))).toEqual(["A3", "A4", "A2", "A1"]);
});

test("of very many, the oldest are shown", async () => {
  const messages = Array.from({ length: 2500 }, (_, index) => previewed(`B${index}`, 9000 - index));
  const rows = await rowsOf(...messages);
  expect(rows.slice(0, 2).map((row) => row.split(" ")[0])).toEqual(["B2499", "B2498"]);
  expect(rows).toHaveLength(1000 + 1);
});

for (const [recipients, count, shown] of [
  ['"q, w"@a.example', 1, '"q, w"@a.example release'],
  ['"q, w"@a.example,u@a.example', 2, '"q, w"@a.example and 1 more release'],
  ["q, w@a.example", 1, "q, w@a.example release"],
] as const) {
  test(`a comma parts no recipient: ${recipients}`, async () => {
    const [row = ""] = await rowsOf(previewed("A1", 1000, recipients, count));
    expect(row.replace(/ +/g, " ")).toEndWith(` <> ${shown} it`);
  });
}
