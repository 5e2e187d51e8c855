/** Connecting to UNIX sockets for real, on either loop: what is sent and what comes, and what is said where nobody listens. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OsError } from "../effects/os_error.ts";
import type { UnixSockets } from "../effects/unix_sockets.ts";
import { EventLoop } from "./event_loop.ts";
import { libc } from "./libc.ts";
import { type Adopt, createLoopSockets } from "./loop_sockets.ts";
import { socketPair } from "./unix_socket.ts";
import { adoptConnection, createUnixSockets } from "./unix_sockets.ts";

const folder = mkdtempSync(join(tmpdir(), "fastflush-sockets-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Listens; answers what comes in capitals, and closes at "bye". */
function listen(path: string): Bun.UnixSocketListener<undefined> {
  return Bun.listen({
    unix: path,
    socket: {
      data: (socket, bytes) => {
        socket.write(bytes.toString().toUpperCase());
        if (bytes.toString() === "bye") {
          socket.end();
        }
      },
    },
  });
}

/** Sends `words`; returns what came until the connection was gone. */
async function talk(
  sockets: UnixSockets,
  path: string,
  words: string,
  hangUpAt?: string,
): Promise<string> {
  const closed = Promise.withResolvers<void>();
  let text = "";
  await sockets.connect(path, (connection) => {
    connection.write(Buffer.from(words));
    return {
      data: (bytes) => {
        text += Buffer.from(bytes).toString();
        if (text === hangUpAt) {
          connection.abort();
        }
      },
      closed: () => closed.resolve(),
    };
  });
  await closed.promise;
  return text;
}

/** Never waits: those who listen are of Bun's loop. */
const loopSockets = createLoopSockets(new EventLoop(0));

const kinds: ReadonlyArray<{ loop: string; sockets: UnixSockets; adopt: Adopt }> = [
  { loop: "Bun's loop", sockets: createUnixSockets(), adopt: adoptConnection },
  { loop: "the service's loop", sockets: loopSockets, adopt: loopSockets.adopt },
];

describe.each(kinds)("a connection on $loop", ({ sockets, adopt }) => {
  test("sends, takes what comes, and hears that the service closed", async () => {
    const path = join(folder, "talk");
    const listener = listen(path);
    expect(await talk(sockets, path, "bye")).toBe("BYE");
    listener.stop();
  });

  test("hears of its own hanging up", async () => {
    const path = join(folder, "abort");
    const listener = listen(path);
    expect(await talk(sockets, path, "hello", "HELLO")).toBe("HELLO");
    listener.stop();
  });

  test("that is gone when its first request is sent is heard of, once", async () => {
    const { own, other } = socketPair();
    libc.close(other);
    const closed = Promise.withResolvers<void>();
    let closedCount = 0;
    await adopt(own, (connection) => {
      connection.write(Buffer.from("a request"));
      const onClosed = () => {
        closedCount++;
        closed.resolve();
      };
      return { data() {}, closed: onClosed };
    });
    await closed.promise;
    expect(closedCount).toBe(1);
  });

  const rows: ReadonlyArray<readonly [what: string, path: string, code: string]> = [
    ["nothing there", join(folder, "nothing"), "ENOENT"],
    ["a file", join(folder, "file"), "ECONNREFUSED"],
    ["a path that no address can hold", join(folder, "x".repeat(120)), "ENAMETOOLONG"],
  ];
  for (const [what, path, code] of rows) {
    test(`${what}: ${code}`, async () => {
      writeFileSync(join(folder, "file"), "");
      const connecting = sockets.connect(path, () => {
        throw new Error("connected");
      });
      const error = await connecting.catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(OsError);
      expect(error).toMatchObject({ code });
    });
  }
});
