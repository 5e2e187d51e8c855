/** What test/contract/ can't see of stand-alone mode: replies in several pieces. */
import { describe, expect, test } from "bun:test";
import type { StandardStream } from "../effects/standard_stream.ts";
import { MemoryLog } from "../memory/log.ts";
import { bytesToString, stringToBytes } from "../names/byte_string.ts";
import { encodeRequest } from "../wire/encode_request.ts";
import { GREETING } from "../wire/greeting.ts";
import type { Exchange, RequestHandler } from "../wire/request.ts";
import { serveStandalone } from "./standalone.ts";

/** A client that asks for a report, and reads only so many of our writes. */
class Client implements StandardStream {
  received = "";
  #writesLeft: number;

  constructor(writes: number) {
    this.#writesLeft = writes;
  }

  read(): Uint8Array {
    return encodeRequest({ name: "sites" });
  }

  write(bytes: Uint8Array): boolean {
    if (this.#writesLeft === 0) {
      return false;
    }
    this.#writesLeft--;
    this.received += bytesToString(bytes);
    return true;
  }
}

/** Reports in three pieces; `gone` tells after each whether the client was there. */
async function serve(
  client: Client,
  isGreeting = true,
): Promise<{ gone: boolean[]; peers: Exchange["peer"][] }> {
  const gone: boolean[] = [];
  const peers: Exchange["peer"][] = [];
  const handler: RequestHandler = {
    handle: (request, exchange) => {
      expect(request).toEqual({ name: "sites" });
      peers.push(exchange.peer);
      for (const piece of ["one ", "two ", "three"]) {
        expect(exchange.report(stringToBytes(piece))).toBeNull();
        gone.push(exchange.isGone);
      }
      exchange.finish();
    },
    leave: () => {},
  };
  await serveStandalone(client, handler, new MemoryLog(), { ipcTimeoutSeconds: 1, isGreeting });
  return { gone, peers };
}

describe("a report, stand-alone", () => {
  test("goes to whoever started the program, without asking who that is", async () => {
    const client = new Client(Number.POSITIVE_INFINITY);
    expect(await serve(client)).toEqual({ gone: [false, false, false], peers: [null] });
    expect(client.received).toBe(`${bytesToString(GREETING)}one two three`);
  });

  test("has no greeting before it where clients expect none", async () => {
    const client = new Client(Number.POSITIVE_INFINITY);
    await serve(client, false);
    expect(client.received).toBe("one two three");
  });

  test("stops at a client that is gone", async () => {
    const client = new Client(2);
    expect((await serve(client)).gone).toEqual([false, true, true]);
    expect(client.received).toBe(`${bytesToString(GREETING)}one `);
  });
});
