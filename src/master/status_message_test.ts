import { expect, test } from "bun:test";
import { AVAILABILITY, statusMessage } from "./status_message.ts";

test("a status message is three 32-bit numbers in the host's order", () => {
  const message = statusMessage(4711, 8, AVAILABILITY.available);
  expect(message).toHaveLength(12);
  expect([...new Uint32Array(message.buffer)]).toEqual([4711, 8, 1]);
});
