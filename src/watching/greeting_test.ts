/** Which greetings mean that a server takes mail. */
import { describe, expect, test } from "bun:test";
import { MemoryClock } from "../memory/clock.ts";
import { type MemoryService, MemoryUnixSockets } from "../memory/unix_sockets.ts";
import { type Greeting, readGreeting } from "./greeting.ts";

const PATH = "/socket";

async function greetedWith(
  greet: (service: MemoryService) => void,
): Promise<{ readonly greeting: Greeting; readonly said: string }> {
  const sockets = new MemoryUnixSockets();
  let said = "";
  sockets.listen(PATH, (service) => {
    queueMicrotask(() => greet(service));
    return (text) => {
      said += text;
    };
  });
  const greeting = await readGreeting(new MemoryClock(), (open) => sockets.connect(PATH, open));
  return { greeting, said };
}

function notReady(text: string): Greeting {
  return { isReady: false, text };
}

const NONE = notReady("said something that is no greeting of a mail server");

describe("readGreeting", () => {
  for (const [reply, want] of [
    ["220 mx.example ESMTP\r\n", { isReady: true, text: "220 mx.example ESMTP" }],
    ["220 mx.example\n", { isReady: true, text: "220 mx.example" }],
    ["220\r\n", { isReady: true, text: "220" }],
    ["220-mx.example\r\n220-wait\r\n220 now\r\n", { isReady: true, text: "220-mx.example" }],
    ["421 too busy\r\n", notReady("421 too busy")],
    ["554 no\r\n", notReady("554 no")],
    ["554-no\r\n554 go away\r\n", notReady("554-no")],
    ["220-mx\r\n421 too busy\r\n", notReady("220-mx")],
    [`220 ${"x".repeat(300)}\r\n`, { isReady: true, text: `220 ${"x".repeat(196)}` }],
    ["SSH-2.0-OpenSSH_9\r\n", NONE],
    ["\x16\x03\x01", NONE],
    ["2200 x\r\n", NONE],
    [`220-${"x".repeat(20_000)}`, NONE],
  ] as const) {
    test(JSON.stringify(reply.slice(0, 40)), async () => {
      const { greeting } = await greetedWith((service) => service.write(reply));
      expect(greeting).toEqual(want);
    });
  }

  test("comes in any pieces, and is answered with QUIT", async () => {
    const { greeting, said } = await greetedWith((service) => {
      for (const byte of "220-a\r\n220 b\r\n") {
        service.write(byte);
      }
    });
    expect(greeting).toEqual({ isReady: true, text: "220-a" });
    expect(said).toBe("QUIT\r\n");
  });

  test("is missing where the server hangs up", async () => {
    const { greeting, said } = await greetedWith((service) => service.close());
    expect(greeting).toEqual(notReady("accepted a connection, and hung up without a greeting"));
    expect(said).toBe("");
  });

  test("is not waited for for ever", async () => {
    const sockets = new MemoryUnixSockets();
    const clock = new MemoryClock();
    sockets.listen(PATH, () => () => {});
    const reading = readGreeting(clock, (open) => sockets.connect(PATH, open));
    await Promise.resolve();
    await Promise.resolve();
    clock.advance(60_000);
    expect(await reading).toEqual(
      notReady("accepted a connection, and said nothing for 60 seconds"),
    );
  });

  test("can't be had where nobody listens", async () => {
    const sockets = new MemoryUnixSockets();
    sockets.fail(PATH, "ECONNREFUSED");
    const greeting = await readGreeting(new MemoryClock(), (open) => sockets.connect(PATH, open));
    expect(greeting).toEqual(notReady("Connection refused"));
  });
});
