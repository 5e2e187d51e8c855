import { describe, expect, test } from "bun:test";
import { areHashedAlike, hashedDirectory, hashedPath, hashedPathParts } from "./hashed_path.ts";
import { parseQueueId } from "./names.ts";

// The table of spec section 3.2, which was verified against the original.
const rows: ReadonlyArray<readonly [id: string, depth1: string, depth3: string]> = [
  ["ABC123", "A/", "A/B/C/"],
  ["AB", "A/", "A/B/_/"],
  ["3Fz9", "3/", "3/F/z/"],
  ["4jYCDY3XvNzLDg6L", "7/", "7/A/1/"],
  ["4jYCDY75plzLDg6L", "F/", "F/4/2/"],
  ["4jYCDY000zzLDg6L", "0/", "0/0/0/"],
  ["4jYCDY0000zLDg6L", "0/", "0/0/0/"],
  ["1234567890z", "F/", "F/5/B/"],
  ["123456789z", "1/", "1/2/3/"],
  ["BCDFGHyyyyz1", "6/", "6/D/6/"],
  ["a_b_c_d_e_fz", "0/", "0/0/0/"],
];

describe("hashedPath", () => {
  for (const [text, depth1, depth3] of rows) {
    test(`${text} is found where the original looks for it`, () => {
      const id = parseQueueId(text);
      expect(id).not.toBeNull();
      if (id === null) return;
      const hashedQueues = new Set(["deferred"]);
      expect(hashedPath("deferred", id, { hashedQueues, depth: 1 })).toBe(
        `deferred/${depth1}${id}`,
      );
      expect(hashedPath("deferred", id, { hashedQueues, depth: 3 })).toBe(
        `deferred/${depth3}${id}`,
      );
      expect(hashedPath("incoming", id, { hashedQueues, depth: 3 })).toBe(`incoming/${id}`);
      const parts = hashedPathParts("deferred", id, { hashedQueues, depth: 3 });
      expect([parts.directory, parts.name]).toEqual([`deferred/${depth3}`, id]);
      expect(`${parts}`).toBe(`deferred/${depth3}${id}`);
    });
  }
});

test("however many directories are asked for, each is told", () => {
  const rules = { hashedQueues: new Set(["deferred"]), depth: 3 };
  for (let number = 0; number < 10_000; number++) {
    const [one, two, three] = number.toString(36).padStart(3, "0");
    const id = parseQueueId(`${one}${two}${three}1`);
    expect(id === null ? null : hashedDirectory("deferred", id, rules)).toBe(
      `deferred/${one}/${two}/${three}/`,
    );
  }
});

describe("areHashedAlike", () => {
  const ids = rows.flatMap(([text]) => parseQueueId(text) ?? []);
  for (const [queue, depth] of [
    ["defer", 1],
    ["defer", 2],
    ["defer", 3],
    ["flat", 1],
  ] as const) {
    test(`two names are where hashedDirectory says that they are, ${queue}, depth ${depth}`, () => {
      const rules = { hashedQueues: new Set(["defer"]), depth };
      const directories = ids.map((id) => hashedDirectory(queue, id, rules));
      const alike = ids.map((one) => ids.map((other) => areHashedAlike(queue, one, other, rules)));
      expect(alike).toEqual(directories.map((one) => directories.map((other) => one === other)));
    });
  }
});

describe("parseQueueId", () => {
  test("takes letters, digits and underscores, 1 to 255 of them", () => {
    for (const good of ["A", "_", "4jYCDY3XvNzLDg6L", "A".repeat(255)]) {
      expect(parseQueueId(good)).toBe(good as never);
    }
    for (const bad of ["", "A".repeat(256), "../x", "a/b", "a.b", "a\n", "a\0", "\xe9"]) {
      expect(parseQueueId(bad)).toBeNull();
    }
  });
});
