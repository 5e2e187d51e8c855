/** What a terminal is sent for lines. */
import { describe, expect, test } from "bun:test";
import { Painter } from "./painter.ts";
import type { Line } from "./screen_lines.ts";

const plain = (text: string): Line => [{ text, style: "plain" }];

describe("a painter", () => {
  test("sends all lines first, and then those that have changed", () => {
    const painter = new Painter(false);
    expect(painter.changes([plain("a"), plain("b")])).toBe("\x1b[1;1Ha\x1b[2;1Hb");
    expect(painter.changes([plain("a"), plain("c")])).toBe("\x1b[2;1Hc");
    expect(painter.changes([plain("a"), plain("c")])).toBe("");
  });

  test("sends a line whose style alone has changed", () => {
    const painter = new Painter(true);
    painter.changes([plain("a")]);
    expect(painter.changes([[{ text: "a", style: "bad" }]])).toBe("\x1b[1;1H\x1b[31ma\x1b[39m");
  });

  test("sends everything once more when nothing is left of it", () => {
    const painter = new Painter(false);
    painter.changes([plain("a")]);
    painter.forget();
    expect(painter.changes([plain("a")])).toBe("\x1b[1;1Ha");
  });

  test("sends no colours where there are none", () => {
    const line: Line = [{ text: "a", style: "selected" }];
    expect(new Painter(false).changes([line])).toBe("\x1b[1;1Ha");
    expect(new Painter(true).changes([line])).toBe("\x1b[1;1H\x1b[7ma\x1b[27m");
  });
});
