/** Connecting to UNIX sockets for real: what is sent and what comes, and what is said where nobody listens. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OsError } from "../effects/os_error.ts";
import { createUnixSockets } from "./unix_sockets.ts";

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
async function talk(path: string, words: string, hangUpAt?: string): Promise<string> {
  const closed = Promise.withResolvers<void>();
  let text = "";
  await createUnixSockets().connect(path, (connection) => {
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

describe("createUnixSockets", () => {
  test("sends, takes what comes, and hears that the service closed", async () => {
    const path = join(folder, "talk");
    const listener = listen(path);
    expect(await talk(path, "bye")).toBe("BYE");
    listener.stop();
  });

  test("hears of its own hanging up", async () => {
    const path = join(folder, "abort");
    const listener = listen(path);
    expect(await talk(path, "hello", "HELLO")).toBe("HELLO");
    listener.stop();
  });

  const rows: ReadonlyArray<readonly [what: string, path: string, code: string]> = [
    ["nothing there", join(folder, "nothing"), "ENOENT"],
    ["a file", join(folder, "file"), "ECONNREFUSED"],
    ["a path that no address can hold", join(folder, "x".repeat(120)), "ENAMETOOLONG"],
  ];
  for (const [what, path, code] of rows) {
    test(`${what}: ${code}`, async () => {
      writeFileSync(join(folder, "file"), "");
      const connecting = createUnixSockets().connect(path, () => {
        throw new Error("connected");
      });
      const error = await connecting.catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(OsError);
      expect(error).toMatchObject({ code });
    });
  }
});
