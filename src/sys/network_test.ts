/** The network for real, on this machine alone: a DNS server of the test's own, and listeners on loopback. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createSocket, type Socket } from "node:dgram";
import { createServer, type Server } from "node:net";
import { LookupFault } from "../effects/network.ts";
import { OsError } from "../effects/os_error.ts";
import { bytesToString, stringToBytes } from "../names/byte_string.ts";
import { createNetwork } from "./network.ts";

const TYPES = { a: 1, mx: 15, aaaa: 28 } as const;
const NAME_ERROR = 3;
const REFUSED = 5;

type Answers = Readonly<
  Record<string, Partial<Record<keyof typeof TYPES, readonly string[]>> | number>
>;

/** Data of records, each as the bytes that it is; a number is an error. */
const ANSWERS: Answers = {
  "a.example": {
    mx: [`\0\x0a${nameBytes("mx.a.example")}`, `\0\0${nameBytes("")}`],
    a: ["\xc0\0\x02\x01"],
    aaaa: [`\x20\x01\x0d\xb8${"\0".repeat(11)}\x01`],
  },
  "empty.example": {},
  "gone.example": NAME_ERROR,
  "broken.example": REFUSED,
};

function nameBytes(name: string): string {
  const labels = name.split(".").filter((label) => label !== "");
  return `${labels.map((label) => String.fromCharCode(label.length) + label).join("")}\0`;
}

function number16(value: number): string {
  return String.fromCharCode(value >> 8, value & 0xff);
}

/** The answer to a question, by RFC 1035. */
function answerTo(query: string): string {
  const id = query.slice(0, 2);
  const nameEnd = query.indexOf("\0", 12);
  const question = query.slice(12, nameEnd + 5);
  const labels: string[] = [];
  for (let at = 12; at < nameEnd; at += query.charCodeAt(at) + 1) {
    labels.push(query.slice(at + 1, at + 1 + query.charCodeAt(at)));
  }
  const type = query.charCodeAt(nameEnd + 2);
  const known = ANSWERS[labels.join(".").toLowerCase()] ?? NAME_ERROR;
  const kind = Object.entries(TYPES).find(([, each]) => each === type)?.[0] as keyof typeof TYPES;
  const records = typeof known === "number" ? [] : (known[kind] ?? []);
  const code = typeof known === "number" ? known : 0;
  const counts = [1, records.length, 0, 0].map(number16).join("");
  const header = `${id}${number16(0x8180 | code)}${counts}`;
  const bodies = records.map(
    (data) => `\xc0\x0c${number16(type)}\0\x01\0\0\0\0${number16(data.length)}${data}`,
  );
  return header + question + bodies.join("");
}

let dns: Socket;
let servers: string[] = [];
let listener: Server;
let port = 0;
let heard = "";

beforeAll(async () => {
  dns = createSocket("udp4");
  dns.on("message", (bytes, { port: from, address }) => {
    dns.send(stringToBytes(answerTo(bytesToString(bytes))), from, address);
  });
  await new Promise<void>((resolve) => dns.bind(0, "127.0.0.1", resolve));
  servers = [`127.0.0.1:${dns.address().port}`];
  listener = createServer((socket) => {
    socket.on("data", (bytes) => {
      heard += bytes.toString();
    });
    socket.on("error", () => {});
    socket.write("220 here\r\n");
  });
  await new Promise<void>((resolve) => {
    listener.listen(0, "127.0.0.1", resolve);
  });
  port = (listener.address() as { port: number }).port;
});

afterAll(() => {
  dns.close();
  listener.close();
});

describe("names", () => {
  test("exchangers with their preferences; an empty name is none that takes mail", async () => {
    const found = await createNetwork(servers).mailExchangers("a.example");
    expect(found.toSorted((one, other) => one.preference - other.preference)).toEqual([
      { host: "", preference: 0 },
      { host: "mx.a.example", preference: 10 },
    ]);
  });

  test("addresses of either family", async () => {
    const network = createNetwork(servers);
    expect(await network.addressRecords("a.example", 4)).toEqual(["192.0.2.1"]);
    expect(await network.addressRecords("a.example", 6)).toEqual(["2001:db8::1"]);
  });

  for (const name of ["empty.example", "gone.example"]) {
    test(`there is nothing of ${name}`, async () => {
      const network = createNetwork(servers);
      expect(await network.mailExchangers(name)).toEqual([]);
      expect(await network.addressRecords(name, 4)).toEqual([]);
      expect(await network.addressRecords(name, 6)).toEqual([]);
    });
  }

  test("a lookup that fails says so", async () => {
    const looking = createNetwork(servers).mailExchangers("broken.example");
    expect(await looking.catch((caught: unknown) => caught)).toEqual(
      new LookupFault("broken.example can't be looked up in the DNS (EREFUSED)"),
    );
  });

  test("of /etc/hosts, without the DNS", async () => {
    expect(await createNetwork(servers).hostAddresses("localhost", 4)).toEqual(["127.0.0.1"]);
  });

  test("this machine's own addresses have the loopback among them", () => {
    expect(createNetwork().ownAddresses()).toContain("127.0.0.1");
  });
});

describe("connections", () => {
  test("take what comes, send, and end", async () => {
    const ended = Promise.withResolvers<string>();
    let got = "";
    await createNetwork().connect("127.0.0.1", port, 10_000, (connection) => ({
      data: (bytes) => {
        got += bytesToString(bytes);
        if (got.endsWith("\n")) {
          connection.write(stringToBytes("QUIT\r\n"));
          connection.abort();
        }
      },
      closed: () => ended.resolve(got),
    }));
    expect(await ended.promise).toBe("220 here\r\n");
    while (heard === "") {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(heard).toBe("QUIT\r\n");
  });

  test("are refused where nobody listens", async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => {
      closed.listen(0, "127.0.0.1", resolve);
    });
    const free = (closed.address() as { port: number }).port;
    await new Promise((resolve) => closed.close(resolve));
    const connecting = createNetwork().connect("127.0.0.1", free, 10_000, () => {
      throw new Error("connected");
    });
    const caught = await connecting.catch((error: unknown) => error);
    expect(caught).toEqual(new OsError("ECONNREFUSED", "connect"));
  });
});
