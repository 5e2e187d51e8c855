/** Asking Postfix's rewrite service for a route: what is sent, and what each answer means. */
import { describe, expect, test } from "bun:test";
import { MemoryClock } from "../memory/clock.ts";
import { type MemoryService, MemoryUnixSockets } from "../memory/unix_sockets.ts";
import { type RouteAnswer, resolveAddress } from "./resolve_address.ts";

const PATH = "/queue/private/rewrite";
const GREETING = "protocol\0trivial_rewrite_protocol\0\0";
const ASKED = { sender: "s@origin.example", address: "u@a.example" };

function answer(transport: string, nexthop: string, flags = 4096): string {
  const list = ["flags", 0, "transport", transport, "nexthop", nexthop, "recipient", "u@a.example"];
  return `${[...list, "flags", flags].join("\0")}\0\0`;
}

/** Asks a service that does so. */
async function ask(serve: (service: MemoryService, request: string) => void): Promise<RouteAnswer> {
  const sockets = new MemoryUnixSockets();
  sockets.listen(PATH, (service) => (request) => serve(service, request));
  return await resolveAddress({ sockets, clock: new MemoryClock(), path: PATH }, ASKED);
}

function none(why: string): RouteAnswer {
  return { kind: "none", why };
}

describe("resolveAddress", () => {
  test("asks as Postfix's own programs do", async () => {
    let asked = "";
    await ask((service, request) => {
      asked += request;
      service.close();
    });
    expect(asked).toBe("request\0resolve\0sender\0s@origin.example\0address\0u@a.example\0\0");
  });

  const something = none("Postfix's rewrite service has sent something else than an answer");
  const silent = none("Postfix's rewrite service has hung up without an answer");
  for (const [name, reply, want] of [
    [
      "with a greeting",
      GREETING + answer("smtp", "[192.0.2.1]:25"),
      { kind: "route", transport: "smtp", nexthop: "[192.0.2.1]:25" },
    ],
    [
      "without",
      answer("relay", "a.example"),
      { kind: "route", transport: "relay", nexthop: "a.example" },
    ],
    [
      "an empty nexthop",
      GREETING + answer("local", ""),
      { kind: "route", transport: "local", nexthop: "" },
    ],
    [
      "a table that fails, and no nexthop",
      GREETING + answer("smtp", "", 4096 | 8),
      none("Postfix can't look up where its mail goes: the mail log says why"),
    ],
    [
      "a table that fails",
      GREETING + answer("smtp", "a.example", 4096 | 8),
      none("Postfix can't look up where its mail goes: the mail log says why"),
    ],
    ["no transport", GREETING + answer("", "a.example"), something],
    ["other flags", "flags\0x\0transport\0smtp\0nexthop\0a\0flags\0y\0\0", something],
    ["another list", "status\x000\0\0", something],
    ["no end", "x".repeat(70_000), something],
    ["nothing", "", silent],
    ["half a greeting", GREETING.slice(0, 12), silent],
    ["half an answer", answer("smtp", "a.example").slice(0, -1), silent],
  ] as const) {
    test(`understands ${name}`, async () => {
      const got = await ask((service) => {
        service.write(reply);
        service.close();
      });
      expect(got).toEqual(want);
    });
  }

  test("takes an answer in any pieces", async () => {
    const bytes = [...(GREETING + answer("smtp", "a.example"))];
    const got = await ask((service) => {
      for (const byte of bytes) {
        service.write(byte);
      }
    });
    expect(got).toEqual({ kind: "route", transport: "smtp", nexthop: "a.example" });
  });

  test("does not wait for ever", async () => {
    const sockets = new MemoryUnixSockets();
    const clock = new MemoryClock();
    sockets.listen(PATH, () => () => {});
    const asking = resolveAddress({ sockets, clock, path: PATH }, ASKED);
    await Promise.resolve();
    clock.advance(20_000);
    expect(await asking).toEqual(
      none("Postfix's rewrite service has not answered within 20 seconds"),
    );
  });

  test("says that Postfix does not run", async () => {
    const sockets = new MemoryUnixSockets();
    const got = await resolveAddress({ sockets, clock: new MemoryClock(), path: PATH }, ASKED);
    expect(got).toEqual(
      none("Postfix does not say where its mail goes (No such file or directory): is it running?"),
    );
  });
});
