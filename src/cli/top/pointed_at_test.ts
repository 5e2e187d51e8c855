/** What is released of what was pointed at: never more than was shown. */
import { describe, expect, test } from "bun:test";
import { CommandRig } from "../../../test/support/command_rig.ts";
import { message, refused, waiting } from "../../../test/support/some_mail.ts";
import type { GroupBy } from "../../index/deferred_mail.ts";
import { MessagesInMemory } from "../../index/messages_in_memory.ts";
import { destinationSelection, messageSelection } from "./pointed_at.ts";

function mailOf(): MessagesInMemory {
  const rig = new CommandRig();
  return new MessagesInMemory([
    message(rig, "B1", 10, 0, [refused("u@mail.one.com", "mx.one.com")]),
    message(rig, "A1", 10, 0, [refused("u@one.com", "mx.one.com"), waiting("u@two.com")]),
    message(rig, "A2", 10, 0, [waiting("u@two.com"), waiting("v@two.com")]),
    message(rig, "A3", 10, 0, [waiting("u@co.uk"), waiting("u@example.co.uk")]),
    message(rig, "A4", 10, 0, [{ ...waiting("nobody"), site: "" }]),
    message(rig, "A5", 10, 0, [{ ...waiting("u@odd"), site: "a.com,b.com" }]),
    message(rig, "A6", 10, 0, [waiting("u@*.com")]),
    message(rig, "A7", 10, 0, [{ ...waiting("u@at"), site: "@two.com" }]),
  ]);
}

describe("a destination", () => {
  const rows: ReadonlyArray<
    readonly [by: GroupBy, name: string, lists: readonly string[] | null, ids: readonly string[]]
  > = [
    ["site", "two.com", ["two.com"], []],
    ["site", "one.com", ["one.com"], []],
    ["site", "", null, ["A4"]],
    ["site", "a.com,b.com", null, ["A5"]],
    ["site", "*.com", null, ["A6"]],
    ["site", "@two.com", null, ["A7"]],
    ["parent", "one.com", ["mail.one.com,one.com"], []],
    ["parent", "co.uk", ["co.uk"], []],
    ["parent", "example.co.uk", ["example.co.uk"], []],
    ["relay", "mx.one.com", null, ["A1", "B1"]],
    ["relay", "", null, ["A1", "A2", "A3", "A4", "A5", "A6", "A7"]],
    ["relay", "none.com", null, []],
  ];
  for (const [by, name, lists, ids] of rows) {
    test(`${by} ${name || "(none)"}`, () => {
      const selection = destinationSelection(mailOf(), by, name);
      expect(selection as unknown).toEqual(
        lists === null ? { kind: "ids", ids } : { kind: "sites", lists },
      );
    });
  }
});

test("a message is itself", () => {
  expect(messageSelection("4QABCD1") as unknown).toEqual({ kind: "ids", ids: ["4QABCD1"] });
});
