/** A thread for tests: sends back what it gets, buffers handed over; dies of "die", which is no message for it. */
import { serveThread } from "../../src/sys/threads.ts";

serveThread((value, port) => {
  if (value === "die") {
    throw new Error("as it was told");
  }
  port.send(value, value instanceof Uint8Array ? [value.buffer] : []);
});
