import { describe, expect, test } from "bun:test";
import { parseQueueId, type QueueId } from "./names.ts";
import { QueueIdSet } from "./queue_id_set.ts";

function id(text: string): QueueId {
  const parsed = parseQueueId(text);
  if (parsed === null) {
    throw new Error(`no queue ID: ${text}`);
  }
  return parsed;
}

describe("QueueIdSet", () => {
  test("answers as JavaScript's Set does, of IDs of all lengths", () => {
    const set = new QueueIdSet();
    const wanted = new Set<string>();
    for (let count = 0; count < 30_000; count++) {
      // Every third one repeats an earlier one; prefixes of each other are among them.
      const number = count % 3 === 0 ? count / 2 : count;
      const name = id("F".repeat(Math.trunc(number) % 250) + Math.trunc(number).toString(16));
      expect(set.has(name)).toBe(wanted.has(name));
      expect(set.add(name)).toBe(wanted.has(name) ? "held" : "new");
      wanted.add(name);
    }
    expect(set.size).toBe(wanted.size);
    expect(set.has(id("never"))).toBeFalse();
  });

  test("takes no hash for a name: two names of one hash are two", () => {
    const names = collidingNames();
    const set = new QueueIdSet();
    expect(set.add(names[0])).toBe("new");
    expect(set.has(names[1])).toBeFalse();
    expect(set.add(names[1])).toBe("new");
  });

  test("says when it is full, and still knows what it holds", () => {
    const set = new QueueIdSet(2 * 7);
    expect(["ABC123", "ABC124", "ABC125", "ABC124"].map((name) => set.add(id(name)))).toEqual([
      "new",
      "new",
      "full",
      "held",
    ]);
    set.clear();
    expect(set.has(id("ABC123"))).toBeFalse();
    expect(set.add(id("ABC125"))).toBe("new");
    expect(set.size).toBe(1);
  });
});

/** Two names whose 32-bit FNV-1a is the same: among a hundred thousand there is a pair. */
function collidingNames(): [QueueId, QueueId] {
  const seen = new Map<number, string>();
  for (let count = 0; ; count++) {
    const name = `Z${count.toString(36)}`;
    let value = 0x811c9dc5;
    for (let index = 0; index < name.length; index++) {
      value = Math.imul(value ^ name.charCodeAt(index), 0x01000193);
    }
    const other = seen.get(value);
    if (other !== undefined) {
      return [id(other), id(name)];
    }
    seen.set(value, name);
  }
}
