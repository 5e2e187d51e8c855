import { expect, test } from "bun:test";
import { AVAILABILITY, statusMessages } from "./status_message.ts";

test("status messages are three 32-bit numbers in the host's order, each", () => {
  const message = statusMessages(4711, 8, [AVAILABILITY.taken, AVAILABILITY.available]);
  expect(message).toHaveLength(24);
  expect([...new Uint32Array(message.buffer)]).toEqual([4711, 8, 0, 4711, 8, 1]);
});
