/** Where names stand, compared with a map of them. */
import { expect, test } from "bun:test";
import { randomFrom } from "../../test/support/random.ts";
import { NamePlaces } from "./name_places.ts";
import { hashOfText, PackedTexts, packTexts } from "./packing.ts";

test("a text's hash is that of its bytes, wherever they stand", () => {
  const names = new PackedTexts(...packTexts(["", "A1", "\xff\x80", "A1"]));
  expect([0, 1, 2, 3].map((index) => names.hashAt(index))).toEqual(
    ["", "A1", "\xff\x80", "A1"].map(hashOfText),
  );
});

test("none: nothing is found", () => {
  expect(new NamePlaces(new PackedTexts(...packTexts([])), new Uint8Array(0)).find("A1")).toBe(-1);
});

for (const seed of [1, 2, 3]) {
  test(`each name that is meant is found, and no other, seed ${seed}`, () => {
    const random = randomFrom(seed);
    const all = new Set(Array.from({ length: 3000 }, () => random(5000).toString(16)));
    const names = [...all];
    const isMeant = Uint8Array.from(names, () => random(2));
    const places = new NamePlaces(new PackedTexts(...packTexts(names)), isMeant);
    const right = new Map(names.map((name, index) => [name, isMeant[index] === 1 ? index : -1]));
    for (let number = 0; number < 5000; number++) {
      const name = number.toString(16);
      expect(places.find(name)).toBe(right.get(name) ?? -1);
    }
  });
}
