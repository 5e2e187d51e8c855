/** Finding what is being delivered, over a queue in memory. */
import { expect, test } from "bun:test";
import { defer } from "../../test/support/deferred_mail.ts";
import { MemoryClock } from "../memory/clock.ts";
import { MemoryDisk } from "../memory/disk.ts";
import { MemoryFiles } from "../memory/files.ts";
import { findInDelivery, LOOKED_AT_MAX } from "./in_delivery.ts";

const HASHING = { hashedQueues: new Set(["deferred", "defer"]), depth: 1 };

function stage() {
  const clock = new MemoryClock();
  const disk = new MemoryDisk(clock);
  const files = new MemoryFiles(disk);
  for (const queue of ["incoming", "active", "deferred", "defer"]) {
    disk.makeDirectories(queue);
  }
  const put = (queue: string, id: string, ...addresses: string[]): void => {
    defer(
      disk,
      id,
      addresses.map((address) => ({ address })),
    );
    files.rename(`deferred/${id[0]}/${id}`, `${queue}/${id}`);
  };
  const siteOf = (address: string): string => address.slice(address.lastIndexOf("@") + 1);
  const find = async (site: string, told = "") => {
    const tools = { files, hashing: HASHING, siteOf, clock };
    let isDone = false;
    const work = findInDelivery(
      tools,
      (each) => each === site,
      (id) => id === told,
    ).finally(() => {
      isDone = true;
    });
    while (!isDone) {
      await Promise.resolve();
      clock.advance(1);
    }
    return await work;
  };
  return { disk, put, find };
}

test("what waits in incoming or active for a site, with all its recipients", async () => {
  const { disk, put, find } = stage();
  put("incoming", "A1", "u@one.example");
  put("active", "A2", "u@two.example", "v@one.example");
  put("active", "A3", "u@two.example");
  put("active", "A4", "u@one.example");
  disk.writeFile("active/A5", "no message", { mode: 0o700 });
  const { messages, isComplete } = await find("one.example", "A4");
  expect([...messages.keys()].map(String)).toEqual(["A1", "A2"]);
  expect([...messages.values()].at(-1)?.recipients).toEqual([
    { address: "u@two.example", site: "two.example" },
    { address: "v@one.example", site: "one.example" },
  ]);
  expect(isComplete).toBeTrue();
});

test("no more than so many are looked at, and that these are not all is said", async () => {
  const { disk, put, find } = stage();
  for (let index = 0; index < LOOKED_AT_MAX; index++) {
    disk.writeFile(`incoming/B${index}`, "", { mode: 0o700 });
  }
  expect((await find("one.example")).isComplete).toBeTrue();
  put("active", "A1", "u@one.example");
  const { messages, isComplete } = await find("one.example");
  expect(messages.size).toBe(0);
  expect(isComplete).toBeFalse();
});
