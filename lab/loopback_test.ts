import { expect, test } from "bun:test";
import { join } from "node:path";
import { freePort } from "./loopback.ts";

/** Of 12,001: without a reservation some twenty would be drawn twice. */
const PORT_COUNT = 500;

/** Draws ports, prints them, and keeps them until its standard input ends. */
const OTHER_PROCESS = `
import { freePort } from ${JSON.stringify(join(import.meta.dir, "loopback.ts"))};
const ports = [];
for (let count = 0; count < ${PORT_COUNT}; count++) {
  ports.push(await freePort("127.0.0.1"));
}
console.log(ports.join(" "));
await Bun.stdin.text();
`;

test("a port is given to one process alone, and to it once", async () => {
  const other = Bun.spawn([process.execPath, "-e", OTHER_PROCESS], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ports: number[] = [];
  for (let count = 0; count < PORT_COUNT; count++) {
    ports.push(await freePort("127.0.0.1"));
  }
  const line = await firstLine(other.stdout);
  ports.push(...line.split(" ").map(Number));
  other.stdin.end();
  expect(await other.exited).toBe(0);
  expect(new Set(ports).size).toBe(2 * PORT_COUNT);
});

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const bytes of stream) {
    text += Buffer.from(bytes).toString();
    const end = text.indexOf("\n");
    if (end >= 0) {
      return text.slice(0, end);
    }
  }
  throw new Error(`no line: "${text}"`);
}
