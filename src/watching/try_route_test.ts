/** Whether a destination is back, by the route that Postfix would take. */
import { describe, expect, test } from "bun:test";
import { greeter, RouteRig } from "../../test/support/route_rig.ts";
import { tryRoute } from "./try_route.ts";

const ENVELOPE = { sender: "s@origin.example", recipient: "u@a.example" };
const UP = greeter("220 mx ESMTP\r\n");

describe("tryRoute", () => {
  test("is ready where the first place greets", async () => {
    const rig = new RouteRig();
    rig.route("smtp", "[192.0.2.1]:2525");
    rig.network.listen("192.0.2.1:2525", UP);
    expect(await tryRoute(rig.tools, ENVELOPE)).toEqual({
      kind: "ready",
      why: "[192.0.2.1]:2525 greets: 220 mx ESMTP",
    });
  });

  test("tries exchangers in their order, on the transport's port, until one greets", async () => {
    const rig = new RouteRig({ main: { smtp_tcp_port: "2525" } });
    rig.route("smtp", "a.example");
    rig.network.exchangers.set("a.example", [
      { host: "mx2.example", preference: 20 },
      { host: "mx1.example", preference: 10 },
      { host: "mx3.example", preference: 30 },
    ]);
    for (const [index, host] of ["mx1.example", "mx2.example", "mx3.example"].entries()) {
      rig.network.addresses.set(host, [`192.0.2.${index + 1}`]);
    }
    rig.network.listen("192.0.2.2:2525", UP);
    expect(await tryRoute(rig.tools, ENVELOPE)).toEqual({
      kind: "ready",
      why: "mx2.example[192.0.2.2]:2525 greets: 220 mx ESMTP",
    });
    expect(rig.network.connections).toEqual(["192.0.2.1:2525", "192.0.2.2:2525"]);
  });

  test("tries several destinations in their order", async () => {
    const rig = new RouteRig();
    rig.route("relay", "[192.0.2.1]:25, [192.0.2.2]:26");
    rig.network.listen("192.0.2.2:26", UP);
    expect((await tryRoute(rig.tools, ENVELOPE)).kind).toBe("ready");
    expect(rig.network.connections).toEqual(["192.0.2.1:25", "192.0.2.2:26"]);
  });

  test("takes a service's name for a port", async () => {
    const rig = new RouteRig();
    rig.textFiles.put("/etc/services", "mail-in 2600/tcp\n");
    rig.route("smtp", "[192.0.2.1]:mail-in");
    rig.network.listen("192.0.2.1:2600", UP);
    expect((await tryRoute(rig.tools, ENVELOPE)).kind).toBe("ready");
  });

  for (const [transport, nexthop, path] of [
    ["lmtp", "unix:private/mailbox", "/queue/private/mailbox"],
    ["lmtp", "unix:/run/mailbox", "/run/mailbox"],
    ["jailed", "unix:/run/mailbox", "/queue/run/mailbox"],
  ] as const) {
    test(`connects to a UNIX socket: ${transport}:${nexthop}`, async () => {
      const entries = [
        ["lmtp", "n", "lmtp"],
        ["jailed", "y", "lmtp"],
      ] as const;
      const rig = new RouteRig({ entries });
      rig.route(transport, nexthop);
      rig.sockets.listen(path, UP);
      expect((await tryRoute(rig.tools, ENVELOPE)).kind).toBe("ready");
    });
  }

  const mx = "no address is known of a.example";
  for (const [name, transport, nexthop, prepare, want] of [
    ["refuses", "smtp", "[192.0.2.1]", () => {}, "not yet: [192.0.2.1]:25: Connection refused"],
    [
      "is too busy",
      "smtp",
      "[192.0.2.1]",
      (rig: RouteRig) => rig.network.listen("192.0.2.1:25", greeter("421 too busy\r\n")),
      "not yet: [192.0.2.1]:25: 421 too busy",
    ],
    ["has no address", "smtp", "a.example", () => {}, `not yet: ${mx}`],
    [
      "can't be looked up",
      "smtp",
      "a.example",
      (rig: RouteRig) => rig.network.faulty.add("a.example"),
      "not yet: a.example can't be looked up in the DNS (ESERVFAIL)",
    ],
    [
      "has no such port",
      "smtp",
      "[192.0.2.1]:nowhere",
      () => {},
      "not yet: no service is called nowhere",
    ],
    [
      "has a wrong nexthop",
      "smtp",
      "[192.0.2.1",
      () => {},
      "not yet: smtp:[192.0.2.1 is no place to connect to",
    ],
    [
      "has a transport that is missing",
      "none",
      "x",
      () => {},
      'not yet: master.cf has no transport "none"',
    ],
    [
      "is delivered here",
      "local",
      "relay.example",
      () => {},
      'never: its transport "local" is local(8), which connects to nobody',
    ],
    [
      "can't be told by postconf",
      "smtp",
      "a.example",
      (rig: RouteRig) =>
        rig.programs.add("postconf", () => ({ status: 1, err: "postconf: fatal: no\n" })),
      "not yet: postconf(1) says: no",
    ],
  ] as const) {
    test(`says why not, where it ${name}`, async () => {
      const rig = new RouteRig();
      rig.route(transport, nexthop);
      prepare(rig);
      const { kind, why } = await tryRoute(rig.tools, ENVELOPE);
      expect(`${kind}: ${why}`).toBe(want);
    });
  }

  test("says that Postfix does not run", async () => {
    const { kind, why } = await tryRoute(new RouteRig().tools, ENVELOPE);
    expect([kind, why]).toEqual(["not yet", expect.stringContaining("is it running?")]);
  });
});
