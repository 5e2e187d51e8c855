import { describe, expect, test } from "bun:test";
import { drawHistory } from "./draw.ts";
import { shrink } from "./shrink.ts";

describe("shrink", () => {
  const rows = [[], [0], [299], [7, 8], [0, 150, 299], [3, 50, 51, 52, 200]];
  for (const needed of rows) {
    test(`leaves what it takes to fail, and nothing else: steps ${needed.join(", ") || "none"}`, async () => {
      const history = drawHistory(1, 300);
      const wanted = needed.map((index) => history.steps[index]);
      const shortest = await shrink(history, async ({ steps }) =>
        wanted.every((step) => steps.some((each) => each === step)),
      );
      expect(shortest).toEqual({ ...history, steps: wanted.flatMap((step) => step ?? []) });
    });
  }

  test("leaves what can't be made shorter, but has it happen at once", async () => {
    const history = drawHistory(1, 20);
    const shortest = await shrink(history, async ({ steps }) => steps.length === 20);
    const atOnce = history.steps.map((step) => ({ ...step, afterCalls: 0 }));
    expect(shortest).toEqual({ ...history, steps: atOnce });
  });
});
